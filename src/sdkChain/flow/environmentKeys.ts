import type { EnvironmentKeysProvider } from '../entry.ts';
import { credentials, nextProvider, type Station } from '../station.ts';
import { failed, isSetAs, notConfigured, refsOf, selected, type Walk } from '../walk.ts';
import { failureTarget, ownSeat, verdictOf } from './seat.ts';

/** Makes the one station of static keys in the environment. */
export function environmentKeysStations(provider: EnvironmentKeysProvider): readonly Station[] {
  const { halfPair } = provider;
  return [
    {
      id: provider.id,
      provider: provider.id,
      act: (walk) => lookForKeys(walk, provider),
      on: Object.fromEntries([
        ['absent', nextProvider],
        ['found', credentials],
        ...(halfPair ? [['halfPair', failureTarget(ownSeat(provider.id), halfPair)] as const] : []),
      ]),
    },
  ];
}

function lookForKeys(walk: Walk, provider: EnvironmentKeysProvider): string {
  const skip = provider.skippedWhenSet?.find((name) => isSetAs(walk, name, 'nonEmpty'));
  const accessKeyId = chooseName(walk, provider, provider.accessKeyId);
  const secret = chooseName(walk, provider, provider.secretAccessKey);
  if (skip === undefined && accessKeyId !== undefined && secret !== undefined) {
    selected(walk, provider, [accessKeyId, secret]);
    holdStaticKeys(walk, accessKeyId);
    return 'found';
  }
  if (accessKeyId !== undefined && provider.halfPair) {
    selected(walk, provider, [accessKeyId]);
    failed(walk, provider.id, 'halfPair', verdictOf(provider.halfPair));
    return 'halfPair';
  }
  const missing = [
    ...(accessKeyId === undefined ? provider.accessKeyId.slice(0, 1) : []),
    ...(secret === undefined ? provider.secretAccessKey.slice(0, 1) : []),
  ];
  notConfigured(walk, provider, skip === undefined ? missing : []);
  return 'absent';
}

/** Takes static keys from a variable, whoever asked for them. */
export function holdStaticKeys(walk: Walk, accessKeyIdName: string): void {
  const variable = walk.input.environment.variables.get(accessKeyIdName);
  const [from] = refsOf(walk, [accessKeyIdName]);
  const accessKeyId = variable?.value;
  walk.held.credentials = {
    identity: {
      kind: 'static',
      ...(accessKeyId === undefined ? {} : { accessKeyId }),
      ...(from === undefined ? {} : { from }),
    },
    mechanism: 'env',
  };
}

/** Finds the variable that gives a value, or nothing. */
function chooseName(
  walk: Walk,
  { names, setWhen }: EnvironmentKeysProvider,
  candidates: readonly string[],
): string | undefined {
  if (names === 'firstSet') return candidates.find((name) => isSetAs(walk, name, setWhen));
  const name = candidates.find((candidate) => isSetAs(walk, candidate, 'present'));
  return name !== undefined && isSetAs(walk, name, setWhen) ? name : undefined;
}
