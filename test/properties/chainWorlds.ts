import fc from 'fast-check';
import type { FakeAnswer, FakeWorld } from '../sdkChain/fakeWorld.ts';

const token = '/var/run/token';
const roleArn = 'arn:aws:iam::111122223333:role/app';

const region = { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1' };
const irsa = { AWS_ROLE_ARN: roleArn, AWS_WEB_IDENTITY_TOKEN_FILE: token };
const agent = { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials' };
const tokenFile = { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: token };

/** What a container is told: mostly of one mechanism, whole or in part. */
const told: readonly Readonly<Record<string, string>>[] = [
  { ...region, ...irsa },
  irsa,
  { ...region, ...irsa, AWS_ROLE_ARN: 'app' },
  { ...region, ...irsa, AWS_WEB_IDENTITY_TOKEN_FILE: 'relative/token' },
  { ...region, AWS_ROLE_ARN: roleArn },
  { ...region, AWS_WEB_IDENTITY_TOKEN_FILE: token },
  { ...region, ...irsa, AWS_STS_REGIONAL_ENDPOINTS: 'legacy' },
  { ...region, ...agent, ...tokenFile },
  { ...region, ...agent, ...tokenFile },
  { ...agent, ...tokenFile },
  { ...region, AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://10.0.0.1/' },
  { ...region, AWS_CONTAINER_CREDENTIALS_FULL_URI: '' },
  { ...region, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '' },
  { ...region, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials', ...tokenFile },
  { ...region, ...tokenFile },
  { ...region, AWS_ACCESS_KEY_ID: 'AKIAENV' },
  { ...region, AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'secret' },
  { ...region, AWS_EC2_METADATA_DISABLED: 'true' },
  { ...region, AWS_EC2_METADATA_V1_DISABLED: 'true' },
  { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials' },
  region,
  region,
  {},
];

const keys = 'aws_access_key_id = AKIAFILE\naws_secret_access_key = secret';
const role = `role_arn = ${roleArn}`;

/** What the profile holds, one way to credentials each. */
const profiles: readonly string[] = [
  keys,
  'aws_access_key_id = AKIAHALF',
  role,
  'output = json',
  'credential_process = /bin/keys',
  `credential_process = /bin/keys\n${role}`,
  'sso_session = corp\nsso_account_id = 111122223333',
  `${role}\nweb_identity_token_file = ${token}`,
  `web_identity_token_file = ${token}`,
  `${role}\nsource_profile = b\n[b]\n${keys}`,
  `${role}\nsource_profile = b\n[profile b]\n${keys}`,
  `${role}\nsource_profile = nowhere`,
  `${role}\nsource_profile = b\n[b]\nsso_account_id = 111122223333\n[profile b]\nsso_account_id = 111122223333`,
  `${role}\nsource_profile = b\n[b]\n${role}\nsource_profile = default`,
  `${role}\nsource_profile = b\n[b]\naws_access_key_id = AKIAHALF\n[profile b]\naws_access_key_id = AKIAHALF`,
  `${role}\nsource_profile = b\n[profile b]\n${role}\nweb_identity_token_file = ${token}`,
  `${role}\ncredential_source = Ec2InstanceMetadata`,
  `${role}\ncredential_source = Ec2InstanceMetadata`,
  `${role}\ncredential_source = EcsContainer`,
  `${role}\ncredential_source = EcsContainer`,
  `${role}\ncredential_source = Environment`,
  `${role}\ncredential_source = Nonsense`,
];

const files = fc
  .record({
    [token]: fc.constantFrom<(string | false | undefined)[]>(
      'token',
      'token',
      'to\nken',
      '',
      false,
      undefined,
    ),
    profile: fc.option(fc.constantFrom(...profiles), { nil: undefined }),
    place: fc.constantFrom('credentials', 'config', 'both'),
    name: fc.constantFrom('default', 'other'),
    unparsable: fc.constantFrom(false, false, false, false, false, true),
  })
  .map(({ profile, place, name, unparsable, ...rest }) => {
    const isConfig = (file: string): boolean => file === 'config' && name !== 'default';
    const text = (file: string): string => `[${isConfig(file) ? 'profile ' : ''}${name}]\n${profile ?? ''}\n`;
    const there = ['credentials', 'config'].filter((file) => place === 'both' || place === file);
    const written = profile === undefined ? [] : there.map((file) => [file, text(file)] as const);
    const all = unparsable ? there.map((file) => [file, 'no profile at all'] as const) : written;
    return Object.fromEntries([
      ...Object.entries(rest).filter(([, content]) => content !== undefined),
      ...all.map(([file, content]) => [`/home/app/.aws/${file}`, content] as const),
    ]) as Record<string, string | false>;
  });

const statuses: readonly FakeAnswer[] = [400, 401, 403, 404, 405, 429, 503, 'refused', 'dropped', 'hang'];

/** Well, mostly; else one of the ways in which a service can fail. */
function answer(...more: readonly FakeAnswer[]): fc.Arbitrary<FakeAnswer> {
  return fc.oneof(fc.constant<FakeAnswer>(200), fc.constantFrom(...statuses, ...more));
}

const stsCodes = [
  { status: 403, code: 'AccessDenied' },
  ...['InvalidIdentityToken', 'ExpiredTokenException', 'IDPCommunicationError', 'ValidationError'].map(
    (code) => ({ status: 400, code }),
  ),
];

/** Draws small worlds of one chain, each with a fault or two, in which every rule of an SDK can be met. */
export const chainWorlds: fc.Arbitrary<FakeWorld> = fc
  .record({
    variables: fc.constantFrom(...told),
    named: fc.constantFrom<Readonly<Record<string, string>>[]>({}, {}, { AWS_PROFILE: 'other' }),
    loads: fc.constantFrom<Readonly<Record<string, string>>[]>({}, { AWS_SDK_LOAD_CONFIG: '1' }),
    files,
    sts: answer(...stsCodes),
    container: answer(),
    imds: fc.record({
      token: answer(),
      v1: answer(),
      list: answer(),
      credentials: answer(),
      roleNames: fc.constantFrom(['node'], ['node'], []),
    }),
    moduleMissing: fc.constantFrom(false, false, false, true),
  })
  .map(({ variables, named, loads, ...world }) => ({
    ...world,
    variables: { HOME: '/home/app', ...variables, ...named, ...loads },
  }));
