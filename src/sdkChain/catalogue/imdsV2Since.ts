import type { ImdsProvider } from '../imdsProvider.ts';

/** Gives the two rows of an SDK that learnt to ask for a metadata token in some version. */
export function withImdsV2Since(version: string, imds: ImdsProvider): readonly ImdsProvider[] {
  return [
    { ...imds, until: version, protocol: 'v1', token: [] },
    { ...imds, since: version },
  ];
}
