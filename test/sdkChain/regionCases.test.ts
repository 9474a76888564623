import { expect, test } from 'vitest';
import { runScripted, told, type Script, type Scripted } from './told.ts';

const path = '/var/run/token';
const role = { AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/app', AWS_WEB_IDENTITY_TOKEN_FILE: path };
const document = '/latest/dynamic/instance-identity/document';
const zone = '/latest/meta-data/placement/availability-zone';
const region = '/latest/meta-data/placement/region';

const selected = 'selected by AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE';
const token = 'PUT token -> imdsToken';
const read = `read ${path} (webIdentityToken) -> text`;

function steps(sdk: string, variables: Readonly<Record<string, string>>, script: Script): readonly string[] {
  const world = { variables: { ...role, ...variables }, files: { [path]: 'token' } };
  return told(runScripted(sdk, world, script), 'webIdentity');
}

/** The token is read and STS is called at this host. */
function assumed(host: string): readonly string[] {
  return [read, `AssumeRoleWithWebIdentity at ${host} -> credentials`, 'credentials: irsa'];
}

const texts: readonly (readonly [string, string])[] = [
  ['eu-west-1b', 'eu-west-1'],
  ['eu-west-1', 'eu-west-1'],
  [' eu-west-1b\n', 'eu-west-1'],
  ['us-gov-west-1a', 'us-gov-west-1'],
  ['ap-southeast-12a', 'ap-southeast-12'],
  ['{"region":"eu-south-1"}', 'eu-south-1'],
  ['{\n  "accountId" : "111122223333",\n  "region"  :  "us-gov-west-1"\n}', 'us-gov-west-1'],
  ['{"region": "eu-south-1", "version": "2017-09-30"}', 'eu-south-1'],
];
test.each(texts)('the answer %j names the region %s', (text, expected) => {
  expect(steps('java-v2', {}, { [`GET ${document} with token`]: { text } })).toStrictEqual([
    selected,
    token,
    `GET ${document} with token -> text`,
    ...assumed(expected),
  ]);
});

const noRegion: readonly (readonly [string, Scripted, string])[] = [
  ['nothing', { text: '' }, 'text'],
  ['a page', { text: '<html>' }, 'text'],
  ['more than a zone', { text: 'zone eu-west-1a' }, 'text'],
  ['a zone and more', { text: 'eu-west-1a zone' }, 'text'],
  ['a document without a region', { text: '{"region": ""}' }, 'text'],
  ['a list of roles', { roles: ['eu-west-1a'] }, 'roles eu-west-1a'],
  ['404', 404, '404'],
  ['no answer', 'timeout', 'timeout'],
];
test.each(noRegion)('%s names no region', (_, answer, seen) => {
  expect(steps('java-v2', {}, { [`GET ${document} with token`]: answer })).toStrictEqual([
    selected,
    token,
    `GET ${document} with token -> ${seen}`,
    ...assumed('the global host'),
  ]);
  expect(steps('rust', {}, { [`GET ${region} with token`]: answer })).toStrictEqual([
    selected,
    token,
    `GET ${region} with token -> ${seen}`,
    'noRegion, stop: the region is missing',
  ]);
});

/** Who asks, its variables, what comes back, and what web identity does. */
const questions: readonly (readonly [
  string,
  string,
  Readonly<Record<string, string>>,
  Script,
  readonly string[],
])[] = [
  ['without a token', 'java-v1@1.11.677', {}, {}, [`GET ${document} -> text`, ...assumed('the global host')]],
  ['without a token', 'cpp@1.10.55', {}, {}, [`GET ${zone} -> text`, ...assumed('us-east-1')]],
  [
    'without a token when it gets none',
    'java-v2',
    {},
    { 'PUT token': 403 },
    ['PUT token -> 403', `GET ${document} -> text`, ...assumed('us-east-1')],
  ],
  [
    'with a token alone, and the error leads on',
    'kotlin',
    {},
    { 'PUT token': 'hang' },
    [
      'PUT token -> hang',
      'noRegion, continue: the region is missing',
      'the end of the chain: No identity could be resolved from the chain',
    ],
  ],
  [
    'with a token alone, and the error ends the chain',
    'rust',
    {},
    { 'PUT token': 403 },
    ['PUT token -> 403', 'noRegion, stop: the region is missing'],
  ],
  [
    'twice',
    'aws-cli-v2',
    {},
    {},
    [
      token,
      `GET ${zone}/ with token -> text`,
      token,
      `GET ${zone}/ with token -> text`,
      ...assumed('us-east-1'),
    ],
  ],
  [
    'twice without a token',
    'aws-cli-v2',
    {},
    { 'PUT token': 404 },
    [
      'PUT token -> 404',
      `GET ${zone}/ -> text`,
      'PUT token -> 404',
      `GET ${zone}/ -> text`,
      ...assumed('us-east-1'),
    ],
  ],
  [
    'once when it fails',
    'aws-cli-v2',
    {},
    { [`GET ${zone}/ with token`]: 404 },
    [token, `GET ${zone}/ with token -> 404`, 'noRegion, stop: NoRegionError (exit 253)'],
  ],
  [
    'after the credentials of the node',
    'cpp@1.11.285',
    {},
    {},
    [
      token,
      'GET role list with token -> roles node',
      'GET credentials of node with token -> credentials',
      `GET ${zone} with token -> text`,
      ...assumed('us-east-1'),
    ],
  ],
  [
    'after the credentials of the node, without a token',
    'cpp@1.11.285',
    {},
    { 'PUT token': 403 },
    [
      'PUT token -> 403',
      'GET role list -> roles node',
      'GET credentials of node -> credentials',
      `GET ${zone} -> text`,
      ...assumed('us-east-1'),
    ],
  ],
  [
    'although the node has no role',
    'cpp@1.11.285',
    {},
    { 'GET role list with token': { roles: [] } },
    [token, 'GET role list with token -> roles ', `GET ${zone} with token -> text`, ...assumed('us-east-1')],
  ],
  [
    'although the role list is a page',
    'cpp@1.11.285',
    {},
    { 'GET role list with token': { text: '<html>' } },
    [token, 'GET role list with token -> text', `GET ${zone} with token -> text`, ...assumed('us-east-1')],
  ],
  [
    'although the role list is refused',
    'cpp@1.11.285',
    {},
    { 'GET role list with token': 401 },
    [token, 'GET role list with token -> 401', `GET ${zone} with token -> text`, ...assumed('us-east-1')],
  ],
  ['not when a variable names it', 'java-v2', { AWS_REGION: 'eu-west-1' }, {}, assumed('eu-west-1')],
  [
    'not when the service is switched off',
    'java-v2',
    { AWS_EC2_METADATA_DISABLED: 'true' },
    {},
    assumed('the global host'),
  ],
  [
    'not when the service is switched off',
    'aws-cli-v2',
    { AWS_EC2_METADATA_DISABLED: 'true' },
    {},
    ['noRegion, stop: NoRegionError (exit 253)'],
  ],
];
test.each(questions)('asks for the region %s: %s with %o and %j', (_, sdk, variables, script, expected) => {
  expect(steps(sdk, variables, script)).toStrictEqual([selected, ...expected]);
});
