import { expect, test } from 'vitest';
import { runScripted, told, type Script } from './told.ts';

const token = 'PUT token -> imdsToken';
const rolesWithToken = 'GET role list with token -> roles node';
const gotWithToken = ['GET credentials of node with token -> credentials', 'credentials: imds'];
const gotWithoutToken = [
  'GET role list -> roles node',
  'GET credentials of node -> credentials',
  'credentials: imds',
];

const javaV1None = 'Unable to load AWS credentials from any provider in the chain';
const rubyNone = 'unable to sign request without credentials set';
const jsV2None = 'CredentialsError: Could not load credentials from any providers';
const jsV3None = 'Could not load credentials from any providers';
const phpNone = 'Error retrieving credentials from the instance profile metadata service';
const dotnetNone = 'Failed to resolve AWS credentials';

/** Who is asked, what comes back, and what the provider `imds` does after it got a token. */
const bodies: readonly (readonly [string, string, Script, readonly string[]])[] = [
  [
    'a role list without a role',
    'js-v3',
    { 'GET role list with token': { roles: [] } },
    [
      'GET role list with token -> roles ',
      `empty, continue: ${jsV3None}`,
      `the end of the chain: ${jsV3None}`,
    ],
  ],
  [
    'a text that is no role list',
    'js-v3',
    { 'GET role list with token': { text: '<html>' } },
    ['GET role list with token -> text', `empty, continue: ${jsV3None}`, `the end of the chain: ${jsV3None}`],
  ],
  [
    'the first of several roles',
    'js-v3',
    { 'GET role list with token': { roles: ['first', 'second'] } },
    [
      'GET role list with token -> roles first,second',
      'GET credentials of first with token -> credentials',
      'credentials: imds',
    ],
  ],
  [
    'credentials that are no JSON, for an SDK that tells them apart',
    'js-v2',
    { 'GET credentials of node with token': { text: '<html>' } },
    [
      rolesWithToken,
      'GET credentials of node with token -> text',
      `malformed, continue: ${jsV2None}`,
      `the end of the chain: ${jsV2None}`,
    ],
  ],
  [
    'JSON without credentials, for an SDK that waits on it',
    'js-v2',
    { 'GET credentials of node with token': { text: '{"Code":"Failed"}' } },
    [rolesWithToken, 'GET credentials of node with token -> text', 'empty, stop: no answer, and no time-out'],
  ],
  [
    'a list instead of credentials is no text that could be no JSON',
    'js-v2',
    { 'GET credentials of node with token': { roles: ['node'] } },
    [
      rolesWithToken,
      'GET credentials of node with token -> roles node',
      'empty, stop: no answer, and no time-out',
    ],
  ],
  [
    'credentials that are no JSON, for an SDK that makes no difference',
    'js-v3',
    { 'GET credentials of node with token': { text: '<html>' } },
    [
      rolesWithToken,
      'GET credentials of node with token -> text',
      `empty, continue: ${jsV3None}`,
      `the end of the chain: ${jsV3None}`,
    ],
  ],
  [
    'credentials that are no JSON, four times from the role list on',
    'ruby',
    { 'GET credentials of node with token': { text: '<html>' } },
    [
      ...Array.from({ length: 4 }, () => [
        rolesWithToken,
        'GET credentials of node with token -> text',
      ]).flat(),
      'malformed, stop: MetadataParserError',
    ],
  ],
  [
    'JSON without credentials, for an SDK that reads it',
    'ruby',
    { 'GET credentials of node with token': { text: '{"Code":"Failed"}' } },
    [
      rolesWithToken,
      'GET credentials of node with token -> text',
      `empty, continue: ${rubyNone}`,
      `the end of the chain: ${rubyNone}`,
    ],
  ],
  [
    'credentials that are refused with 401, for an SDK that does not try again then',
    'php',
    { 'GET credentials of node with token': 401 },
    [rolesWithToken, 'GET credentials of node with token -> 401', `unauthorized, stop: ${phpNone}`],
  ],
  [
    'credentials that are refused with another 4xx',
    'php',
    { 'GET credentials of node with token': 418 },
    [rolesWithToken, 'GET credentials of node with token -> 418 (4 times)', `badRequest, stop: ${phpNone}`],
  ],
  [
    'a role list with 404',
    'dotnet-v4',
    { 'GET role list with token': 404 },
    ['GET role list with token -> 404', `notFound, stop: ${dotnetNone}`],
  ],
  [
    'a role list with 500',
    'dotnet-v4',
    { 'GET role list with token': 500 },
    ['GET role list with token -> 500 (3 times)', `serverError, stop: ${dotnetNone}`],
  ],
];
test.each(bodies)('what the metadata service answers: %s (%s)', (_, sdk, script, steps) => {
  expect(told(runScripted(sdk, {}, script), 'imds')).toStrictEqual(['selected', token, ...steps]);
});

const v1Off = (none: string): readonly string[] => [
  'v1Disabled, continue: AWS_EC2_METADATA_V1_DISABLED',
  `the end of the chain: ${none}`,
];

/** The SDK, the value of the variable, what comes back, and what the provider `imds` does. */
const version1: readonly (readonly [string, string, Script, readonly string[]])[] = [
  [
    'botocore',
    'TRUE',
    { 'PUT token': 403 },
    ['selected', 'PUT token -> 403', ...v1Off('NoCredentialsError')],
  ],
  ['botocore', 'false', { 'PUT token': 403 }, ['selected', 'PUT token -> 403', ...gotWithoutToken]],
  ['botocore', 'true', {}, ['selected', token, rolesWithToken, ...gotWithToken]],
  [
    'botocore',
    'true',
    { 'PUT token': 400 },
    [
      'selected',
      'PUT token -> 400',
      'badRequest, continue: NoCredentialsError',
      'the end of the chain: NoCredentialsError',
    ],
  ],
  ['botocore@1.32.3', 'true', { 'PUT token': 403 }, ['selected', 'PUT token -> 403', ...gotWithoutToken]],
  [
    'go-v2',
    'true',
    { 'PUT token': 'hang' },
    [
      'selected',
      'PUT token -> hang (3 times)',
      ...v1Off('failed to refresh cached credentials, no EC2 IMDS role found'),
    ],
  ],
  [
    'java-v1',
    'true',
    { 'PUT token': [200, 403] },
    ['selected', token, rolesWithToken, 'PUT token -> 403', ...v1Off(javaV1None)],
  ],
];
test.each(version1)('%s with AWS_EC2_METADATA_V1_DISABLED=%s and %j', (sdk, value, script, steps) => {
  const variables = { AWS_EC2_METADATA_V1_DISABLED: value };
  expect(told(runScripted(sdk, { variables }, script), 'imds')).toStrictEqual(steps);
});

const off = (none: string): readonly string[] => [
  'disabled, continue: AWS_EC2_METADATA_DISABLED',
  `the end of the chain: ${none}`,
];
const on = ['selected', token, rolesWithToken, ...gotWithToken];

const disabled: readonly (readonly [string, string, readonly string[]])[] = [
  ['js-v2', 'no', off(jsV2None)],
  ['js-v2', '', on],
  ['js-v3', 'no', off(jsV3None)],
  ['js-v3', 'false', on],
  ['js-v3', '', on],
  ['java-v2', '', off('Unable to load credentials from any of the providers in the chain')],
  ['java-v2', 'FALSE', on],
  ['php', 'True', off(phpNone)],
  ['php', '1', on],
];
test.each(disabled)('%s with AWS_EC2_METADATA_DISABLED=%s', (sdk, value, steps) => {
  const variables = { AWS_EC2_METADATA_DISABLED: value };
  expect(told(runScripted(sdk, { variables }), 'imds')).toStrictEqual(steps);
});

const config = [
  '[default]',
  'role_arn = arn:aws:iam::111122223333:role/app',
  'credential_source = Ec2InstanceMetadata',
].join('\n');
const byProfile = 'selected by profile default, /home/app/.aws/config';

/** What the profile has to say about the metadata service when it names it as its source. */
const sources: readonly (readonly [
  string,
  string,
  string,
  Readonly<Record<string, string>>,
  Script,
  readonly string[],
])[] = [
  [
    'botocore',
    'which ends the chain when the service is switched off',
    'assumeRoleProfile',
    { AWS_EC2_METADATA_DISABLED: 'true' },
    {},
    [byProfile, 'disabled, stop: CredentialRetrievalError'],
  ],
  [
    'java-v2',
    'which leads on when the service is switched off',
    'profile',
    { AWS_EC2_METADATA_DISABLED: 'true' },
    {},
    [
      'read /home/app/.aws/config (profile) -> text',
      byProfile,
      'disabled, continue: disabled',
      'the end of the chain: Unable to load credentials from any of the providers in the chain',
    ],
  ],
  [
    'go-v2',
    'which ends the chain when version 1 is switched off',
    'profile',
    { AWS_EC2_METADATA_V1_DISABLED: 'true' },
    { 'PUT token': 404 },
    [
      byProfile,
      'selected',
      'PUT token -> 404',
      'v1Disabled, stop: failed to refresh cached credentials, v1Disabled',
    ],
  ],
  [
    'java-v2',
    'which leads on when the credentials are refused',
    'profile',
    {},
    { 'GET credentials of node with token': 403 },
    [
      'read /home/app/.aws/config (profile) -> text',
      byProfile,
      'selected',
      token,
      rolesWithToken,
      'GET credentials of node with token -> 403',
      'forbidden, continue: HTTP 403',
      'the end of the chain: Unable to load credentials from any of the providers in the chain',
    ],
  ],
];
test.each(sources)('the source of a profile of %s, %s', (sdk, _, provider, more, script, steps) => {
  const world = {
    variables: { AWS_REGION: 'us-east-1', ...more },
    files: { '/home/app/.aws/config': config },
  };
  expect(told(runScripted(sdk, world, script), provider)).toStrictEqual(steps);
});
