import type { Reply, Request } from '../../src/model/exchange.ts';
import { parseSdk, sdkBehaviour } from '../../src/sdkChain/registry.ts';
import { runChain, type ChainInput, type ChainRun, type ChainStep } from '../../src/sdkChain/run.ts';
import { fakeInput, type FakeWorld } from './fakeWorld.ts';

/** A status, how nothing comes back, the names in a role list, or a text. */
export type Scripted =
  | number
  | 'refused'
  | 'timeout'
  | 'hang'
  | { readonly code: string; readonly status: number }
  | { readonly roles: readonly string[] }
  | { readonly text: string };

/**
 * Answers by request, in the words of {@link requestText}; several are given one after the other, the last
 * one on and on. What is left out is answered by the fake world.
 */
export type Script = Readonly<Record<string, Scripted | readonly Scripted[]>>;

/** Runs the chain of an SDK, written as `go-v2@1.25.0`, in a fake world with scripted answers. */
export function runScripted(name: string, world: FakeWorld, script: Script = {}): ChainRun {
  const parsed = parseSdk(name);
  if (parsed.kind !== 'sdk') throw new Error(parsed.diagnostic.message);
  const variables = { HOME: '/home/app', ...world.variables };
  return runChain(sdkBehaviour(parsed.sdk).behaviour, scriptedInput({ ...world, variables }, script));
}

/** The input of a chain in a fake world with scripted answers. */
function scriptedInput(world: FakeWorld, script: Script): ChainInput {
  const input = fakeInput(world);
  const seen = new Map<string, number>();
  return {
    ...input,
    exchange: (request) => {
      const text = requestText(request);
      const answers = [script[text] ?? []].flat();
      const at = seen.get(text) ?? 0;
      seen.set(text, at + 1);
      const answer = answers[Math.min(at, answers.length - 1)];
      return answer === undefined || answer === 200 ? input.exchange(request) : replyOf(answer);
    },
  };
}

function replyOf(answer: Scripted): Reply {
  if (typeof answer === 'string') return { kind: answer };
  if (typeof answer === 'number') return { kind: 'httpError', status: answer };
  if ('status' in answer) return { kind: 'httpError', ...answer };
  if ('roles' in answer) return { kind: 'ok', body: { kind: 'roleList', roleNames: answer.roles } };
  return { kind: 'ok', body: { kind: 'text', text: answer.text } };
}

/** Writes a request, as `GET role list with token`. */
function requestText(request: Request): string {
  switch (request.kind) {
    case 'readFile':
      return `read ${request.path} (${request.purpose})`;
    case 'sts': {
      const { action, endpoint } = request;
      return `${action} at ${endpoint.kind === 'global' ? 'the global host' : endpoint.region}`;
    }
    case 'container': {
      const { url, ...more } = request;
      const token = 'tokenFile' in more ? ` with ${more.tokenFile}` : '';
      return `GET ${url}${token}${'proxy' in more ? ` through ${more.proxy}` : ''}`;
    }
    case 'imds': {
      const { call, withToken } = request;
      const token = withToken ? ' with token' : '';
      if (call.kind === 'token') return `PUT token${token}`;
      if (call.kind === 'roleList') return `GET role list${token}`;
      return `GET ${call.kind === 'other' ? call.path : `credentials of ${call.roleName}`}${token}`;
    }
  }
}

function replyText(reply: Reply): string {
  switch (reply.kind) {
    case 'file':
      return reply.content.kind;
    case 'httpError':
      return reply.code === undefined ? `${reply.status}` : `${reply.status} ${reply.code}`;
    case 'ok':
      return reply.body.kind === 'roleList' ? `roles ${reply.body.roleNames.join()}` : reply.body.kind;
    default:
      return reply.kind;
  }
}

function stepText(step: ChainStep): string {
  switch (step.kind) {
    case 'notConfigured':
      return `not configured: ${step.missing.join(', ')}`;
    case 'selected':
      return step.by.length === 0 ? 'selected' : `selected by ${step.by.join(', ')}`;
    case 'exchange': {
      const times = step.attempts === 1 ? '' : ` (${step.attempts} times)`;
      return `${requestText(step.request)} -> ${replyText(step.reply)}${times}`;
    }
    case 'failed':
      return `${step.failure}, ${step.then}: ${step.error}`;
    case 'succeeded':
      return `credentials: ${step.credentials.mechanism}`;
  }
}

/** Tells what one provider of a chain did, step by step; a chain that ends elsewhere says where. */
export function told({ steps, end }: ChainRun, provider: string): readonly string[] {
  const own = steps.filter((step) => step.provider === provider).map(stepText);
  if (end.provider === provider) return own;
  const where = end.provider ?? 'the end of the chain';
  return [...own, end.kind === 'error' ? `${where}: ${end.error}` : `${where} has credentials`];
}
