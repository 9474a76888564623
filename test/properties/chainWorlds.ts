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

const services = {
  sts: answer(...stsCodes),
  container: answer(),
  imds: fc.record({
    token: answer(),
    v1: answer(),
    list: answer(),
    credentials: answer(),
    roleNames: fc.constantFrom(['node'], ['node'], []),
  }),
};

/** Anything that a container can be told, with any profile. */
const anything = fc
  .record({
    variables: fc.constantFrom(...told),
    named: fc.constantFrom<Readonly<Record<string, string>>[]>({}, {}, { AWS_PROFILE: 'other' }),
    loads: fc.constantFrom<Readonly<Record<string, string>>[]>({}, { AWS_SDK_LOAD_CONFIG: '1' }),
    files,
    ...services,
    moduleMissing: fc.constantFrom(false, false, false, true),
  })
  .map(({ variables, named, loads, ...world }) => ({
    ...world,
    variables: { ...variables, ...named, ...loads },
  }));

/** Draws small worlds of one chain, each with a fault or two. */
export const chainWorlds: fc.Arbitrary<FakeWorld> = anything.map(atHome);

function atHome(world: FakeWorld): FakeWorld {
  return { ...world, variables: { HOME: '/home/app', ...world.variables } };
}

const onInstance = `[default]\n${role}\ncredential_source = Ec2InstanceMetadata\n`;
const onToken = `${role}\nweb_identity_token_file = ${token}\n`;
const onSource = `[default]\n${role}\nsource_profile = b\n[b]\n${onToken}[profile b]\n${onToken}`;
const onEcs = `[default]\n${role}\ncredential_source = EcsContainer\n`;

/** One mechanism each, set up as it should be. */
const scenes: readonly FakeWorld[] = [
  { variables: { ...region, ...irsa } },
  { variables: irsa },
  { variables: { ...region, ...agent, ...tokenFile } },
  { variables: region },
  { variables: region, files: bothFiles(onInstance) },
  { variables: {}, files: bothFiles(`[default]\n${onToken}`) },
  { variables: {}, files: bothFiles(onSource) },
  { variables: { ...region, ...agent, ...tokenFile }, files: bothFiles(onEcs) },
  { variables: { ...region, ...tokenFile }, files: bothFiles(onEcs) },
];

function bothFiles(text: string): Readonly<Record<string, string>> {
  return { '/home/app/.aws/credentials': text, '/home/app/.aws/config': text };
}

/** One fault each, or two of the metadata service, which SDKs ask in two ways. */
const faults: readonly FakeWorld[] = [
  {},
  { moduleMissing: true },
  ...['', false as const, 'to\nken'].map((content) => ({ files: { [token]: content } })),
  { files: { '/home/app/.aws/credentials': 'no profile', '/home/app/.aws/config': 'no profile' } },
  ...[...statuses, ...stsCodes].map((sts) => ({ sts })),
  ...statuses.flatMap((status): readonly FakeWorld[] => [
    { container: status },
    ...([200, 401, 503, 'dropped'] as const).map((v1) => ({ imds: { token: status, v1 } })),
    { imds: { list: status } },
    { imds: { list: status, token: 404 } },
    { imds: { credentials: status } },
    { imds: { credentials: status, token: 404 } },
  ]),
  { imds: { roleNames: [] } },
  { imds: { roleNames: [], token: 404 } },
];

/** Every mechanism with every fault, everything that a container can be told, and every profile. */
export const chainMatrix: readonly FakeWorld[] = [
  ...scenes.flatMap((scene) =>
    faults.map((fault) => ({
      ...scene,
      ...fault,
      files: { [token]: 'token', ...scene.files, ...fault.files },
      variables: { AWS_SDK_LOAD_CONFIG: '1', ...scene.variables },
    })),
  ),
  ...told.flatMap((variables) => [
    { variables, files: { [token]: 'token' } },
    { variables, sts: 403 },
  ]),
  { variables: { ...region, AWS_PROFILE: 'nosuch' }, files: bothFiles(`[default]\n${keys}\n`) },
  ...profiles.flatMap((profile) =>
    [{}, { AWS_PROFILE: 'other' }, { AWS_PROFILE: 'other', AWS_SDK_LOAD_CONFIG: '1' }].flatMap((named) =>
      (['credentials', 'config'] as const).flatMap((file) =>
        ([200, 403] as const).map((sts) => ({
          variables: { ...region, ...named },
          files: { [token]: 'token', [`/home/app/.aws/${file}`]: profileText(file, named, profile) },
          sts,
        })),
      ),
    ),
  ),
].map(atHome);

function profileText(
  file: 'credentials' | 'config',
  { AWS_PROFILE: name = 'default' }: { readonly AWS_PROFILE?: string },
  profile: string,
): string {
  return `[${file === 'config' && name !== 'default' ? 'profile ' : ''}${name}]\n${profile}\n`;
}
