import {
  imdsGetFailures,
  imdsTokenFailures,
  type ImdsGetFailure,
  type ImdsTokenFailure,
} from '../imdsProvider.ts';

/** Whatever can come of asking the metadata service, for SDKs that then serve the old credentials. */
export const anyImdsFailure: readonly (ImdsTokenFailure | ImdsGetFailure)[] = [
  ...new Set([...imdsTokenFailures, ...imdsGetFailures]),
];
