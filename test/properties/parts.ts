import { rules } from '../../src/findings/examine.ts';
import type { AdmissionNote, NotInjectedReason } from '../../src/admission/evidence.ts';
import type { ProfileFailure, ProfileSource } from '../../src/sdkChain/entry.ts';
import { pathReasons } from '../../src/network/pathReason.ts';
import type { ServiceFinding } from '../../src/services/evidence.ts';
import type { SdkBehaviour } from '../../src/sdkChain/behaviour.ts';
import { chartOf } from '../../src/sdkChain/chart.ts';
import { everyBehaviour } from '../sdkChain/arbitraryWorld.ts';

/** What can be reached, by what it is a part of. */
export type Part = 'provider' | 'failure' | 'station' | 'finding' | 'service' | 'admission' | 'path';

/** Every finding of a service; a kind that is missing here does not compile. */
const serviceFindings: Readonly<Record<ServiceFinding['kind'], true>> = {
  stsFault: true,
  undeterminedRole: true,
  malformedRoleArn: true,
  tokenRejected: true,
  tokenNotShown: true,
  issuerInferred: true,
  issuerUnknown: true,
  oidcProviderFound: true,
  oidcProviderAbsent: true,
  audienceNotRegistered: true,
  sessionNameRejected: true,
  sessionTooLong: true,
  assumption: true,
  noInstanceMetadata: true,
  endpointDisabled: true,
  hopLimit: true,
  tokenRequired: true,
  nodeRole: true,
  noSuchRole: true,
  podBySourceAddress: true,
  roleChosen: true,
  noRole: true,
  namespaceRestriction: true,
  baseArnDiscovered: true,
  emptyRoleListed: true,
  otherRoleAsked: true,
  proxiedToImds: true,
  clientAddressForwarded: true,
  describeRegionsDenied: true,
  regionMissing: true,
  answeredFromCache: true,
  daemonIdentity: true,
  kiamRouteBlocked: true,
  kiamProxied: true,
  kiamServer: true,
  kiamPod: true,
  kiamRole: true,
  kiamNoRole: true,
  kiamOtherRole: true,
  kiamPermitted: true,
  kiamSessionHeld: true,
  kiamServerCrashed: true,
  kiamIdentity: true,
  agentAbsent: true,
  agentBehindProxy: true,
  agentUnsupported: true,
  association: true,
  associationAcrossAccounts: true,
  associationMissing: true,
  associationNotShown: true,
};

/** Everything that admission can say; what is missing here does not compile. */
const admissionReasons: Readonly<
  Record<NotInjectedReason | AdmissionNote | 'webIdentity' | 'containerCredentials', true>
> = {
  webIdentity: true,
  containerCredentials: true,
  podAlreadyAdmitted: true,
  noAnnotation: true,
  noSuchServiceAccount: true,
  emptyAnnotation: true,
  skipLabel: true,
  skipContainer: true,
  userEnvPresent: true,
  webhookMissed: true,
  associationWins: true,
  malformedRoleArn: true,
  placeholder: true,
  serviceAccountNotShown: true,
  skipContainersUnreadable: true,
  userVolume: true,
  userMount: true,
  fargatePodIdentityUnsupported: true,
  windowsByAffinity: true,
  tokenOwnedByRoot: true,
  tokenOwnedByUser: true,
  envFromNotShown: true,
  valueNotShown: true,
  keyMissing: true,
};

/** What a profile must be taken for so that a failure can come of it; others can come of any. */
const metWith: Readonly<Partial<Record<ProfileFailure, readonly ProfileSource[]>>> = {
  sourceMissing: ['sourceProfile'],
  roleRefused: ['sourceProfile', 'credentialSource'],
  sourceFailed: ['sourceProfile', 'credentialSource', 'webIdentity'],
  ssoUnavailable: ['sourceProfile', 'sso'],
  broken: ['sourceProfile', 'static', 'webIdentity'],
};

/**
 * Tells whether a profile row can ever meet a failure: it has a rule for each, also for those that cannot come
 * of what it takes.
 */
function canMeet(provider: SdkBehaviour['providers'][number], failure: string): boolean {
  if (provider.kind !== 'profile') return true;
  if (failure === 'roleRefused' && provider.roleOnTopOf) return true;
  const sources = metWith[failure as ProfileFailure];
  return !sources || sources.some((source) => provider.takes.includes(source));
}

/** Names the failures for which an SDK has a rule, as the steps of a chain name them. */
function failuresOf({ family, providers }: SdkBehaviour): readonly string[] {
  return providers.flatMap((provider) => {
    const failures: string[] = [];
    const collect = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      if ('on' in value && Array.isArray(value.on)) failures.push(...value.on.map(String));
      else Object.values(value).forEach(collect);
    };
    collect(provider);
    return failures
      .filter((failure) => canMeet(provider, failure))
      .map((failure) => `${family} ${provider.id} ${failure}`);
  });
}

/** Names the stations and failures of one behaviour. */
export function rowsOf(sdk: SdkBehaviour): readonly string[] {
  return [...failuresOf(sdk), ...stationsOf(sdk)];
}

/** Names the stations of an SDK, but for the token file that is read without a URI where the SDK never does. */
function stationsOf(sdk: SdkBehaviour): readonly string[] {
  const readsAlone = sdk.providers.some((row) => row.kind === 'container' && row.tokenFileRead !== undefined);
  const ids = [...chartOf(sdk).stations.keys()].filter((id) => readsAlone || !id.endsWith('/tokenAlone'));
  return ids.map((id) => `${sdk.family} ${id}`);
}

const distinct = (names: readonly string[]): readonly string[] => [...new Set(names)];

/** Names everything that has to be reached: of each SDK in all its versions. */
export const everyPart: Readonly<Record<Part, readonly string[]>> = {
  provider: distinct(
    everyBehaviour.flatMap(({ family, providers }) => providers.map(({ id }) => `${family} ${id}`)),
  ),
  failure: distinct(everyBehaviour.flatMap(failuresOf)),
  station: distinct(everyBehaviour.flatMap(stationsOf)),
  finding: rules.map(({ id }) => id),
  service: Object.keys(serviceFindings),
  admission: Object.keys(admissionReasons),
  path: Object.keys(pathReasons),
};
