import type { SdkFamily } from '../model/sdk.ts';
import type { Evidence, VersionRange } from './providerRow.ts';
import type { Provider, SdkEntry, StsClient } from './entry.ts';
import type { Refresh } from './refresh.ts';
import { compareVersions, inRange, valueAt } from './version.ts';

/** How one SDK behaves in a range of versions in which nothing known changed. */
export interface SdkBehaviour extends Evidence {
  readonly family: SdkFamily;
  readonly versions: VersionRange;
  readonly providers: readonly ResolvedProvider[];
  readonly sts: ResolvedStsClient;
  readonly refresh: Refresh;
  readonly exhausted: string;
}

/** A provider as it is in the versions of a behaviour. */
export type ResolvedProvider =
  | Exclude<Provider, { kind: 'container' | 'imds' }>
  | (Extract<Provider, { kind: 'container' }> & {
      readonly allowedHosts: readonly string[];
      readonly fullUri: 'known' | 'unknown';
      readonly tokenFile: 'known' | 'unknown';
    })
  | (Extract<Provider, { kind: 'imds' }> & { readonly v1Switch: 'honoured' | 'unknown' });

/** An STS client as it is in the versions of a behaviour. */
export type ResolvedStsClient = Omit<StsClient, 'endpoints' | 'settingSince'> & {
  readonly endpoint: 'legacy' | 'regional';
};

/**
 * Lists the behaviours of an SDK, oldest first. Two versions between which nothing known changed share one,
 * so there are as many as the catalogue names versions, and one more.
 */
export function behavioursOf(entry: SdkEntry): readonly SdkBehaviour[] {
  const known = behaviours.get(entry);
  if (known) return known;
  const bounds = boundsOf(entry);
  const made = [entry.oldestKnown, ...bounds].map((since, at) =>
    behaviourFrom(entry, since, { ...(at > 0 ? { since } : {}), ...rangeEnd(bounds[at]) }),
  );
  behaviours.set(entry, made);
  return made;
}

/** Gives the behaviour of a version; without one, the newest known. */
export function behaviourAt(entry: SdkEntry, version: string | undefined): SdkBehaviour {
  const all = behavioursOf(entry);
  const found =
    version === undefined
      ? all.at(-1)
      : (all.findLast(({ versions }) => inRange(version, versions)) ?? all[0]);
  if (!found) throw new Error(`${entry.family} has no behaviour`);
  return found;
}

const behaviours = new WeakMap<SdkEntry, readonly SdkBehaviour[]>();

function rangeEnd(until: string | undefined): VersionRange {
  return until === undefined ? {} : { until };
}

/** Every version at which something changes, ascending. */
function boundsOf(entry: SdkEntry): readonly string[] {
  const ranges: VersionRange[] = [
    ...entry.sts.endpoints,
    sinceOnly(entry.sts.settingSince),
    ...entry.refresh.renewals,
    entry.refresh.remembersErrors ?? {},
  ];
  for (const provider of entry.providers) {
    ranges.push(provider);
    if (provider.kind === 'container') {
      ranges.push(...provider.hosts, sinceOnly(provider.fullUriSince), sinceOnly(provider.tokenFileSince));
    }
    if (provider.kind === 'imds') ranges.push(sinceOnly(provider.v1SwitchSince));
  }
  const versions = ranges.flatMap(({ since, until }) => [since, until]);
  return [...new Set(versions.filter((version) => version !== undefined))]
    .filter((version) => compareVersions(version, entry.oldestKnown) > 0)
    .toSorted(compareVersions);
}

function sinceOnly(since: string | undefined): VersionRange {
  return since === undefined ? {} : { since };
}

function behaviourFrom(entry: SdkEntry, version: string, versions: VersionRange): SdkBehaviour {
  const { endpoints, settingSince, ...sts } = entry.sts;
  const knowsSetting = inRange(version, sinceOnly(settingSince));
  return {
    family: entry.family,
    source: entry.source,
    strength: entry.strength,
    versions,
    providers: entry.providers
      .filter((provider) => inRange(version, provider))
      .map((provider) => resolveProvider(provider, version)),
    sts: {
      ...sts,
      setting: knowsSetting ? sts.setting : 'ignored',
      endpoint: valueAt(endpoints, version),
    },
    refresh: resolveRefresh(entry.refresh, version),
    exhausted: entry.exhausted,
  };
}

function resolveRefresh({ remembersErrors, renewals, ...rest }: Refresh, version: string): Refresh {
  return {
    ...rest,
    renewals: renewals.filter((row) => inRange(version, row)),
    ...(remembersErrors && inRange(version, remembersErrors) ? { remembersErrors } : {}),
  };
}

function resolveProvider(provider: Provider, version: string): ResolvedProvider {
  const knows = (since: string | undefined): 'known' | 'unknown' =>
    inRange(version, sinceOnly(since)) ? 'known' : 'unknown';
  switch (provider.kind) {
    case 'container':
      return {
        ...provider,
        allowedHosts: valueAt(provider.hosts, version),
        fullUri: knows(provider.fullUriSince),
        tokenFile: knows(provider.tokenFileSince),
      };
    case 'imds': {
      const { v1SwitchSince } = provider;
      const honoured = v1SwitchSince !== undefined && knows(v1SwitchSince) === 'known';
      return { ...provider, v1Switch: honoured ? 'honoured' : 'unknown' };
    }
    default:
      return provider;
  }
}
