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
import type { AssumeDecision, StatementEvidence } from './decision.ts';
import { grantAcrossAccounts, grantsWithinAccount, type Grant } from './grants.ts';
import { organizationSides } from './organizationSides.ts';
import { weighPolicies, type PolicySide } from './policySide.ts';
import { decideResource, denied, refusalBy } from './resourceSide.ts';

/**
 * Decides whether a token may be traded for a role: by the trust policy, within the resource control policies.
 * Nobody signs the request, so no policy of a caller counts.
 *
 * Whether the account has the provider, and the provider the audience, is for STS to ask.
 *
 * @source awsdocs/iam-user-guide:doc_source/id_credentials_temp_control-access_assumerole.md
 */
export function decideWebIdentity(world: World, ask: Ask, request: WebIdentityRequest): AssumeDecision {
  return decideResource(world, ask, request.roleArn, webIdentityRequest(request));
}

/**
 * Decides whether EKS Pod Identity may assume a role for a service account: the trust policy must allow the
 * service both to assume the role and to tag the session.
 *
 * @source https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
 */
export function decidePodIdentity(world: World, ask: Ask, request: PodIdentityRequest): AssumeDecision {
  return decideResource(world, ask, request.roleArn, podIdentityRequest(world, request));
}

/**
 * Decides whether a session of one role may assume another role: by the trust policy of the role, and by the
 * caller's own policies as far as the trust policy leaves it to them, all within the policies of the
 * organization.
 *
 * Policies that the input does not show could hold an explicit deny; that possibility is not asked for.
 *
 * @source awsdocs/iam-user-guide:doc_source/reference_policies_evaluation-logic.md
 */
export function decideAssumeRole(world: World, ask: Ask, request: AssumeRoleRequest): AssumeDecision {
  const sts = assumeRoleRequest(world, request);
  const caller = indexOf(world).role(request.callerRoleArn);
  const controls = organizationSides(world, 'serviceControlPolicy', request.callerRoleArn, sts);
  const { identity, boundary, session } = callerSides(caller, request, sts);
  const own = [identity, boundary, session].filter((side) => side !== undefined);
  const refusing = [...controls, ...own].find(({ weight }) => weight.denies === 'yes');
  const refusal = refusalBy(refusing ? [refusing] : controls);
  if (refusal) return refusal;
  const outcome = decideResource(world, ask, request.roleArn, sts);
  if (outcome.kind === 'denied' || (outcome.kind === 'byFact' && !outcome.allowed)) return outcome;
  const because = [outcome, ...controls, ...own].flatMap((side) => side.because ?? []);

  const grant = grantOf(request, sts, outcome);
  const limits = grant.permissionsBoundary === 'limits';
  const needed = [
    ...controls,
    ...(grant.identityPolicies === 'needed' ? [identity] : []),
    ...(limits && caller?.permissionsBoundary ? [boundary] : []),
    ...(limits && request.sessionPolicy ? [session] : []),
  ];
  for (const side of needed) {
    if (side?.weight.allows === 'no') return denied('implicitDeny', side.by, because);
  }
  const undecided =
    needed.some((side) => side?.weight.allows !== 'yes') ||
    [...controls, ...own].some(({ weight }) => weight.denies === 'open');
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

/** What the caller's own policies say; nothing of those that the input does not show. */
interface CallerSides {
  readonly identity: PolicySide | undefined;
  readonly boundary: PolicySide | undefined;
  readonly session: PolicySide | undefined;
}

function callerSides(
  caller: IamRole | undefined,
  { sessionPolicy }: AssumeRoleRequest,
  sts: StsRequest,
): CallerSides {
  const policies = caller?.identityPolicies?.map(({ document }) => document);
  const boundary = caller?.permissionsBoundary?.document;
  return {
    identity: policies && weighPolicies('identityPolicy', policies, sts),
    boundary: boundary && weighPolicies('permissionsBoundary', [boundary], sts),
    session: sessionPolicy && weighPolicies('sessionPolicy', [sessionPolicy], sts),
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
    .filter(
      (statement) =>
        statement.policy === 'trustPolicy' &&
        statement.effect === 'Allow' &&
        statement.applies &&
        statement.action === action,
    )
    .flatMap(({ matchedAs }) => (matchedAs === undefined ? [] : [grantsWithinAccount[matchedAs]]));
}
