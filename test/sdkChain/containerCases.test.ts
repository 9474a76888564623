import { expect, test } from 'vitest';
import type { FakeWorld } from './fakeWorld.ts';
import { runScripted, told, type Script } from './told.ts';

const relativeUri = 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI';
const fullUri = 'AWS_CONTAINER_CREDENTIALS_FULL_URI';
const tokenFile = 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE';
const tokenVariable = 'AWS_CONTAINER_AUTHORIZATION_TOKEN';

const agent = 'http://169.254.170.23/v1/credentials';
const ecs = 'http://169.254.170.2/v2/task';
const path = '/var/run/token';
const got = 'credentials: podIdentity';
const nothing = `not configured: ${relativeUri}, ${fullUri}`;

const wrongHost = 'the URL is not a valid container metadata service hostname';
const refresh = 'failed to refresh cached credentials';
const phpFailed = 'Error retrieving credentials from container metadata';
const javaV1None = 'Unable to load AWS credentials from any provider in the chain';
const cppNone = 'no credentials: the request is sent unsigned';

function steps(sdk: string, world: FakeWorld, script: Script = {}): readonly string[] {
  return told(runScripted(sdk, world, script), 'container');
}

const podIdentity = { [fullUri]: agent, [tokenFile]: path };
const chosen = `selected by ${fullUri}, ${tokenFile}`;
const withToken = `GET ${agent} with ${path} -> credentials`;
const withoutToken = `GET ${agent} -> credentials`;

const tokens: readonly (readonly [string, string, string | false | null | undefined, readonly string[]])[] = [
  ['good', 'go-v2', 'token', ['text', withToken, got]],
  ['a hidden text', 'go-v2', null, ['hidden', withToken, got]],
  [
    'missing',
    'go-v2',
    undefined,
    ['fileMissing', `tokenMissing, stop: ${refresh}, failed to read authorization token`],
  ],
  [
    'unreadable',
    'go-v2',
    false,
    ['unreadable', `tokenUnreadable, stop: ${refresh}, failed to read authorization token`],
  ],
  ['unreadable', 'ruby', false, ['unreadable', 'tokenUnreadable, stop: TokenFileReadError']],
  [
    'missing',
    'kotlin',
    undefined,
    ['fileMissing', 'tokenMissing, continue: tokenMissing', 'imds has credentials'],
  ],
  ['empty, and an empty header goes out', 'botocore', '', ['empty', withToken, got]],
  ['empty, and an empty header goes out', 'kotlin', '', ['empty', withToken, got]],
  ['empty, and no header goes out', 'js-v2', '', ['empty', withoutToken, got]],
  ['empty, and no header goes out', 'java-v2', '', ['empty', withoutToken, got]],
  ['empty', 'php', '', ['empty', `tokenEmpty, stop: ${phpFailed}`]],
  ['empty', 'cpp', '', ['empty', `tokenEmpty, stop: ${cppNone}`]],
  ['with a line break that is taken off', 'ruby', 'token\n', ['text', withToken, got]],
  ['with a line break that is taken off', 'swift', 'token\r\n', ['text', withToken, got]],
  ['with a line break', 'botocore', 'token\n', ['text', 'tokenMalformed, stop: ValueError']],
  ['with a line break', 'js-v2', 'token\n', ['text', 'tokenMalformed, stop: uncaught ERR_INVALID_CHAR']],
  ['with a line break', 'js-v3', 'tok\ren', ['text', `tokenMalformed, stop: ${wrongHost}`]],
  [
    'with a line break',
    'java-v2',
    'token\n',
    ['text', 'tokenMalformed, continue: tokenMalformed', 'imds has credentials'],
  ],
  [
    'with a line break',
    'go-v2',
    'token\n',
    ['text', `tokenMalformed, stop: ${refresh}, authorization token contains invalid newline sequence`],
  ],
];
test.each(tokens)('a token file: %s (%s)', (_, sdk, text, [content, ...rest]) => {
  const world = { variables: podIdentity, files: text === undefined ? {} : { [path]: text } };
  expect(steps(sdk, world)).toStrictEqual([chosen, `read ${path} (containerToken) -> ${content}`, ...rest]);
});

const withoutUri: readonly (readonly [
  string,
  string,
  string,
  NonNullable<FakeWorld['files']>,
  readonly string[],
])[] = [
  ['no URI', 'rust', '', {}, [nothing, 'imds has credentials']],
  [
    'a token file and no URI',
    'rust',
    path,
    { [path]: 'token' },
    [`read ${path} (containerToken) -> text`, 'imds has credentials'],
  ],
  [
    'an empty token file and no URI',
    'rust',
    path,
    { [path]: '' },
    [`read ${path} (containerToken) -> empty`, 'imds has credentials'],
  ],
  [
    'a missing token file and no URI',
    'rust',
    path,
    {},
    [`read ${path} (containerToken) -> fileMissing`, 'tokenMissing, stop: the token file could not be read'],
  ],
  ['a missing token file and no URI', 'rust@1.1.7', path, {}, [nothing, 'imds has credentials']],
  ['a missing token file and no URI', 'botocore', path, {}, [nothing, 'imds has credentials']],
];
test.each(withoutUri)('%s: %s', (_, sdk, file, files, expected) => {
  expect(steps(sdk, { variables: { [tokenFile]: file }, files })).toStrictEqual(expected);
});

/** The SDK, its variables, and what the container provider does when everything answers well. */
const uris: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[]])[] = [
  [
    'botocore',
    { [relativeUri]: '/v2/task', [tokenFile]: path },
    [
      `selected by ${relativeUri}, ${tokenFile}`,
      `read ${path} (containerToken) -> text`,
      `GET ${ecs} with ${path} -> credentials`,
      got,
    ],
  ],
  [
    'java-v1',
    { [relativeUri]: '/v2/task', [tokenFile]: path },
    [`selected by ${relativeUri}`, `GET ${ecs} -> credentials`, got],
  ],
  [
    'swift',
    { [relativeUri]: '/v2/task', [tokenFile]: path },
    [`selected by ${relativeUri}`, `GET ${ecs} -> credentials`, got],
  ],
  ['swift', podIdentity, [chosen, `read ${path} (containerToken) -> text`, withToken, got]],
  [
    'js-v2@2.1549.0',
    { [relativeUri]: '/v2/task', [tokenFile]: path },
    [`selected by ${relativeUri}`, `GET ${ecs} -> credentials`, got],
  ],
  ['js-v2', { ...podIdentity, [tokenVariable]: 'token' }, [`selected by ${fullUri}`, withoutToken, got]],
  [
    'js-v2',
    { ...podIdentity, [tokenVariable]: '' },
    [chosen, `read ${path} (containerToken) -> text`, withToken, got],
  ],
  [
    'botocore',
    { ...podIdentity, [tokenVariable]: 'token' },
    [chosen, `read ${path} (containerToken) -> text`, withToken, got],
  ],
  [
    'go-v2',
    { [fullUri]: agent, [relativeUri]: '/v2/task' },
    [`selected by ${relativeUri}`, `GET ${ecs} -> credentials`, got],
  ],
  [
    'go-v2@1.27.33',
    { [fullUri]: agent, [relativeUri]: '/v2/task' },
    [`selected by ${fullUri}`, withoutToken, got],
  ],
  ['go-v1', { [fullUri]: agent, [relativeUri]: '/v2/task' }, [`selected by ${fullUri}`, withoutToken, got]],
  ['ruby@3.170.0', { [fullUri]: agent }, [nothing, 'imds has credentials']],
  [
    'ruby@3.170.0',
    { [fullUri]: agent, [relativeUri]: '/v2/task' },
    [`selected by ${relativeUri}`, `GET ${ecs} -> credentials`, got],
  ],
  ['js-v3', { [fullUri]: '' }, [nothing, 'imds has credentials']],
  ['js-v3', { [relativeUri]: '' }, [nothing, 'imds has credentials']],
  ['botocore', { [fullUri]: '' }, [`selected by ${fullUri}`, 'hostNotAllowed, stop: ValueError']],
  [
    'java-v2',
    { [fullUri]: '' },
    [`selected by ${fullUri}`, 'uriEmpty, continue: uriEmpty', 'imds has credentials'],
  ],
  ['java-v1', { [fullUri]: '' }, [`selected by ${fullUri}`, `uriEmpty, stop: ${javaV1None}`]],
  ['rust', { [fullUri]: '' }, [`selected by ${fullUri}`, 'uriEmpty, stop: the URI was invalid']],
  ['rust', { [relativeUri]: '' }, [`selected by ${relativeUri}`, 'uriEmpty, stop: the URI was invalid']],
  [
    'java-v2',
    { [relativeUri]: '' },
    [`selected by ${relativeUri}`, 'GET http://169.254.170.2 -> credentials', got],
  ],
  [
    'ruby',
    { [relativeUri]: '' },
    [`selected by ${relativeUri}`, 'uriEmpty, stop: unable to sign request without credentials set'],
  ],
];
test.each(uris)('%s with %o', (sdk, variables, expected) => {
  expect(steps(sdk, { variables, files: { [path]: 'token' } })).toStrictEqual(expected);
});

/** The SDK, which URI it is given, what comes back from it, and what it makes of that. */
const answers: readonly (readonly [string, string, Script[string], string, readonly string[]])[] = [
  ['rust', fullUri, 404, '404', ['clientError, stop: HTTP 404']],
  [
    'rust',
    fullUri,
    { status: 400, code: 'AccessDeniedException' },
    '400 AccessDeniedException',
    ['clientError, stop: AccessDeniedException'],
  ],
  ['rust', fullUri, 'refused', 'refused (3 times)', ['refused, stop: refused']],
  ['rust', fullUri, 'timeout', 'timeout (3 times)', ['timeout, stop: timeout']],
  ['botocore', fullUri, { text: '{}' }, 'text (3 times)', ['clientError, stop: CredentialRetrievalError']],
  ['js-v3', fullUri, 500, '500 (4 times)', [`serverError, stop: ${wrongHost}`]],
  ['js-v3', relativeUri, 500, '500 (5 times)', [`serverError, stop: ${wrongHost}`]],
  ['js-v3', fullUri, 'hang', 'hang', ['hang, stop: no answer, and no time-out']],
  ['go-v2', relativeUri, 503, '503 (3 times)', [`serverError, stop: ${refresh}, failed to load credentials`]],
  ['php', fullUri, 500, '500', [`serverError, stop: ${phpFailed}`]],
  ['php', fullUri, 'hang', 'hang (4 times)', [`hang, stop: ${phpFailed}`]],
  ['java-v2', fullUri, 499, '499', ['clientError, continue: HTTP 499', 'imds has credentials']],
];
test.each(answers)('%s that asks by %s and gets %j', (sdk, name, answer, seen, outcome) => {
  const url = name === relativeUri ? ecs : agent;
  const variables = { [name]: name === relativeUri ? '/v2/task' : agent };
  expect(steps(sdk, { variables }, { [`GET ${url}`]: answer })).toStrictEqual([
    `selected by ${name}`,
    `GET ${url} -> ${seen}`,
    ...outcome,
  ]);
});
