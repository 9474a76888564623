import fc from 'fast-check';
import type { SdkBehaviour } from '../../src/sdkChain/behaviour.ts';
import { behavioursOf } from '../../src/sdkChain/behaviour.ts';
import { sdkCatalogue } from '../../src/sdkChain/registry.ts';
import type { FakeAnswer, FakeWorld } from './fakeWorld.ts';

/** Every behaviour of every SDK that the catalogue knows. */
export const everyBehaviour: readonly SdkBehaviour[] = sdkCatalogue().flatMap(behavioursOf);

/** Any behaviour of any SDK. */
export const anyBehaviour: fc.Arbitrary<SdkBehaviour> = fc.constantFrom(...everyBehaviour);

const token = '/var/run/token';
const roleArn = 'arn:aws:iam::111122223333:role/app';

/** A value, nothing, the empty text, or a value that is not known. */
function variable(...values: readonly string[]): fc.Arbitrary<string | undefined | null> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(null) },
    { weight: 4, arbitrary: fc.constantFrom(...values) },
    { weight: 1, arbitrary: fc.constantFrom('', undefined) },
  );
}

const variables = fc
  .record({
    AWS_ACCESS_KEY_ID: variable('AKIAENV'),
    AWS_SECRET_ACCESS_KEY: variable('secret', ' '),
    AWS_PROFILE: variable('a', 'nosuch'),
    AWS_SDK_LOAD_CONFIG: variable('1'),
    AWS_ROLE_ARN: variable(roleArn),
    AWS_WEB_IDENTITY_TOKEN_FILE: variable(token, 'relative/token'),
    AWS_REGION: variable('eu-west-1', 'eu-south-1'),
    AWS_DEFAULT_REGION: variable('eu-west-1'),
    AWS_CONTAINER_CREDENTIALS_FULL_URI: variable(
      'http://169.254.170.23/v1/credentials',
      'http://127.0.0.1/x',
      'http://10.0.0.1/',
      'https://example.com/',
    ),
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: variable('/v2/credentials'),
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: variable(token, '/nowhere'),
    AWS_CONTAINER_AUTHORIZATION_TOKEN: variable('token'),
    AWS_EC2_METADATA_DISABLED: variable('true', 'false'),
    AWS_EC2_METADATA_V1_DISABLED: variable('true', 'false'),
  })
  .map((all) => ({
    HOME: '/home/app',
    ...Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)),
  }));

const profileLines = fc.constantFrom(
  'aws_access_key_id = AKIAPROFILE\naws_secret_access_key = secret',
  'aws_access_key_id = AKIAHALF',
  `role_arn = ${roleArn}\nweb_identity_token_file = ${token}`,
  `web_identity_token_file = ${token}`,
  `role_arn = ${roleArn}\nsource_profile = b`,
  `role_arn = ${roleArn}\nsource_profile = nowhere`,
  `role_arn = ${roleArn}\ncredential_source = Ec2InstanceMetadata`,
  `role_arn = ${roleArn}\ncredential_source = EcsContainer`,
  `role_arn = ${roleArn}\ncredential_source = Environment`,
  'credential_process = /bin/keys',
  'sso_session = corp',
  'output = json',
);

const credentialsFile = fc
  .record({ name: fc.constantFrom('default', 'a'), lines: profileLines })
  .map(
    ({ name, lines }) => `[${name}]\n${lines}\n[b]\naws_access_key_id = AKIAB\naws_secret_access_key = s\n`,
  );
const configFile = fc
  .record({ name: fc.constantFrom('default', 'profile a'), lines: profileLines })
  .map(({ name, lines }) => `[${name}]\n${lines}\n`);

const files = fc
  .record({
    [token]: fc.oneof({ weight: 4, arbitrary: fc.constant('token') }, fc.constantFrom('', false as const)),
    '/home/app/.aws/credentials': fc.option(credentialsFile, { nil: undefined, freq: 1 }),
    '/home/app/.aws/config': fc.option(configFile, { nil: undefined, freq: 1 }),
    hiddenFile: fc.constantFrom('none', 'none', 'none', 'credentials', 'config'),
  })
  .map(({ hiddenFile, ...all }) => ({
    ...(Object.fromEntries(Object.entries(all).filter(([, content]) => content !== undefined)) as Record<
      string,
      string | false
    >),
    ...(hiddenFile === 'none' ? {} : { [`/home/app/.aws/${hiddenFile}`]: null }),
  }));

function answers(...codes: readonly string[]): fc.Arbitrary<FakeAnswer> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(200) },
    {
      weight: 3,
      arbitrary: fc.constantFrom<FakeAnswer[]>(
        ...([400, 401, 403, 404, 405, 500, 503, 'refused', 'dropped', 'hang'] as const),
        ...codes.map((code) => ({ status: 400, code })),
      ),
    },
  );
}

/** A world with any mix of variables, files and answers that chains tell apart. */
export const anyWorld: fc.Arbitrary<FakeWorld> = fc.record({
  variables,
  files,
  sts: answers('InvalidIdentityToken', 'ExpiredTokenException', 'IDPCommunicationError', 'ValidationError'),
  container: answers(),
  imds: fc.record({
    token: answers(),
    v1: answers(),
    list: answers(),
    credentials: answers(),
    roleNames: fc.constantFrom(['node'], ['node'], []),
  }),
  moduleMissing: fc.boolean(),
});
