import { expect, test } from 'vitest';
import { runScripted, told, type Script } from './told.ts';

/** Who asks, what comes back, and what the provider `imds` does. */
interface Case {
  readonly name: string;
  readonly sdk: string;
  readonly script: Script;
  readonly steps: readonly string[];
}

const goV2None = 'failed to refresh cached credentials, no EC2 IMDS role found';
const goV1None = 'NoCredentialProviders: no valid providers in chain';
const javaV1None = 'Unable to load AWS credentials from any provider in the chain';
const rubyNone = 'unable to sign request without credentials set';
const jsV2None = 'CredentialsError: Could not load credentials from any providers';

const token = 'PUT token -> imdsToken';
const roles = 'GET role list -> roles node';
const rolesWithToken = 'GET role list with token -> roles node';
const got = ['GET credentials of node -> credentials', 'credentials: imds'];
const gotWithToken = ['GET credentials of node with token -> credentials', 'credentials: imds'];

/** Several rounds of the same requests. */
function rounds(count: number, ...steps: readonly string[]): readonly string[] {
  return Array.from({ length: count }, () => steps).flat();
}

const tokenCases: readonly Case[] = [
  {
    name: 'Go asks for a token again before the next GET after 401',
    sdk: 'go-v2',
    script: { 'PUT token': 401 },
    steps: ['selected', 'PUT token -> 401', roles, 'PUT token -> 401', ...got],
  },
  {
    name: 'Go asks for a token again before the next GET after 429, three times each',
    sdk: 'go-v2',
    script: { 'PUT token': 429 },
    steps: ['selected', 'PUT token -> 429 (3 times)', roles, 'PUT token -> 429 (3 times)', ...got],
  },
  {
    name: 'Go uses a token that comes only for the second GET',
    sdk: 'go-v2',
    script: { 'PUT token': [500, 200] },
    steps: ['selected', 'PUT token -> 500 (3 times)', roles, token, ...gotWithToken],
  },
  {
    name: 'Go does without a token for good after 403, 404 and 405',
    sdk: 'go-v2',
    script: { 'PUT token': 405 },
    steps: ['selected', 'PUT token -> 405', roles, ...got],
  },
  {
    name: 'another 4xx is taken for 400',
    sdk: 'go-v2',
    script: { 'PUT token': 418 },
    steps: ['selected', 'PUT token -> 418', `badRequest, stop: ${goV2None}`],
  },
  {
    name: '429 is taken for 400 by an SDK that says nothing of it',
    sdk: 'js-v2',
    script: { 'PUT token': 429 },
    steps: [
      'selected',
      'PUT token -> 429',
      `badRequest, continue: ${jsV2None}`,
      `the end of the chain: ${jsV2None}`,
    ],
  },
  {
    name: '401 is taken for 400 by Ruby before 3.186.0',
    sdk: 'ruby@3.100.0',
    script: { 'PUT token': 401 },
    steps: [
      'selected',
      'PUT token -> 401',
      `badRequest, continue: ${rubyNone}`,
      `the end of the chain: ${rubyNone}`,
    ],
  },
  {
    name: 'C++ tries twice after 429, then does without a token',
    sdk: 'cpp',
    script: { 'PUT token': 429 },
    steps: ['selected', 'PUT token -> 429 (2 times)', roles, ...got],
  },
  {
    name: 'Java 1 asks for a token before each GET',
    sdk: 'java-v1',
    script: {},
    steps: ['selected', token, rolesWithToken, token, ...gotWithToken],
  },
  {
    name: 'Java 1 that got no token asks again for the second GET',
    sdk: 'java-v1',
    script: { 'PUT token': [405, 200] },
    steps: ['selected', 'PUT token -> 405', roles, token, ...gotWithToken],
  },
  {
    name: 'Java 1 that gets no second token does without',
    sdk: 'java-v1',
    script: { 'PUT token': [200, 'timeout'] },
    steps: ['selected', token, rolesWithToken, 'PUT token -> timeout', ...got],
  },
];

const furtherCases: readonly Case[] = [
  {
    name: 'Go 2 asks once more for a token where the role list wants one, and it hangs again',
    sdk: 'go-v2',
    script: { 'PUT token': 'hang', 'GET role list': 401 },
    steps: [
      'selected',
      'PUT token -> hang (3 times)',
      'GET role list -> 401',
      'PUT token -> hang',
      'hang, stop: HTTP 401',
    ],
  },
  {
    name: 'Go 2 asks once more for a token where the role list wants one, and gets it',
    sdk: 'go-v2',
    script: { 'PUT token': ['hang', 200], 'GET role list': 401 },
    steps: [
      'selected',
      'PUT token -> hang (3 times)',
      'GET role list -> 401',
      token,
      rolesWithToken,
      ...gotWithToken,
    ],
  },
  {
    name: 'Go 2 throws a token away with which the role list is refused',
    sdk: 'go-v2',
    script: { 'GET role list with token': 401 },
    steps: [
      'selected',
      ...rounds(3, token, 'GET role list with token -> 401'),
      `unauthorized, stop: ${goV2None}`,
    ],
  },
  {
    name: 'Go 2 throws a token away with which the credentials are refused',
    sdk: 'go-v2',
    script: { 'GET credentials of node with token': 401 },
    steps: [
      'selected',
      token,
      rolesWithToken,
      'GET credentials of node with token -> 401',
      ...rounds(2, token, 'GET credentials of node with token -> 401'),
      `unauthorized, stop: ${goV2None}`,
    ],
  },
  {
    name: 'Go 2 gets the credentials with its second token',
    sdk: 'go-v2',
    script: { 'GET credentials of node with token': [401, 200] },
    steps: [
      'selected',
      token,
      rolesWithToken,
      'GET credentials of node with token -> 401',
      token,
      ...gotWithToken,
    ],
  },
  {
    name: 'Go 1 begins with the token that may yet come when the role list fails',
    sdk: 'go-v1',
    script: { 'PUT token': 'refused', 'GET role list': 503 },
    steps: [
      'selected',
      ...rounds(3, 'PUT token -> refused (3 times)', 'GET role list -> 503'),
      `serverError, stop: ${goV1None}`,
    ],
  },
  {
    name: 'Go 1 gets the token that may yet come',
    sdk: 'go-v1',
    script: { 'PUT token': ['refused', 200], 'GET role list': 503 },
    steps: [
      'selected',
      'PUT token -> refused (3 times)',
      'GET role list -> 503',
      token,
      rolesWithToken,
      ...gotWithToken,
    ],
  },
  {
    name: 'Go 1 with a token in hand asks for the role list alone again',
    sdk: 'go-v1',
    script: { 'GET role list with token': 503 },
    steps: ['selected', token, 'GET role list with token -> 503 (3 times)', `serverError, stop: ${goV1None}`],
  },
  {
    name: 'Go 1 that has done with tokens asks for the role list alone again',
    sdk: 'go-v1',
    script: { 'PUT token': 403, 'GET role list': 503 },
    steps: [
      'selected',
      'PUT token -> 403',
      'GET role list -> 503 (3 times)',
      `serverError, stop: ${goV1None}`,
    ],
  },
  {
    name: 'Java 1 begins anew, token and all, when the role list is empty',
    sdk: 'java-v1',
    script: { 'GET role list with token': { roles: [] } },
    steps: [
      'selected',
      ...rounds(2, token, 'GET role list with token -> roles '),
      `empty, continue: ${javaV1None}`,
      `the end of the chain: ${javaV1None}`,
    ],
  },
  {
    name: 'Java 1 before IMDSv2 asks twice for a role list that is empty',
    sdk: 'java-v1@1.11.677',
    script: { 'GET role list': { roles: [] } },
    steps: [
      'selected',
      ...rounds(2, 'GET role list -> roles '),
      `empty, continue: ${javaV1None}`,
      `the end of the chain: ${javaV1None}`,
    ],
  },
  {
    name: 'Ruby before IMDSv2 begins three times with the role list',
    sdk: 'ruby@3.78.0',
    script: { 'GET credentials of node': 404 },
    steps: [
      'selected',
      ...rounds(3, roles, 'GET credentials of node -> 404'),
      `notFound, continue: ${rubyNone}`,
      `the end of the chain: ${rubyNone}`,
    ],
  },
  {
    name: 'Ruby without a token begins three times with asking for one',
    sdk: 'ruby@3.100.0',
    script: { 'PUT token': 403, 'GET role list': 500 },
    steps: [
      'selected',
      ...rounds(3, 'PUT token -> 403', 'GET role list -> 500'),
      `serverError, continue: ${rubyNone}`,
      `the end of the chain: ${rubyNone}`,
    ],
  },
  {
    name: 'Ruby with a token in hand begins three times with the role list',
    sdk: 'ruby@3.100.0',
    script: { 'GET credentials of node with token': 403 },
    steps: [
      'selected',
      token,
      ...rounds(3, rolesWithToken, 'GET credentials of node with token -> 403'),
      `forbidden, continue: ${rubyNone}`,
      `the end of the chain: ${rubyNone}`,
    ],
  },
  {
    name: 'Ruby remembers from 3.186.0 on to do without a token',
    sdk: 'ruby@3.200.0',
    script: { 'PUT token': 404, 'GET credentials of node': 'refused' },
    steps: [
      'selected',
      'PUT token -> 404',
      ...rounds(3, roles, 'GET credentials of node -> refused'),
      `refused, continue: ${rubyNone}`,
      `the end of the chain: ${rubyNone}`,
    ],
  },
  {
    name: 'Ruby asks for a token anew when the credentials want one',
    sdk: 'ruby@3.200.0',
    script: { 'PUT token': 404, 'GET credentials of node': 401 },
    steps: [
      'selected',
      ...rounds(3, 'PUT token -> 404', roles, 'GET credentials of node -> 401'),
      `unauthorized, continue: ${rubyNone}`,
      `the end of the chain: ${rubyNone}`,
    ],
  },
];

test.each(tokenCases)('a token: $name', ({ sdk, script, steps }) => {
  expect(told(runScripted(sdk, {}, script), 'imds')).toStrictEqual(steps);
});

test.each(furtherCases)('further attempts: $name', ({ sdk, script, steps }) => {
  expect(told(runScripted(sdk, {}, script), 'imds')).toStrictEqual(steps);
});
