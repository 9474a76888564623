import type { SmallReply, SmallWorld } from './smallWorld.ts';
import { irsaVariables, podIdentityVariables } from './summary.ts';

/** A world in which SDKs may part ways. */
export interface Situation {
  /** Stable, as `irsa.accessDenied`. */
  readonly id: string;
  readonly title: string;
  readonly world: SmallWorld;
  /** What is different when the credentials, which live an hour, have to be renewed. */
  readonly atRenewal?: Partial<SmallWorld>;
}

const { AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE, ...region } = irsaVariables;
const keys = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
const home = { HOME: '/root' };
const profile = '[default]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = secret\n';
const ecsVariables = { ...region, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials' };
const accessDenied: SmallReply = { status: 403, code: 'AccessDenied' };

function irsa(id: string, title: string, broken: Partial<SmallWorld>): Situation {
  return { id: `irsa.${id}`, title, world: { variables: irsaVariables, ...broken } };
}

function podIdentity(id: string, title: string, broken: Partial<SmallWorld>): Situation {
  return { id: `podIdentity.${id}`, title, world: { variables: podIdentityVariables, ...broken } };
}

function imds(id: string, title: string, broken: NonNullable<SmallWorld['imds']>): Situation {
  return { id: `imds.${id}`, title, world: { variables: region, imds: broken } };
}

/**
 * The worlds in which two SDKs are compared: each kind of failure alone, then the pairs that matter in a pod.
 * What a title does not mention is in order, the metadata service among it.
 */
export const situations: readonly Situation[] = [
  irsa('ok', 'IRSA in order', {}),
  irsa('onlyRoleArn', 'only AWS_ROLE_ARN set', {
    variables: { ...region, AWS_ROLE_ARN: AWS_ROLE_ARN ?? '' },
  }),
  irsa('onlyTokenFile', 'only AWS_WEB_IDENTITY_TOKEN_FILE set', {
    variables: { ...region, AWS_WEB_IDENTITY_TOKEN_FILE: AWS_WEB_IDENTITY_TOKEN_FILE ?? '' },
  }),
  irsa('noRegion', 'IRSA, no region set', {
    variables: {
      AWS_ROLE_ARN: AWS_ROLE_ARN ?? '',
      AWS_WEB_IDENTITY_TOKEN_FILE: AWS_WEB_IDENTITY_TOKEN_FILE ?? '',
    },
  }),
  irsa('noModule', 'IRSA, STS module not shipped', { stsModule: 'missing' }),
  irsa('tokenMissing', 'IRSA, token file missing', { token: 'missing' }),
  irsa('tokenUnreadable', 'IRSA, token file unreadable', { token: 'unreadable' }),
  irsa('tokenEmpty', 'IRSA, token file empty', { token: 'empty' }),
  irsa('accessDenied', 'IRSA, STS: AccessDenied', { sts: accessDenied }),
  irsa('invalidIdentityToken', 'IRSA, STS: InvalidIdentityToken', {
    sts: { status: 400, code: 'InvalidIdentityToken' },
  }),
  irsa('expiredToken', 'IRSA, STS: ExpiredTokenException', {
    sts: { status: 400, code: 'ExpiredTokenException' },
  }),
  irsa('idpCommunicationError', 'IRSA, STS: IDPCommunicationError', {
    sts: { status: 400, code: 'IDPCommunicationError' },
  }),
  irsa('500', 'IRSA, STS: 500', { sts: { status: 500 } }),
  irsa('timeout', 'IRSA, packets to STS dropped', { sts: 'timeout' }),
  irsa('refused', 'IRSA, connection to STS refused', { sts: 'refused' }),
  irsa('hang', 'IRSA, STS never answers', { sts: 'hang' }),
  podIdentity('ok', 'Pod Identity in order', {}),
  podIdentity('tokenMissing', 'Pod Identity, token file missing', { token: 'missing' }),
  podIdentity('404', 'Pod Identity agent: 404', { container: { status: 404 } }),
  podIdentity('500', 'Pod Identity agent: 500', { container: { status: 500 } }),
  podIdentity('refused', 'Pod Identity agent is down', { container: 'refused' }),
  podIdentity('timeout', 'packets to the Pod Identity agent dropped', { container: 'timeout' }),
  { id: 'ecs.ok', title: 'relative container URI in order', world: { variables: ecsVariables } },
  {
    id: 'ecs.500',
    title: 'relative container URI: 500',
    world: { variables: ecsVariables, container: { status: 500 } },
  },
  {
    id: 'fullUri.foreignHost',
    title: 'full container URI on a foreign host',
    world: { variables: { ...region, AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://10.0.0.1/' } },
  },
  imds('ok', 'metadata service in order', {}),
  imds('tokensRequired', 'metadata requires tokens', { withoutToken: { status: 401 } }),
  imds('token400', 'metadata token: 400', { token: { status: 400 } }),
  imds('token403', 'metadata token: 403, as kube2iam', { token: { status: 403 } }),
  imds('token404', 'metadata token: 404', { token: { status: 404 } }),
  imds('token405', 'metadata token: 405', { token: { status: 405 } }),
  imds('token500', 'metadata token: 500', { token: { status: 500 } }),
  imds('tokenTimeout', 'metadata token lost: hop limit 1', { token: 'timeout' }),
  imds('tokenRefused', 'metadata token refused', { token: 'refused' }),
  imds('roleList404', 'metadata role list: 404', { roleList: { status: 404 } }),
  imds('roleListEmpty', 'metadata role list empty', { roleList: 'empty' }),
  imds('credentials403', 'metadata credentials: 403', { roleCredentials: { status: 403 } }),
  imds('credentials404', 'metadata credentials: 404, as kube2iam', {
    token: { status: 403 },
    roleCredentials: { status: 404 },
  }),
  imds('credentials500', 'metadata credentials: 500', { roleCredentials: { status: 500 } }),
  {
    id: 'imds.disabled',
    title: 'AWS_EC2_METADATA_DISABLED=true',
    world: { variables: { ...region, AWS_EC2_METADATA_DISABLED: 'true' } },
  },
  {
    id: 'imds.disabled0',
    title: 'AWS_EC2_METADATA_DISABLED=0',
    world: { variables: { ...region, AWS_EC2_METADATA_DISABLED: '0' } },
  },
  {
    id: 'imds.v1Disabled',
    title: 'AWS_EC2_METADATA_V1_DISABLED=true, token: 403',
    world: {
      variables: { ...region, AWS_EC2_METADATA_V1_DISABLED: 'true' },
      imds: { token: { status: 403 } },
    },
  },
  { id: 'keys+irsa', title: 'static keys and IRSA', world: { variables: { ...irsaVariables, ...keys } } },
  {
    id: 'halfKeys+irsa',
    title: 'AWS_ACCESS_KEY_ID alone and IRSA',
    world: { variables: { ...irsaVariables, AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE' } },
  },
  {
    id: 'profile+irsa',
    title: 'default profile with keys, and IRSA',
    world: {
      variables: { ...irsaVariables, ...home },
      files: { [`${home.HOME}/.aws/credentials`]: profile },
    },
  },
  {
    id: 'missingProfile+irsa',
    title: 'AWS_PROFILE names none, and IRSA',
    world: { variables: { ...irsaVariables, ...home, AWS_PROFILE: 'nosuch' } },
  },
  {
    id: 'irsa+podIdentity',
    title: 'IRSA and Pod Identity',
    world: { variables: { ...irsaVariables, ...podIdentityVariables } },
  },
  {
    id: 'irsaRefused+podIdentity',
    title: 'IRSA refused, Pod Identity in order',
    world: { variables: { ...irsaVariables, ...podIdentityVariables }, sts: accessDenied },
  },
  {
    id: 'irsaRefused+podIdentityDown',
    title: 'IRSA refused, Pod Identity agent down',
    world: {
      variables: { ...irsaVariables, ...podIdentityVariables },
      sts: accessDenied,
      container: 'refused',
    },
  },
  {
    id: 'renewal.irsa',
    title: 'IRSA, STS: AccessDenied at renewal',
    world: { variables: irsaVariables },
    atRenewal: { sts: accessDenied },
  },
  {
    id: 'renewal.podIdentity',
    title: 'Pod Identity agent is down at renewal',
    world: { variables: podIdentityVariables },
    atRenewal: { container: 'refused' },
  },
  {
    id: 'renewal.imds',
    title: 'metadata credentials: 500 at renewal',
    world: { variables: region },
    atRenewal: { imds: { roleCredentials: { status: 500 } } },
  },
  {
    id: 'renewal.healed',
    title: 'IRSA refused at first, admitted at renewal',
    world: { variables: irsaVariables, sts: accessDenied },
    atRenewal: { sts: 'ok' },
  },
];
