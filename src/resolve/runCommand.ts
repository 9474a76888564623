import type { EnvValue, FileContent } from '../model/environment.ts';
import type { ImdsCall, Reply, Request } from '../model/exchange.ts';
import type { Ask } from '../model/fact.ts';
import type { SdkRef } from '../model/sdk.ts';
import type { World } from '../model/world.ts';
import { enterContainer, resolveOnce } from './resolveOnce.ts';
import { respond, type Caller } from './respond.ts';
import type { ContainerOf } from './subjects.ts';
import type { Resolution } from './trace.ts';

/** A command whose output in a container can be foretold. */
export type ShellCommand =
  /** `aws sts get-caller-identity`, with the SDK that the program is built on. */
  | { readonly kind: 'callerIdentity'; readonly sdk: SdkRef }
  | { readonly kind: 'environment' }
  | { readonly kind: 'printenv'; readonly names: readonly string[] }
  /** `echo`; `$NAME` and `${NAME}` in the text are replaced. */
  | { readonly kind: 'echo'; readonly text: string }
  | { readonly kind: 'readFile'; readonly path: string }
  /** `curl` of the metadata service; `withToken` when the IMDSv2 token header is sent. */
  | { readonly kind: 'metadata'; readonly call: ImdsCall; readonly withToken: boolean }
  /** `curl` of a container credentials endpoint; the token comes from a file or is not sent. */
  | { readonly kind: 'containerCredentials'; readonly url: string; readonly token: 'sent' | 'notSent' };

/** What a command meets. */
export type CommandResult =
  | { readonly kind: 'identity'; readonly resolution: Resolution }
  /** `value` is absent when the variable is set and the input does not show to what. */
  | {
      readonly kind: 'variables';
      readonly variables: readonly { readonly name: string; readonly value?: string }[];
    }
  /** The values of the variables that are set, without their names. */
  | { readonly kind: 'values'; readonly values: readonly (string | undefined)[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly path: string; readonly content?: FileContent }
  | { readonly kind: 'reply'; readonly reply: Reply };

/** Runs a command in a container with every fact decided by `ask`. */
export function runCommand(
  world: World,
  ask: Ask,
  target: ContainerOf,
  command: ShellCommand,
): CommandResult {
  if (command.kind === 'callerIdentity') {
    return { kind: 'identity', resolution: resolveOnce(world, ask, { ...target, sdk: command.sdk }) };
  }
  const { caller } = enterContainer(world, ask, target);
  const { variables } = caller.admission.environment;
  switch (command.kind) {
    case 'environment':
      return {
        kind: 'variables',
        variables: [...variables].map(([name, value]) => ({ name, ...textOf(value) })),
      };
    case 'printenv':
      return {
        kind: 'values',
        values: command.names.flatMap((name) => {
          const variable = variables.get(name);
          return variable ? [variable.value] : [];
        }),
      };
    case 'echo':
      return { kind: 'text', text: expand(command.text, variables) };
    case 'readFile': {
      const path = expand(command.path, variables);
      const reply = respond(world, ask, caller, {
        kind: 'readFile',
        path,
        purpose: 'webIdentityToken',
      }).reply;
      return { kind: 'file', path, ...(reply.kind === 'file' ? { content: reply.content } : {}) };
    }
    case 'metadata':
      return { kind: 'reply', reply: askMetadata(world, ask, caller, command) };
    case 'containerCredentials': {
      const url = expand(command.url, variables);
      const tokenFile = variables.get('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE')?.value;
      const sent = command.token === 'sent' && tokenFile !== undefined ? { tokenFile } : {};
      return { kind: 'reply', reply: respond(world, ask, caller, { kind: 'container', url, ...sent }).reply };
    }
  }
}

function textOf({ value }: EnvValue): { readonly value?: string } {
  return value === undefined ? {} : { value };
}

/** Stands where a shell would print a value that the input does not show. */
export const notShown = '<not shown>';

/** `$$` is the shell's own process. */
function expand(text: string, variables: ReadonlyMap<string, EnvValue>): string {
  return text.replaceAll(/\$(?:\$|\{(\w+)\}|(\w+))/g, (found, braced?: string, bare?: string) => {
    if (found === '$$') return notShown;
    const variable = variables.get(braced ?? bare ?? '');
    return variable ? (variable.value ?? notShown) : '';
  });
}

/** Variables that lead an SDK to another address; `curl` goes where its URL says. */
const endpointVariables: ReadonlySet<string> = new Set([
  'AWS_EC2_METADATA_SERVICE_ENDPOINT',
  'AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE',
]);

function askMetadata(
  world: World,
  ask: Ask,
  caller: Caller,
  { call, withToken }: Extract<ShellCommand, { kind: 'metadata' }>,
): Reply {
  const { admission } = caller;
  const kept = [...admission.environment.variables].filter(([name]) => !endpointVariables.has(name));
  const environment = { ...admission.environment, variables: new Map(kept) };
  const asker: Caller = { ...caller, admission: { ...admission, environment } };
  const send = (request: Request): Reply => respond(world, ask, asker, request).reply;
  // Whoever sends a token got it from here; where none is to be had, the header is empty.
  const token = withToken && send({ kind: 'imds', call: { kind: 'token' }, withToken: false }).kind === 'ok';
  return send({ kind: 'imds', call, withToken: token });
}
