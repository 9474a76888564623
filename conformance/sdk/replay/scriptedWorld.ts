import type { Environment, EnvValue, FileContent } from '../../../src/model/environment.ts';
import type { Reply, ReplyBody, Request } from '../../../src/model/exchange.ts';
import type { ObjectRef } from '../../../src/model/objectRef.ts';
import type { Exchange } from '../../../src/sdkChain/run.ts';
import { accessKeyIdOf } from '../lab/keys.mjs';
import type { Scenario, ScenarioReply } from '../lab/scenarios.mjs';

const home = '/run/home';
const from: ObjectRef = { kind: 'Pod', namespace: 'lab', name: 'scenario' };

/** Makes of a scenario what the model calls the environment of a process. */
export function environmentOf(
  scenario: Scenario,
  byDriver: Readonly<Record<string, string>> = {},
): Environment {
  const variables = Object.entries({ HOME: home, ...scenario.env, ...byDriver }).map(
    ([name, value]): [string, EnvValue] => [name, { value, from, by: 'manifest' }],
  );
  const files = Object.entries(scenario.files).flatMap(([path, content]): [string, FileContent][] =>
    content === null ? [] : [[path.replace(/^~/, home), contentOf(content)]],
  );
  return { variables: new Map(variables), files: new Map(files), hiddenDirectories: [] };
}

function contentOf(content: string | { readonly directory: true }): FileContent {
  if (typeof content !== 'string') return { kind: 'unreadable', from };
  return content === '' ? { kind: 'empty', from } : { kind: 'text', text: content, from };
}

/** Makes of a scenario an exchange that answers as the lab's fakes do. */
export function exchangeOf(scenario: Scenario): Exchange {
  const { files } = environmentOf(scenario);
  return (request) => {
    switch (request.kind) {
      case 'readFile': {
        const content = files.get(request.path);
        return content ? { kind: 'file', content } : { kind: 'fileMissing' };
      }
      case 'container':
        // The lab has no route to a host that is none of these.
        return /^http:\/\/(169\.254\.|127\.|localhost|\[)/.test(request.url)
          ? replyFrom(scenario.container, credentialsBody('container'))
          : { kind: 'refused' };
      case 'imds':
        return imdsReply(scenario, request);
      case 'sts':
        return stsReply(scenario, request, files);
    }
  };
}

function imdsReply({ imds }: Scenario, { call, withToken }: Extract<Request, { kind: 'imds' }>): Reply {
  if (typeof imds === 'string') return replyFrom(imds, credentialsBody('imds'));
  const pick = (reply: ScenarioReply): ScenarioReply => (withToken ? reply : (imds.withoutToken ?? reply));
  switch (call.kind) {
    case 'token':
      return replyFrom(imds.token, { kind: 'imdsToken' });
    case 'roleList':
      return replyFrom(pick(imds.roleList), { kind: 'roleList', roleNames: ['node-role'] });
    case 'roleCredentials':
      return replyFrom(pick(imds.roleCredentials), credentialsBody('imds'));
    case 'other':
      return replyFrom(pick(200), { kind: 'text', text: 'us-east-1a' });
  }
}

function stsReply(
  { sts, assumeRole }: Scenario,
  request: Extract<Request, { kind: 'sts' }>,
  files: Environment['files'],
): Reply {
  if (request.action === 'AssumeRole') return replyFrom(assumeRole ?? sts, credentialsBody('assumed'));
  if (files.get(request.tokenFile)?.kind === 'empty') {
    return { kind: 'httpError', status: 400, code: 'ValidationError' };
  }
  const source = request.roleArn.endsWith('/profile-role') ? 'irsaProfile' : 'irsa';
  return replyFrom(sts, credentialsBody(source));
}

function credentialsBody(source: string): ReplyBody {
  const accessKeyId = accessKeyIdOf(source);
  return {
    kind: 'credentials',
    credentials: { identity: { kind: 'static', accessKeyId }, mechanism: 'imds' },
  };
}

function replyFrom(reply: ScenarioReply, success: ReplyBody): Reply {
  if (reply === 'dropped') return { kind: 'timeout' };
  if (reply === 'refused' || reply === 'hang') return { kind: reply };
  const { status = 200, code, body } = typeof reply === 'number' ? { status: reply } : reply;
  if (status !== 200) return { kind: 'httpError', status, ...(code === undefined ? {} : { code }) };
  return { kind: 'ok', body: body === undefined ? success : { kind: 'text', text: textOf(body) } };
}

/** A body that a scenario writes as an object is sent as JSON. */
function textOf(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}
