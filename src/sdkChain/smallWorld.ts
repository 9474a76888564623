import type { Environment, EnvValue, FileContent } from '../model/environment.ts';
import type { ImdsCall, Reply, ReplyBody, Request } from '../model/exchange.ts';
import type { Credentials, Mechanism } from '../model/identity.ts';
import type { ObjectRef } from '../model/objectRef.ts';
import type { ChainInput } from './run.ts';

/** How a service of a small world answers; `ok`: with what was asked for. */
export type SmallReply =
  'ok' | 'timeout' | 'refused' | 'hang' | { readonly status: number; readonly code?: string };

/** The metadata service of a small world: the calls of which something is to be said. */
export interface SmallImds {
  readonly token?: SmallReply;
  readonly roleList?: SmallReply | 'empty';
  readonly roleCredentials?: SmallReply;
  /** What a GET without a token meets. */
  readonly withoutToken?: SmallReply;
}

/** A world for one question about one chain: what is not named is in order. */
export interface SmallWorld {
  readonly variables: Readonly<Record<string, string>>;
  /** The file at {@link smallTokenPath}, which stands for both kinds of token. */
  readonly token?: 'missing' | 'empty' | 'unreadable';
  /** Text of other files by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly sts?: SmallReply;
  readonly container?: SmallReply;
  readonly imds?: SmallImds;
  /** The application does not ship the STS module. */
  readonly stsModule?: 'missing';
  /** Seconds that credentials live. */
  readonly lifeSeconds?: number;
}

/** Where the token is, whichever service it is for. */
export const smallTokenPath = '/var/run/secrets/token';

const from: ObjectRef = { kind: 'Pod', name: 'example' };

/** Makes the input of a chain from a small world. */
export function smallInput(world: SmallWorld): ChainInput {
  return {
    environment: environmentOf(world),
    exchange: (request) => answer(world, request),
    moduleMissing: () => world.stsModule === 'missing',
  };
}

function environmentOf(world: SmallWorld): Environment {
  const values = Object.entries(world.variables).map(([name, value]): [string, EnvValue] => [
    name,
    { value, from, by: 'manifest' },
  ]);
  return { variables: new Map(values), files: filesOf(world), hiddenDirectories: [] };
}

function filesOf({ token, files = {} }: SmallWorld): ReadonlyMap<string, FileContent> {
  const texts = Object.entries(files).map(([path, text]): [string, FileContent] => [
    path,
    { kind: 'text', text, from },
  ]);
  if (token === 'missing') return new Map(texts);
  const content: FileContent = token ? { kind: token, from } : { kind: 'text', text: 'token', from };
  return new Map([...texts, [smallTokenPath, content]]);
}

function answer(world: SmallWorld, request: Request): Reply {
  switch (request.kind) {
    case 'readFile': {
      const content = filesOf(world).get(request.path);
      return content ? { kind: 'file', content } : { kind: 'fileMissing' };
    }
    case 'sts': {
      // STS refuses a token that is not there.
      const empty = 'tokenFile' in request && world.token === 'empty';
      const refusal = { status: 400, code: 'ValidationError' } as const;
      return replyOf(empty ? refusal : world.sts, credentials(world, 'irsa'));
    }
    case 'container':
      return replyOf(world.container, credentials(world, 'podIdentity'));
    case 'imds':
      return metadata(world, request.call, request.withToken);
  }
}

function metadata(world: SmallWorld, call: ImdsCall, withToken: boolean): Reply {
  const { token, roleList, roleCredentials, withoutToken } = world.imds ?? {};
  if (call.kind === 'token') return replyOf(token, { kind: 'imdsToken' });
  if (!withToken && withoutToken !== undefined) return replyOf(withoutToken, { kind: 'imdsToken' });
  switch (call.kind) {
    case 'roleList':
      return roleList === 'empty'
        ? { kind: 'ok', body: { kind: 'roleList', roleNames: [] } }
        : replyOf(roleList, { kind: 'roleList', roleNames: ['node'] });
    case 'roleCredentials':
      return replyOf(roleCredentials, credentials(world, 'imds'));
    case 'other':
      return replyOf(roleList === 'empty' ? 'ok' : roleList, { kind: 'text', text: 'eu-west-1a' });
  }
}

function credentials({ lifeSeconds }: SmallWorld, mechanism: Exclude<Mechanism, 'none'>): ReplyBody {
  const handedOut: Credentials = {
    identity: { kind: 'role', arn: 'arn:aws:iam::111122223333:role/app' },
    mechanism,
    ...(lifeSeconds === undefined ? {} : { expiresInSeconds: lifeSeconds }),
  };
  return { kind: 'credentials', credentials: handedOut };
}

function replyOf(reply: SmallReply | undefined, body: ReplyBody): Reply {
  if (reply === undefined || reply === 'ok') return { kind: 'ok', body };
  return typeof reply === 'string' ? { kind: reply } : { kind: 'httpError', ...reply };
}
