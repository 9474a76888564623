import type { Reply, Request } from '../../src/model/exchange.ts';
import type { Identity } from '../../src/model/identity.ts';
import type { ResolvedProvider, SdkBehaviour } from '../../src/sdkChain/behaviour.ts';
import {
  containerFailures,
  profileFailures,
  webIdentityFailures,
  type ProfileProvider,
  type WebIdentityProvider,
} from '../../src/sdkChain/entry.ts';
import { imdsGetFailures, imdsTokenFailures } from '../../src/sdkChain/imdsProvider.ts';
import type { Rule } from '../../src/sdkChain/providerRow.ts';
import type { ChainRun, ChainStep } from '../../src/sdkChain/run.ts';

/** Says for each failure that it stops the chain; the error tells which one it was. */
export function stops<Failure extends string>(...on: readonly Failure[]): readonly Rule<Failure>[] {
  return on.map((failure) => ({
    on: [failure],
    next: 'stop',
    error: `${failure} {code}`,
    source: 'own/sdk:rules',
    strength: 'source',
  }));
}

/** Says for each failure that the next provider is tried. */
export function continues<Failure extends string>(...on: readonly Failure[]): readonly Rule<Failure>[] {
  return stops(...on).map((rule) => ({ ...rule, next: 'continue' }));
}

/** A profile provider that stops at every failure it must have a rule for, changed as said. */
export function profileRow({ rules = [], ...more }: Partial<ProfileProvider>): ProfileProvider {
  return {
    kind: 'profile',
    id: 'profile',
    source: 'own/sdk:profile',
    strength: 'source',
    lookup: { files: ['credentials', 'config'], nameFrom: ['AWS_PROFILE'] },
    takes: ['sourceProfile', 'credentialSource', 'static', 'webIdentity', 'process', 'sso'],
    ...more,
    rules: [...rules, ...stops(...profileFailures)],
  };
}

/** A web identity provider that takes its values from the environment, changed as said. */
export function webIdentityRow({ rules = [], ...more }: Partial<WebIdentityProvider>): WebIdentityProvider {
  return {
    kind: 'webIdentity',
    id: 'webIdentity',
    source: 'own/sdk:webIdentity',
    strength: 'source',
    values: 'environment',
    setWhen: 'nonEmpty',
    ...more,
    rules: [...rules, ...stops(...webIdentityFailures.filter((failure) => failure !== 'roleMissing'))],
  };
}

/** The metadata service, asked without a token. */
export const imdsRow: Extract<ResolvedProvider, { kind: 'imds' }> = {
  kind: 'imds',
  id: 'imds',
  source: 'own/sdk:imds',
  strength: 'source',
  disabledWhen: 'true',
  protocol: 'v1',
  v1Switch: 'unknown',
  token: stops(...imdsTokenFailures),
  roleList: stops(...imdsGetFailures),
  roleCredentials: stops(...imdsGetFailures),
};

/** The container endpoint of ECS. */
export const containerRow: Extract<ResolvedProvider, { kind: 'container' }> = {
  kind: 'container',
  id: 'container',
  source: 'own/sdk:container',
  strength: 'source',
  uriSetWhen: 'nonEmpty',
  bothSet: 'relative',
  hosts: [{ value: ['127/8'] }],
  allowedHosts: ['127/8'],
  fullUri: 'known',
  tokenFile: 'known',
  tokenFirst: 'file',
  tokenWithRelativeUri: 'sent',
  rules: stops(...containerFailures),
};

/** An SDK that has these providers and no others. */
export function sdkOf(
  providers: readonly ResolvedProvider[],
  more: Partial<Pick<SdkBehaviour, 'refresh' | 'sts' | 'versions'>> = {},
): SdkBehaviour {
  return {
    family: 'go-v2',
    source: 'own/sdk:chain',
    strength: 'source',
    versions: {},
    providers,
    sts: {
      source: 'own/sdk:sts',
      strength: 'source',
      regionFrom: ['AWS_REGION'],
      setting: 'ignored',
      endpoint: 'regional',
      withoutRegion: 'global',
      sessionName: 'own-session',
      attempts: 3,
    },
    refresh: { source: 'own/sdk:refresh', strength: 'source', chain: 'pinned', renewals: [] },
    exhausted: 'no credentials',
    ...more,
  };
}

/** Tells a run line by line: who was asked what, what came back, and the end. */
export function told({ steps, end }: ChainRun): readonly string[] {
  const last =
    end.kind === 'credentials'
      ? `credentials of ${end.provider}`
      : `error of ${end.provider ?? 'the chain'}: ${end.error}`;
  return [...steps.map((step) => stepText(step)), last];
}

function stepText(step: ChainStep): string {
  switch (step.kind) {
    case 'notConfigured':
      return `${step.provider} not configured: ${step.missing.join(', ')}`;
    case 'selected':
      return `${step.provider} selected by ${step.by.join(', ')} of ${step.refs.map(({ kind, name }) => `${kind} ${name}`).join(', ')}`;
    case 'exchange':
      return `${requestText(step.request)} -> ${replyText(step.reply)}${step.attempts === 1 ? '' : ` x${step.attempts}`}`;
    case 'failed':
      return `${step.provider} ${step.then}s: ${step.failure}: ${step.error}`;
    case 'succeeded':
      return `${step.provider} has ${identityText(step.credentials.identity)} (${step.credentials.mechanism})`;
  }
}

function requestText(request: Request): string {
  switch (request.kind) {
    case 'readFile':
      return `read ${request.path} (${request.purpose})`;
    case 'sts':
      return request.action === 'AssumeRole'
        ? `AssumeRole ${request.roleArn} as ${request.sessionName} by ${identityText(request.source.identity)}`
        : `AssumeRoleWithWebIdentity ${request.roleArn} as ${request.sessionName} with ${request.tokenFile}`;
    case 'container':
      return `GET ${request.url}`;
    case 'imds':
      return `imds ${request.call.kind}`;
  }
}

function replyText(reply: Reply): string {
  if (reply.kind === 'file') return reply.content.kind;
  return reply.kind === 'httpError' ? `${reply.status}` : reply.kind;
}

function identityText(identity: Identity): string {
  switch (identity.kind) {
    case 'role':
      return identity.arn;
    case 'unnamedRole':
      return identity.text;
    case 'static':
      return `keys ${identity.accessKeyId ?? 'unknown'} of ${identity.from?.kind ?? 'nobody'}`;
    case 'none':
      return identity.error;
  }
}
