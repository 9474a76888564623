import { expect, test } from 'vitest';
import { runScripted, told, type Script } from './told.ts';

const fullUri = 'AWS_CONTAINER_CREDENTIALS_FULL_URI';
const relativeUri = 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI';
const selected = `selected by ${fullUri}`;
const goRefuses = 'hostNotAllowed, stop: invalid endpoint host, only loopback/ecs/eks hosts are allowed';

function asked(sdk: string, url: string | undefined): readonly string[] {
  return told(runScripted(sdk, { variables: { [fullUri]: url } }), 'container');
}

const allowed: readonly (readonly [string, string])[] = [
  ['go-v2', 'https://example.com/credentials'],
  ['go-v2', 'http://127.0.0.1/'],
  ['go-v2', 'http://127.10.20.30:8080/credentials'],
  ['go-v2', 'http://localhost?task'],
  ['go-v2', 'http://[::1]/credentials'],
  ['go-v2', 'http://[::1]:8080'],
  ['go-v2', 'http://169.254.170.2/v2/task'],
  ['go-v2', 'http://[fd00:ec2::23]/v1/credentials'],
  ['go-v2@1.24.0', 'http://127.0.0.2/credentials'],
  ['cpp', 'http://[fd00:ec2::23]/v1/credentials'],
  ['cpp@1.10.55', 'http://10.0.0.1/credentials'],
  ['botocore@1.30.0', 'http://127.0.0.1/credentials'],
  ['swift', 'http://127.0.0.2/credentials'],
];
test.each(allowed)('%s asks %s', (sdk, url) => {
  expect(asked(sdk, url)).toStrictEqual([selected, `GET ${url} -> credentials`, 'credentials: podIdentity']);
});

test('a URI whose text is not known is let through', () => {
  expect(asked('go-v2', undefined)).toStrictEqual([
    selected,
    `GET $(${fullUri}) -> credentials`,
    'credentials: podIdentity',
  ]);
});

const refused: readonly (readonly [string, string, readonly string[]])[] = [
  ['go-v2', 'http://10.0.0.1/https://localhost/', [goRefuses]],
  ['go-v2', 'http://1270.0.0.1/', [goRefuses]],
  ['go-v2', 'http://10.127.0.0.1/', [goRefuses]],
  ['go-v2', 'http://127.0.0.1.example.com/', [goRefuses]],
  ['go-v2', 'http://127/', [goRefuses]],
  ['go-v2', '127.0.0.1/credentials', [goRefuses]],
  ['go-v2', 'proxy/http://localhost/', [goRefuses]],
  ['go-v2@1.24.0', 'http://169.254.170.23/v1/credentials', [goRefuses]],
  ['botocore@1.30.0', 'http://127.0.0.2/credentials', ['hostNotAllowed, stop: ValueError']],
  [
    'cpp@1.11.285',
    'http://[fd00:ec2::23]/v1/credentials',
    ['hostNotAllowed, stop: no credentials: the request is sent unsigned'],
  ],
  [
    'swift',
    'http://localhost/credentials',
    ['hostNotAllowed, continue: hostNotAllowed', 'imds has credentials'],
  ],
];
test.each(refused)('%s does not ask %s', (sdk, url, outcome) => {
  expect(asked(sdk, url)).toStrictEqual([selected, ...outcome]);
});

const config = [
  '[default]',
  'role_arn = arn:aws:iam::111122223333:role/app',
  'credential_source = EcsContainer',
].join('\n');
const byProfile = 'selected by profile default, /home/app/.aws/config';
const read = 'read /home/app/.aws/config (profile) -> text';
const ecs = 'http://169.254.170.2/v2/task';

/** The SDK, its variables, what the container endpoint answers, and what the profile makes of it. */
const sources: readonly (readonly [string, Readonly<Record<string, string>>, Script, readonly string[]])[] = [
  ['go-v2', {}, {}, [byProfile, 'sourceFailed, stop: failed to refresh cached credentials, sourceFailed']],
  ['java-v2', {}, {}, [read, byProfile, 'sourceFailed, continue: sourceFailed', 'imds has credentials']],
  // A token without a URI is read, and leads nowhere.
  [
    'rust',
    { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/token' },
    {},
    [read, byProfile, 'read /token (containerToken) -> text', 'sourceFailed, stop: sourceFailed'],
  ],
  [
    'go-v2',
    { [fullUri]: 'http://10.0.0.1/' },
    {},
    [byProfile, selected, 'hostNotAllowed, stop: failed to refresh cached credentials, hostNotAllowed'],
  ],
  [
    'java-v2',
    { [fullUri]: '' },
    {},
    [read, byProfile, selected, 'uriEmpty, continue: uriEmpty', 'imds has credentials'],
  ],
  [
    'java-v2',
    { [relativeUri]: '/v2/task' },
    { [`GET ${ecs}`]: 404 },
    [
      read,
      byProfile,
      `selected by ${relativeUri}`,
      `GET ${ecs} -> 404`,
      'clientError, continue: HTTP 404',
      'imds has credentials',
    ],
  ],
  [
    'go-v2',
    { [relativeUri]: '/v2/task' },
    { [`GET ${ecs}`]: 404 },
    [
      byProfile,
      `selected by ${relativeUri}`,
      `GET ${ecs} -> 404`,
      'clientError, stop: failed to refresh cached credentials, HTTP 404',
    ],
  ],
];
test.each(sources)(
  'the container endpoint as source of a profile: %s with %o',
  (sdk, more, script, steps) => {
    const world = {
      variables: { AWS_REGION: 'us-east-1', ...more },
      files: { '/home/app/.aws/config': config, '/token': 'token' },
    };
    expect(told(runScripted(sdk, world, script), 'profile')).toStrictEqual(steps);
  },
);
