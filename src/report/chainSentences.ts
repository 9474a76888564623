import type { Reply, Request, StsEndpoint } from '../model/exchange.ts';
import type { FileContent } from '../model/environment.ts';
import type { Credentials } from '../model/identity.ts';
import type { ChainStep } from '../sdkChain/run.ts';
import { identityWords, mechanismNames } from './identityWords.ts';
import { listOf } from './lists.ts';
import { say, type Sentence } from './sentence.ts';

/**
 * Says what the chain of the SDK did at one point.
 *
 * @param place - after the `last` step nothing follows, so that going on is the end
 */
export function chainSentence(
  step: Exclude<ChainStep, { kind: 'exchange' }>,
  place: 'inside' | 'last' = 'inside',
): Sentence {
  switch (step.kind) {
    case 'notConfigured': {
      const why = step.missing.length === 0 ? '' : `; it looks for ${listOf(step.missing, 'and')}`;
      return say('aside', `${step.provider}: not configured${why}`, step);
    }
    case 'selected': {
      const [at] = step.refs;
      const by = step.by.length === 0 ? '' : ` by ${listOf(step.by, 'and')}`;
      return say('plain', `${step.provider}: chosen${by}`, { at, source: step.source });
    }
    case 'failed': {
      const then =
        step.then === 'stop' ? 'the chain stops' : place === 'last' ? 'the chain ends' : 'the chain goes on';
      const error = step.error === '' ? '' : `${step.error}; `;
      return say('bad', `${step.provider}: ${error}${then}`, step);
    }
    case 'succeeded':
      return say('good', `${step.provider}: ${credentialsWords(step.credentials)}`);
  }
}

/** Says whose credentials they are. */
export function credentialsWords({ identity, mechanism, sessionName }: Credentials): string {
  const session = sessionName === undefined ? '' : `, session ${sessionName}`;
  return `credentials of ${identityWords(identity)} via ${mechanismNames[mechanism]}${session}`;
}

/** Says what was asked. */
export function requestWords(request: Request): string {
  switch (request.kind) {
    case 'readFile':
      return `read ${request.path}`;
    case 'sts':
      return `${request.action} of ${request.roleArn} at ${endpointWords(request.endpoint)}`;
    case 'container':
      return `GET ${request.url}`;
    case 'imds':
      switch (request.call.kind) {
        case 'token':
          return 'PUT /latest/api/token at IMDS';
        case 'roleList':
          return `GET …/iam/security-credentials/ at IMDS${tokenWords(request.withToken)}`;
        case 'roleCredentials': {
          const { roleName } = request.call;
          return `GET …/iam/security-credentials/${roleName} at IMDS${tokenWords(request.withToken)}`;
        }
        case 'other':
          return `GET ${request.call.path} at IMDS${tokenWords(request.withToken)}`;
      }
  }
}

function tokenWords(withToken: Extract<Request, { kind: 'imds' }>['withToken']): string {
  return withToken ? ' (v2)' : ' (v1)';
}

function endpointWords(endpoint: StsEndpoint): string {
  return endpoint.kind === 'global' ? 'the global STS' : `STS in ${endpoint.region || 'its region'}`;
}

/** Says what came back. */
export function replyWords(reply: Reply): string {
  switch (reply.kind) {
    case 'file':
      return fileWords(reply.content);
    case 'fileMissing':
      return 'no such file';
    case 'httpError': {
      const code = reply.code === undefined ? '' : ` ${reply.code}`;
      return `status ${reply.status}${code}${reply.message === undefined ? '' : ` (${reply.message})`}`;
    }
    case 'timeout':
      return 'no answer: the packet is lost, the client waits until its time-out';
    case 'refused':
      return 'connection refused at once';
    case 'hang':
      return 'the server takes the connection and never answers';
    case 'ok':
      switch (reply.body.kind) {
        case 'imdsToken':
          return 'a token';
        case 'roleList':
          return reply.body.roleNames.length === 0 ? 'an empty list' : listOf(reply.body.roleNames, 'and');
        case 'credentials':
          return credentialsWords(reply.body.credentials);
        case 'text':
          return reply.body.text === '' ? 'an empty answer' : `\`${reply.body.text}\``;
      }
  }
}

/** Says what a file holds. */
export function fileWords(content: FileContent): string {
  switch (content.kind) {
    case 'serviceAccountToken':
      return `a token for audience ${content.audience}, subject ${content.subject}`;
    case 'text':
      return 'a text';
    case 'empty':
      return 'an empty file';
    case 'unreadable':
      return 'permission denied';
    case 'hidden':
      return 'something that the input does not show';
  }
}

/** Tells whether a reply is what the client hoped for. */
export function isGoodReply(reply: Reply): boolean {
  return reply.kind === 'ok' || (reply.kind === 'file' && reply.content.kind !== 'unreadable');
}
