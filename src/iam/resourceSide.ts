import { parseRoleArn } from '../model/arn.ts';
import type { Ask, Question } from '../model/fact.ts';
import { indexOf, type World } from '../model/world.ts';
import type { StsRequest } from './assumeRequest.ts';
import type { AssumeDecision, PolicyRole, StatementEvidence } from './decision.ts';
import { verdictOf } from './evaluate.ts';
import { organizationSides } from './organizationSides.ts';
import { isOpen, weighPolicies, type PolicySide } from './policySide.ts';

/**
 * Decides a request as far as the role that is asked for has a say: by its trust policy, within what the
 * resource control policies of its organization allow.
 *
 * What rests on something that the input does not show is for the fact `trust` to say.
 */
export function decideResource(world: World, ask: Ask, roleArn: string, request: StsRequest): AssumeDecision {
  const role = indexOf(world).role(roleArn);
  const accountId = parseRoleArn(roleArn)?.accountId;
  if (!role && (accountId === undefined || world.complete.rolesOfAccounts.includes(accountId))) {
    return denied('noSuchRole', 'trustPolicy', []);
  }
  const limits = organizationSides(world, 'resourceControlPolicy', roleArn, request);
  const refusal = refusalBy(limits);
  if (refusal) return refusal;
  const question: Question = { name: 'trust', scope: roleArn, ...(role ? { about: role.ref } : {}) };
  const trust = role?.trustPolicy && weighPolicies('trustPolicy', [role.trustPolicy], request);
  if (!trust) return { kind: 'byFact', allowed: ask(question) === 'admits', question };

  const because = [...trust.because, ...limits.flatMap((side) => side.because)];
  const verdict = verdictOf(trust.weight);
  if (verdict === 'open' || (verdict === 'allow' && limits.some(isOpen))) {
    return { kind: 'byFact', allowed: ask(question) === 'admits', question, because };
  }
  const known = verdict === 'allow' ? 'admits' : 'refuses';
  const asked: Question = { ...question, known };
  const answer = ask(asked);
  if (answer !== known) return { kind: 'byFact', allowed: answer === 'admits', question: asked, because };
  return verdict === 'allow' ? { kind: 'allowed', because } : denied(verdict, 'trustPolicy', because);
}

/** Makes a refusal. */
export function denied(
  reason: Extract<AssumeDecision, { kind: 'denied' }>['reason'],
  by: PolicyRole,
  because: readonly StatementEvidence[],
): AssumeDecision {
  return { kind: 'denied', reason, by, because };
}

/** Finds the side that refuses for certain: one that denies before one that does not allow. */
export function refusalBy(sides: readonly PolicySide[]): AssumeDecision | undefined {
  const denies = sides.find(({ weight }) => weight.denies === 'yes');
  if (denies) return denied('explicitDeny', denies.by, denies.because);
  const silent = sides.find(({ weight }) => weight.allows === 'no');
  return silent && denied('implicitDeny', silent.by, silent.because);
}
