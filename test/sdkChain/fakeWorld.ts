import type { EnvValue, Environment, FileContent } from '../../src/model/environment.ts';
import type { Reply, Request } from '../../src/model/exchange.ts';
import type { Credentials } from '../../src/model/identity.ts';
import type { ObjectRef } from '../../src/model/objectRef.ts';
import type { ChainInput } from '../../src/sdkChain/run.ts';

/** An HTTP status, a status with an error code, or how nothing comes back. */
export type FakeAnswer =
  number | { readonly status: number; readonly code: string } | 'refused' | 'dropped' | 'hang';

/** A small world in which one chain runs. What is left out answers well. */
export interface FakeWorld {
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** Text of a file; `null` for one whose text is hidden, `false` for one that cannot be read. */
  readonly files?: Readonly<Record<string, string | null | false>>;
  readonly hiddenDirectories?: readonly string[];
  readonly sts?: FakeAnswer;
  readonly container?: FakeAnswer;
  readonly imds?:
    | {
        readonly token?: FakeAnswer;
        readonly v1?: FakeAnswer;
        readonly list?: FakeAnswer;
        readonly credentials?: FakeAnswer;
        readonly roleNames?: readonly string[];
      }
    | 'refused'
    | 'dropped';
  readonly moduleMissing?: boolean;
}

const from: ObjectRef = { kind: 'Pod', namespace: 'pay', name: 'api' };

/** Makes the input of a chain from a fake world, and counts what it was asked. */
export function fakeInput(world: FakeWorld): ChainInput & { readonly asked: Request[] } {
  const asked: Request[] = [];
  return {
    environment: fakeEnvironment(world),
    exchange: (request) => {
      asked.push(request);
      return answer(world, request);
    },
    moduleMissing: () => world.moduleMissing ?? false,
    asked,
  };
}

function fakeEnvironment(world: FakeWorld): Environment {
  const variables = Object.entries(world.variables ?? {}).map(([name, value]): [string, EnvValue] => [
    name,
    { ...(value === undefined ? {} : { value }), from, by: 'manifest' },
  ]);
  const files = Object.entries(world.files ?? {}).map(([path, text]): [string, FileContent] => [
    path,
    fileContent(text),
  ]);
  return {
    variables: new Map(variables),
    files: new Map(files),
    hiddenDirectories: (world.hiddenDirectories ?? []).map((path) => ({ path, from })),
  };
}

function fileContent(text: string | null | false): FileContent {
  if (text === null) return { kind: 'hidden', from };
  if (text === false) return { kind: 'unreadable', from };
  return text === '' ? { kind: 'empty', from } : { kind: 'text', text, from };
}

function answer(world: FakeWorld, request: Request): Reply {
  switch (request.kind) {
    case 'readFile': {
      const text = world.files?.[request.path];
      if (text !== undefined) return { kind: 'file', content: fileContent(text) };
      const hidden = world.hiddenDirectories?.some((directory) => request.path.startsWith(`${directory}/`));
      return hidden ? { kind: 'file', content: { kind: 'hidden', from } } : { kind: 'fileMissing' };
    }
    case 'sts':
      return stsAnswer(world, request);
    case 'container':
      return replyOf(world.container ?? 200, () => ({ kind: 'credentials', credentials: pod }));
    case 'imds':
      return imdsAnswer(world, request);
  }
}

function stsAnswer(world: FakeWorld, request: Extract<Request, { kind: 'sts' }>): Reply {
  const token = 'tokenFile' in request ? world.files?.[request.tokenFile] : 'token';
  const refusal: FakeAnswer | undefined = token === '' ? { status: 400, code: 'ValidationError' } : world.sts;
  return replyOf(refusal ?? 200, () => ({
    kind: 'credentials',
    credentials: { identity: { kind: 'role', arn: request.roleArn }, mechanism: 'irsa' },
  }));
}

function imdsAnswer(world: FakeWorld, request: Extract<Request, { kind: 'imds' }>): Reply {
  const { imds = {} } = world;
  if (typeof imds === 'string') return replyOf(imds, () => ({ kind: 'imdsToken' }));
  const { token = 200, v1 = 200, list = 200, credentials = 200, roleNames = ['node'] } = imds;
  if (request.call.kind === 'token') return replyOf(token, () => ({ kind: 'imdsToken' }));
  if (!request.withToken && v1 !== 200) return replyOf(v1, () => ({ kind: 'imdsToken' }));
  switch (request.call.kind) {
    case 'roleList':
      return replyOf(list, () => ({ kind: 'roleList', roleNames }));
    case 'roleCredentials':
      return replyOf(credentials, () => ({ kind: 'credentials', credentials: node }));
    case 'other':
      return replyOf(list, () => ({ kind: 'text', text: 'us-east-1a' }));
  }
}

const node: Credentials = {
  identity: { kind: 'unnamedRole', which: 'nodeRole', text: 'the role of the node' },
  mechanism: 'imds',
};
const pod: Credentials = {
  identity: { kind: 'role', arn: 'arn:aws:iam::111122223333:role/pod-identity' },
  mechanism: 'podIdentity',
};

function replyOf(fake: FakeAnswer, body: () => Extract<Reply, { kind: 'ok' }>['body']): Reply {
  if (fake === 200) return { kind: 'ok', body: body() };
  if (typeof fake === 'number') return { kind: 'httpError', status: fake };
  if (typeof fake === 'object') return { kind: 'httpError', ...fake };
  return { kind: fake === 'dropped' ? 'timeout' : fake };
}
