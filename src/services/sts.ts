import { decideAssumeRole, decideWebIdentity } from '../iam/assumeRole.ts';
import { isAllowed, type AssumeDecision } from '../iam/decision.ts';
import { assumedRoleArn, parseRoleArn } from '../model/arn.ts';
import type { FileContent } from '../model/environment.ts';
import type { Reply, StsEndpoint } from '../model/exchange.ts';
import type { Ask } from '../model/fact.ts';
import type { Credentials } from '../model/identity.ts';
import { placeholderIn } from '../model/placeholder.ts';
import { indexOf, type World } from '../model/world.ts';
import type { ServiceEvidence, ServiceReply } from './evidence.ts';
import { findOidcProvider, oidcProviderArn } from './oidcProvider.ts';
import { stsError, stsErrors, type StsErrorName } from './stsErrors.ts';
import { trustedIssuers, trustsSomeCaller } from './trustedPrincipals.ts';

/** What a pod sends to exchange its service account token for credentials. */
export interface WebIdentityCall {
  readonly roleArn: string;
  readonly sessionName: string;
  /** `namespace/name` of the workload. */
  readonly podKey: string;
  /** The content of the token file; absent when the input does not show the file. */
  readonly token: FileContent | undefined;
  readonly endpoint?: StsEndpoint;
}

/** What somebody with credentials sends to assume another role. */
export interface AssumeRoleCall {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly source: Credentials;
  readonly externalId?: string;
  /** Absent: the default, one hour. */
  readonly durationSeconds?: number;
  readonly endpoint?: StsEndpoint;
}

const stsModel = 'boto/botocore:botocore/data/sts/2011-06-15/service-2.json';

/** How long a session lasts when the caller does not say, as the service model has it. */
const defaultDurationSeconds = 3600;

/**
 * The longest session of a role that was assumed with the credentials of another role.
 *
 * @source boto/botocore:botocore/data/sts/2011-06-15/service-2.json (AssumeRole: role chaining)
 */
const chainedLimitSeconds = 3600;

/**
 * Answers AssumeRoleWithWebIdentity.
 *
 * In this order: the role's ARN, the session's name, the token, the provider of its issuer in the role's account, the provider's
 * audiences, the trust policy. The order among several faults at once is not documented.
 *
 * @source boto/botocore:botocore/data/sts/2011-06-15/service-2.json (AssumeRoleWithWebIdentity)
 */
export function assumeRoleWithWebIdentity(world: World, ask: Ask, call: WebIdentityCall): ServiceReply {
  const early =
    fault(world, ask, call.endpoint) ??
    arnFault(call.roleArn) ??
    nameFault(call.sessionName) ??
    tokenFault(ask, call);
  if (early) return early;
  const { roleArn, sessionName, token } = call;
  const role = parseRoleArn(roleArn);
  const credentials = (identity: Credentials['identity']): Reply =>
    handOut({ identity, mechanism: 'irsa', sessionName, expiresInSeconds: defaultDurationSeconds });
  if (!role) return undetermined(roleArn, credentials);
  const known = token?.kind === 'serviceAccountToken' ? token : undefined;
  const unseen: readonly ServiceEvidence[] = known
    ? []
    : [{ kind: 'tokenNotShown', ...(token ? { at: token.from } : {}), source: stsModel }];
  const provider = findOidcProvider(world, ask, role, known?.audience);
  const evidence = [...unseen, ...provider.evidence];
  if (provider.error) return { reply: provider.error, evidence };
  const caller = known?.subject ?? `the token of ${call.podKey}`;
  const decision =
    known && provider.issuer !== undefined
      ? decideWebIdentity(world, ask, {
          roleArn,
          providerArn: oidcProviderArn(role, provider.issuer),
          issuer: provider.issuer,
          subject: known.subject,
          audience: known.audience,
          ...settledName(sessionName),
        })
      : askTrust(world, ask, roleArn, trustedIssuers(indexOf(world).role(roleArn))?.length !== 0);
  const weighed = [...evidence, assumption('AssumeRoleWithWebIdentity', roleArn, caller, decision)];
  const reply = isAllowed(decision)
    ? credentials({ kind: 'role', arn: roleArn })
    : stsError('webIdentityDenied');
  return { reply, evidence: weighed };
}

/**
 * Answers AssumeRole.
 *
 * A caller whose own role is not known is refused when the trust policy names nobody who could be it.
 *
 * @source boto/botocore:botocore/data/sts/2011-06-15/service-2.json (AssumeRole)
 */
export function assumeRole(world: World, ask: Ask, call: AssumeRoleCall): ServiceReply {
  const early = fault(world, ask, call.endpoint) ?? arnFault(call.roleArn) ?? nameFault(call.sessionName);
  if (early) return early;
  const { roleArn, sessionName, source, externalId } = call;
  const durationSeconds = call.durationSeconds ?? defaultDurationSeconds;
  const credentials = (identity: Credentials['identity']): Reply =>
    handOut({ identity, mechanism: source.mechanism, sessionName, expiresInSeconds: durationSeconds });
  if (!parseRoleArn(roleArn)) return undetermined(roleArn, credentials);
  const decision =
    source.identity.kind === 'role'
      ? decideAssumeRole(world, ask, {
          callerRoleArn: source.identity.arn,
          ...callerSession(source.sessionName),
          roleArn,
          ...settledName(sessionName),
          ...(externalId === undefined ? {} : { externalId }),
        })
      : askTrust(world, ask, roleArn, trustsSomeCaller(indexOf(world).role(roleArn)) !== false);
  const caller = callerName(source);
  const evidence = [assumption('AssumeRole', roleArn, caller, decision)];
  if (!isAllowed(decision)) return { reply: stsError('assumeRoleDenied', caller, roleArn), evidence };
  const tooLong = durationFault(world, call, durationSeconds);
  if (tooLong) return { reply: tooLong.reply, evidence: [...evidence, ...tooLong.evidence] };
  return { reply: credentials({ kind: 'role', arn: roleArn }), evidence };
}

function handOut(credentials: Credentials): Reply {
  return { kind: 'ok', body: { kind: 'credentials', credentials } };
}

function refuse(name: StsErrorName, finding: ServiceEvidence, ...about: readonly string[]): ServiceReply {
  return { reply: stsError(name, ...about), evidence: [finding] };
}

/** The host of the one endpoint that every SDK once dialled, and that some still dial unless told otherwise. */
const globalHost = 'sts.amazonaws.com';

/** A statement about the global endpoint alone, as of a network without a way to it, is for who dials that. */
function fault(world: World, ask: Ask, endpoint: StsEndpoint | undefined): ServiceReply | undefined {
  const aboutGlobal = world.facts.some(({ name, scope }) => name === 'sts' && scope === globalHost);
  const isGlobal = endpoint?.kind === 'global' && aboutGlobal;
  const state = ask({ name: 'sts', ...(isGlobal ? { scope: globalHost } : {}) });
  if (state === 'answers') return undefined;
  const { source } = stsErrors.serverError;
  const evidence: readonly ServiceEvidence[] = [{ kind: 'stsFault', fault: state, source }];
  if (state === 'timeout') return { reply: { kind: 'timeout' }, evidence };
  return { reply: state === 'refused' ? { kind: 'refused' } : stsError('serverError'), evidence };
}

/** A role that holds a placeholder is none of these: nobody knows what will stand there. */
function arnFault(text: string): ServiceReply | undefined {
  if (parseRoleArn(text) || placeholderIn(text) !== undefined) return undefined;
  const name = text.length < 20 ? 'shortRoleArn' : 'malformedRoleArn';
  return refuse(name, { kind: 'malformedRoleArn', text, source: stsErrors[name].source }, text);
}

/** What STS says of a session's name that it does not take; nothing of a name that is made up later. */
function nameFault(text: string): ServiceReply | undefined {
  if (placeholderIn(text) !== undefined) return undefined;
  const constraint = !/^[\w+=,.@-]*$/.test(text)
    ? 'Member must satisfy regular expression pattern: [\\w+=,.@-]*'
    : text.length < 2
      ? 'Member must have length greater than or equal to 2'
      : text.length > 64
        ? 'Member must have length less than or equal to 64'
        : undefined;
  if (constraint === undefined) return undefined;
  const { source } = stsErrors.badSessionName;
  return refuse('badSessionName', { kind: 'sessionNameRejected', text, source }, text, constraint);
}

function undetermined(text: string, credentials: (identity: Credentials['identity']) => Reply): ServiceReply {
  const placeholder = placeholderIn(text) ?? text;
  const source = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html';
  return {
    reply: credentials({ kind: 'unnamedRole', which: 'placeholder', text }),
    evidence: [{ kind: 'undeterminedRole', text, placeholder, source }],
  };
}

/** The shape of a JSON Web Token: three parts in base64url. */
const jwtShape = /^\s*[\w-]+\.[\w-]+\.[\w-]+\s*$/;

function tokenFault(ask: Ask, { token, podKey }: WebIdentityCall): ServiceReply | undefined {
  const reject = (name: StsErrorName, reason: 'expired' | 'notAToken' | 'missing'): ServiceReply =>
    refuse(name, {
      kind: 'tokenRejected',
      reason,
      ...(token ? { at: token.from } : {}),
      source: stsErrors[name].source,
    });
  switch (token?.kind) {
    case 'empty':
    case 'unreadable':
      return reject('emptyToken', 'missing');
    case 'text':
      return jwtShape.test(token.text) ? undefined : reject('notAToken', 'notAToken');
    case 'serviceAccountToken': {
      const state = ask({ name: 'token', scope: podKey, about: token.from });
      return state === 'expired' ? reject('tokenExpired', 'expired') : undefined;
    }
    case 'hidden':
    case undefined:
      return undefined;
  }
}

/** A session's name, unless a part of it is made up when the pod runs. */
function settledName(sessionName: string): { readonly sessionName?: string } {
  return placeholderIn(sessionName) === undefined ? { sessionName } : {};
}

function callerSession(sessionName: string | undefined): { readonly callerSessionName?: string } {
  if (sessionName === undefined || placeholderIn(sessionName) !== undefined) return {};
  return { callerSessionName: sessionName };
}

/** Asks for the verdict where the input does not show who the caller is; `possible`: the trust policy leaves it open. */
function askTrust(world: World, ask: Ask, roleArn: string, possible: boolean): AssumeDecision {
  const role = indexOf(world).role(roleArn);
  const accountId = parseRoleArn(roleArn)?.accountId ?? '';
  if (!role && world.complete.rolesOfAccounts.includes(accountId)) {
    return { kind: 'denied', reason: 'noSuchRole', by: 'trustPolicy', because: [] };
  }
  const question = {
    name: 'trust',
    scope: roleArn,
    ...(possible ? {} : { known: 'refuses' }),
    ...(role ? { about: role.trustPolicy?.ref ?? role.ref } : {}),
  } as const;
  return { kind: 'byFact', allowed: ask(question) === 'admits', question };
}

type Assumption = Extract<ServiceEvidence, { kind: 'assumption' }>;

function assumption(
  action: Assumption['action'],
  roleArn: string,
  caller: string,
  decision: AssumeDecision,
): ServiceEvidence {
  const source = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html';
  return { kind: 'assumption', action, roleArn, caller, decision, source };
}

/** How AWS names a caller in an error. */
function callerName({ identity, sessionName }: Credentials): string {
  switch (identity.kind) {
    case 'role':
      return assumedRoleArn(identity.arn, sessionName ?? '<session>') ?? identity.arn;
    case 'unnamedRole':
      return identity.text;
    case 'static':
      return identity.accessKeyId ?? '<user>';
  }
}

function durationFault(
  world: World,
  { roleArn, source }: AssumeRoleCall,
  requestedSeconds: number,
): ServiceReply | undefined {
  const role = indexOf(world).role(roleArn);
  const ownLimit = role?.maxSessionDurationSeconds ?? requestedSeconds;
  const chained = source.identity.kind !== 'static' && requestedSeconds > chainedLimitSeconds;
  if (!chained && requestedSeconds <= ownLimit) return undefined;
  const name = chained ? 'chainedTooLong' : 'longerThanRoleAllows';
  return refuse(name, {
    kind: 'sessionTooLong',
    requestedSeconds,
    limitSeconds: chained ? chainedLimitSeconds : ownLimit,
    ...(role ? { at: role.ref } : {}),
    source: stsErrors[name].source,
  });
}
