import type { Environment, EnvValue, FileContent } from '../model/environment.ts';
import type { Reply, Request } from '../model/exchange.ts';
import type { Mechanism } from '../model/identity.ts';
import type { ObjectRef } from '../model/objectRef.ts';
import type { SdkFamily } from '../model/sdk.ts';
import { behavioursOf, type SdkBehaviour } from './behaviour.ts';
import type { ChainShape, EvidenceStrength, SdkEntry } from './entry.ts';
import { runChain } from './run.ts';

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
    firstIrsa: first({ variables: irsa, sts: 'admits' }, 'irsa'),
    firstPodIdentity: first({ variables: podIdentity }, 'podIdentity'),
    firstImdsV2: first({ variables: {}, imds: 'tokensRequired' }, 'imds'),
    fallsBackWhenIrsaFails:
      newest !== undefined && gets(newest, { variables: irsa, sts: 'refuses' }) === 'imds',
    strength: entry.strength,
  };
}

/** A world of which only what is named is out of order. */
interface SmallWorld {
  readonly variables: Readonly<Record<string, string>>;
  readonly sts?: 'admits' | 'refuses';
  readonly imds?: 'tokensRequired';
}

const token = '/var/run/secrets/token';
const region = { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1' };
const irsa: SmallWorld['variables'] = {
  ...region,
  AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/app',
  AWS_WEB_IDENTITY_TOKEN_FILE: token,
};
/** @source aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go (container credentials) */
const podIdentity: SmallWorld['variables'] = {
  ...region,
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: token,
};

const from: ObjectRef = { kind: 'Pod', name: 'example' };
const tokenContent: FileContent = { kind: 'text', text: 'token', from };

function gets(sdk: SdkBehaviour, world: SmallWorld): Mechanism {
  const { end } = runChain(sdk, {
    environment: environmentOf(world),
    exchange: (request) => answer(world, request),
    moduleMissing: () => false,
  });
  return end.kind === 'credentials' ? end.credentials.mechanism : 'none';
}

function environmentOf({ variables }: SmallWorld): Environment {
  const values = Object.entries(variables).map(([name, value]): [string, EnvValue] => [
    name,
    { value, from, by: 'manifest' },
  ]);
  return {
    variables: new Map(values),
    files: new Map([[token, tokenContent]]),
    hiddenDirectories: [],
  };
}

function answer(world: SmallWorld, request: Request): Reply {
  switch (request.kind) {
    case 'readFile':
      return { kind: 'file', content: tokenContent };
    case 'sts':
      return world.sts === 'admits'
        ? handsOut('irsa')
        : { kind: 'httpError', status: 403, code: 'AccessDenied' };
    case 'container':
      return handsOut('podIdentity');
    case 'imds':
      return metadata(world, request);
  }
}

function metadata(world: SmallWorld, request: Extract<Request, { kind: 'imds' }>): Reply {
  if (request.call.kind === 'token') return { kind: 'ok', body: { kind: 'imdsToken' } };
  if (world.imds === 'tokensRequired' && !request.withToken) return { kind: 'httpError', status: 401 };
  return request.call.kind === 'roleList'
    ? { kind: 'ok', body: { kind: 'roleList', roleNames: ['node'] } }
    : handsOut('imds');
}

function handsOut(mechanism: Exclude<Mechanism, 'none'>): Reply {
  const identity = { kind: 'role', arn: 'arn:aws:iam::111122223333:role/app' } as const;
  return { kind: 'ok', body: { kind: 'credentials', credentials: { identity, mechanism } } };
}
