import type { Mechanism } from '../model/identity.ts';
import type { SdkFamily } from '../model/sdk.ts';
import { behavioursOf, type SdkBehaviour } from './behaviour.ts';
import type { ChainShape, SdkEntry } from './entry.ts';
import type { EvidenceStrength } from './providerRow.ts';
import { runChain } from './run.ts';
import { smallInput, smallTokenPath, type SmallWorld } from './smallWorld.ts';

/** One line about an SDK. */
export interface SdkSummary {
  readonly family: SdkFamily;
  readonly title: string;
  readonly versionMeans: string;
  readonly newestKnown: string;
  readonly shape: ChainShape;
  /** Ids of the providers in the order of the newest known chain. */
  readonly order: readonly string[];
  /** First version that can use it; `everyVersion`: the oldest known can. */
  readonly firstIrsa: string;
  readonly firstPodIdentity: string;
  readonly firstImdsV2: string;
  /** Whether a refusing STS leaves the newest known chain with what the metadata address answers. */
  readonly fallsBackWhenIrsaFails: boolean;
  readonly strength: EvidenceStrength;
}

/**
 * Sums up an SDK. What it can do, and whether it falls back, is found by running its chain in a small world.
 */
export function summariseSdk(entry: SdkEntry): SdkSummary {
  const behaviours = behavioursOf(entry);
  const newest = behaviours.at(-1);
  const first = (world: SmallWorld, mechanism: Mechanism): string => {
    const able = behaviours.find((behaviour) => gets(behaviour, world) === mechanism);
    return able?.versions.since ?? (able ? 'everyVersion' : 'never');
  };
  return {
    family: entry.family,
    title: entry.title,
    versionMeans: entry.versionMeans,
    newestKnown: entry.newestKnown,
    shape: entry.shape,
    order: newest?.providers.map(({ id }) => id) ?? [],
    firstIrsa: first({ variables: irsaVariables }, 'irsa'),
    firstPodIdentity: first({ variables: podIdentityVariables }, 'podIdentity'),
    firstImdsV2: first({ variables: region, imds: { withoutToken: { status: 401 } } }, 'imds'),
    fallsBackWhenIrsaFails:
      newest !== undefined &&
      gets(newest, { variables: irsaVariables, sts: { status: 403, code: 'AccessDenied' } }) === 'imds',
    strength: entry.strength,
  };
}

const region = { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1' };

/** The variables of a pod with IRSA. @source aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go */
export const irsaVariables: SmallWorld['variables'] = {
  ...region,
  AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/app',
  AWS_WEB_IDENTITY_TOKEN_FILE: smallTokenPath,
};

/**
 * The variables of a pod with EKS Pod Identity.
 *
 * @source aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go (container credentials)
 */
export const podIdentityVariables: SmallWorld['variables'] = {
  ...region,
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: smallTokenPath,
};

function gets(sdk: SdkBehaviour, world: SmallWorld): Mechanism {
  const { end } = runChain(sdk, smallInput(world));
  return end.kind === 'credentials' ? end.credentials.mechanism : 'none';
}
