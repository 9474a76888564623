import { parseRoleArn } from '../model/arn.ts';
import type { IamRole } from '../model/aws.ts';
import type { Ask, Question } from '../model/fact.ts';
import { indexOf, type World } from '../model/world.ts';
import {
  assumeRoleRequest,
  podIdentityRequest,
  webIdentityRequest,
  type AssumeRoleRequest,
  type PodIdentityRequest,
  type StsRequest,
  type WebIdentityRequest,
} from './assumeRequest.ts';
import type { AssumeDecision, PolicyRole, StatementEvidence } from './decision.ts';
import { evaluate, verdictOf, weigh, type Weight } from './evaluate.ts';
import { grantAcrossAccounts, grantsWithinAccount, type Grant } from './grants.ts';
import { isAccepted, type Policy } from './policy.ts';
import { parsePolicy } from './policyDocument.ts';
import { allOf, anyOf } from './truth.ts';

/**
 * Decides whether a token may be traded for a role. Only the trust policy counts: nobody signs the request.
 *
 * Whether the account has the provider, and the provider the audience, is for STS to ask.
 *
 * @source awsdocs/iam-user-guide:doc_source/id_credentials_temp_control-access_assumerole.md
 */
export function decideWebIdentity(world: World, ask: Ask, request: WebIdentityRequest): AssumeDecision {
  return outcomeOf(trustSide(world, ask, request.roleArn, webIdentityRequest(request)));
}

/**
 * Decides whether EKS Pod Identity may assume a role for a service account: the trust policy must allow the
 * service both to assume the role and to tag the session.
 *
 * @source https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
 */
export function decidePodIdentity(world: World, ask: Ask, request: PodIdentityRequest): AssumeDecision {
  return outcomeOf(trustSide(world, ask, request.roleArn, podIdentityRequest(world, request)));
}

/**
 * Decides whether a session of one role may assume another role: by the trust policy of the role, and by the
 * identity policies and permissions boundary of the caller as far as the trust policy leaves it to them.
 *
 * Policies that the input does not show could hold an explicit deny; that possibility is not asked for.
 *
 * @source awsdocs/iam-user-guide:doc_source/reference_policies_evaluation-logic.md
 */
export function decideAssumeRole(world: World, ask: Ask, request: AssumeRoleRequest): AssumeDecision {
  const sts = assumeRoleRequest(world, request);
  const caller = indexOf(world).role(request.callerRoleArn);
  const identity = callerSide(caller, sts, 'identityPolicy');
  const boundary = callerSide(caller, sts, 'permissionsBoundary');
  for (const side of [identity, boundary]) {
    if (side?.weight.denies === 'yes') return denied('explicitDeny', side.by, side.because);
  }
  const trust = trustSide(world, ask, request.roleArn, sts);
  const outcome = outcomeOf(trust);
  if (outcome.kind === 'denied' || (outcome.kind === 'byFact' && !outcome.allowed)) return outcome;
  const because = [...(outcome.because ?? []), ...(identity?.because ?? []), ...(boundary?.because ?? [])];

  const grant = grantOf(request, sts, outcome);
  const needed = [
    ...(grant.identityPolicies === 'needed' ? [identity] : []),
    ...(grant.permissionsBoundary === 'limits' && caller?.permissionsBoundary ? [boundary] : []),
  ];
  for (const side of needed) {
    if (side?.weight.allows === 'no') return denied('implicitDeny', side.by, because);
  }
  const undecided =
    needed.some((side) => side?.weight.allows !== 'yes') ||
    [identity, boundary].some((side) => side?.weight.denies === 'open');
  if (undecided) {
    const question: Question = {
      name: 'identityPolicy',
      scope: request.callerRoleArn,
      ...(caller ? { about: caller.ref } : {}),
    };
    return { kind: 'byFact', allowed: ask(question) === 'allows', question, because };
  }
  return outcome.kind === 'byFact' ? { ...outcome, because } : { kind: 'allowed', because };
}

/** What the trust policy of a role says, or what a fact says instead of it. */
type TrustSide =
  | { readonly kind: 'noSuchRole' }
  | { readonly kind: 'evaluated'; readonly weight: Weight; readonly because: readonly StatementEvidence[] }
  | {
      readonly kind: 'fact';
      readonly admits: boolean;
      readonly question: Question;
      readonly because?: readonly StatementEvidence[];
    };

function trustSide(world: World, ask: Ask, roleArn: string, request: StsRequest): TrustSide {
  const role = indexOf(world).role(roleArn);
  const accountId = parseRoleArn(roleArn)?.accountId;
  if (!role && (accountId === undefined || world.complete.rolesOfAccounts.includes(accountId))) {
    return { kind: 'noSuchRole' };
  }
  const question: Question = { name: 'trust', scope: roleArn, ...(role ? { about: role.ref } : {}) };
  const parsed = role?.trustPolicy && parsePolicy(role.trustPolicy, 'trustPolicy');
  // A document that IAM refuses is not the one that AWS holds: what that one says is not known.
  if (!parsed || !isAccepted(parsed)) return { kind: 'fact', admits: ask(question) === 'admits', question };

  const { weight, because } = weighAll([parsed.policy], request);
  const verdict = verdictOf(weight);
  if (verdict === 'open') return { kind: 'fact', admits: ask(question) === 'admits', question, because };
  const known = verdict === 'allow' ? 'admits' : 'refuses';
  const asked: Question = { ...question, known };
  const answer = ask(asked);
  if (answer === known) return { kind: 'evaluated', weight, because };
  return { kind: 'fact', admits: answer === 'admits', question: asked, because };
}

/** Reads the outcome off what the trust policy, alone, says. */
function outcomeOf(trust: TrustSide): AssumeDecision {
  switch (trust.kind) {
    case 'noSuchRole':
      return denied('noSuchRole', 'trustPolicy', []);
    case 'fact': {
      const { admits, question, because } = trust;
      return { kind: 'byFact', allowed: admits, question, ...(because ? { because } : {}) };
    }
    case 'evaluated':
      if (trust.weight.denies === 'yes') return denied('explicitDeny', 'trustPolicy', trust.because);
      if (trust.weight.allows !== 'yes') return denied('implicitDeny', 'trustPolicy', trust.because);
      return { kind: 'allowed', because: trust.because };
  }
}

function denied(
  reason: 'explicitDeny' | 'implicitDeny' | 'noSuchRole',
  by: PolicyRole,
  because: readonly StatementEvidence[],
): AssumeDecision {
  return { kind: 'denied', reason, by, because };
}

/** What the caller's own policies of one kind say. */
interface CallerSide {
  readonly by: PolicyRole;
  readonly weight: Weight;
  readonly because: readonly StatementEvidence[];
}

/** Nothing when the input does not show the policies, or shows one that IAM would refuse. */
function callerSide(
  caller: IamRole | undefined,
  request: StsRequest,
  by: 'identityPolicy' | 'permissionsBoundary',
): CallerSide | undefined {
  const boundary = caller?.permissionsBoundary;
  const attached = by === 'identityPolicy' ? caller?.identityPolicies : boundary && [boundary];
  const parsed = attached?.map(({ document }) => parsePolicy(document, by));
  if (!parsed?.every(isAccepted)) return undefined;
  return {
    by,
    ...weighAll(
      parsed.map(({ policy }) => policy),
      request,
    ),
  };
}

/** Weighs policies for each action of a request: all must be allowed, none denied. */
function weighAll(
  policies: readonly Policy[],
  request: StsRequest,
): { readonly weight: Weight; readonly because: readonly StatementEvidence[] } {
  const because = request.actions.map((action) => evaluate(policies, { ...request.context, action }));
  const weights = because.map(weigh);
  return {
    weight: {
      allows: allOf(weights.map((weight) => weight.allows)),
      denies: anyOf(weights.map((weight) => weight.denies)),
    },
    because: because.flat(),
  };
}

/** What a trust policy that admits leaves to the caller's own policies; of several actions, the most. */
function grantOf(request: AssumeRoleRequest, sts: StsRequest, outcome: AssumeDecision): Grant {
  const account = (arn: string): string | undefined => parseRoleArn(arn)?.accountId;
  if (account(request.callerRoleArn) !== account(request.roleArn)) return grantAcrossAccounts;
  // A fact does not say how the policy names the caller: by its role is how a role is named.
  if (outcome.kind !== 'allowed') return grantsWithinAccount.role;
  const grants = sts.actions.map((action) => grantsFor(action, outcome.because));
  return {
    identityPolicies: grants.some((of) => of.every((grant) => grant.identityPolicies === 'needed'))
      ? 'needed'
      : 'notNeeded',
    permissionsBoundary: grants.some((of) => of.every((grant) => grant.permissionsBoundary === 'limits'))
      ? 'limits'
      : 'doesNotLimit',
  };
}

function grantsFor(action: string, evidence: readonly StatementEvidence[]): readonly Grant[] {
  return evidence
    .filter((statement) => statement.effect === 'Allow' && statement.applies && statement.action === action)
    .flatMap(({ matchedAs }) => (matchedAs === undefined ? [] : [grantsWithinAccount[matchedAs]]));
}
