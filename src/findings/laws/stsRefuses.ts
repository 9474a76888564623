import type { Request } from '../../model/exchange.ts';
import { describeRef, type ObjectRef } from '../../model/objectRef.ts';
import type { Fix } from '../../model/patch.ts';
import type { Answer } from '../../resolve/answer.ts';
import type { ServiceEvidence } from '../../services/evidence.ts';
import type { Examined, Rule } from '../finding.ts';
import { causeRule, exchangesOf, type ConflictRow, type Sighting } from '../law.ts';
import { workloadNames } from '../workloads.ts';
import { consequences, severityOf } from './consequences.ts';

/** A token that STS did not trade for a role, and what STS weighed last. */
export interface Refusal {
  readonly answer: Answer;
  readonly request: Extract<Request, { action: 'AssumeRoleWithWebIdentity' }>;
  readonly evidence: ServiceEvidence;
}

/** Why STS refused, and at which object. */
export interface Ground {
  readonly at: ObjectRef;
  /** A sentence about this cluster, to which the consequence is added. */
  readonly why: string;
  readonly fixes: readonly Fix[];
}

/** Finds the refused trades of tokens on the way to the usual outcomes. */
export function refusalsOf(answers: readonly Answer[]): readonly Refusal[] {
  return answers.flatMap((answer): readonly Refusal[] => {
    const [usual] = answer.outcomes;
    for (const { request, reply, evidence } of usual ? exchangesOf(usual) : []) {
      if (request.kind !== 'sts' || request.action !== 'AssumeRoleWithWebIdentity') continue;
      const last = evidence.at(-1);
      if (reply.kind === 'httpError' && last) return [{ answer, request, evidence: last }];
    }
    return [];
  });
}

/**
 * The law: what STS refuses is final for some SDKs, while others go on to the next provider.
 *
 * One finding for each object at fault, whoever is refused by it.
 *
 * @param groundOf - why STS refused, where it is for the reason of this row
 */
export function stsRefusesRule(
  row: ConflictRow,
  groundOf: (refusal: Refusal, examined: Examined) => Ground | undefined,
): Rule {
  return causeRule(row, (examined) => {
    const grounds = new Map<string, { readonly ground: Ground; readonly answers: Answer[] }>();
    for (const refusal of refusalsOf(examined.answers)) {
      const ground = groundOf(refusal, examined);
      if (!ground) continue;
      const key = `${describeRef(ground.at)} ${ground.why}`;
      const known = grounds.get(key);
      if (known) known.answers.push(refusal.answer);
      else grounds.set(key, { ground, answers: [refusal.answer] });
    }
    return [...grounds.values()].map(({ ground, answers }): Sighting => ({
      at: ground.at,
      message: `${ground.why}; ${workloadNames(answers).join(', ')}: ${consequences(answers)}`,
      severity: severityOf(answers),
      answers,
      fixes: ground.fixes,
    }));
  });
}
