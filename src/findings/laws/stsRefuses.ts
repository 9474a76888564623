import type { Request } from '../../model/exchange.ts';
import type { Answer } from '../../resolve/answer.ts';
import type { ServiceEvidence } from '../../services/evidence.ts';
import type { Examined, Rule } from '../finding.ts';
import { causeRule, exchangesOf, type ConflictRow } from '../law.ts';
import { byGround, type Ground } from './ground.ts';

/** A token that STS did not trade for a role, and what STS weighed last. */
export interface Refusal {
  readonly answer: Answer;
  readonly request: Extract<Request, { action: 'AssumeRoleWithWebIdentity' }>;
  readonly evidence: ServiceEvidence;
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
  return causeRule(row, (examined) =>
    byGround(
      row,
      refusalsOf(examined.answers).flatMap((refusal) => {
        const ground = groundOf(refusal, examined);
        return ground ? [{ ground, answer: refusal.answer }] : [];
      }),
    ),
  );
}
