import { oncePer } from '../../model/oncePer.ts';
import type { Answer } from '../../resolve/answer.ts';
import type { ServiceEvidence } from '../../services/evidence.ts';
import type { Examined, Rule } from '../finding.ts';
import { causeRule, exchangesOf, type ConflictRow } from '../law.ts';
import { byGround, type Ground } from './ground.ts';

/** What the EKS Pod Identity agent weighed for one container. */
export interface AgentReply {
  readonly answer: Answer;
  readonly evidence: readonly ServiceEvidence[];
}

/** Gives what the agent weighed on the way to the usual outcome of each answer that asked it; once. */
const agentReplies = oncePer(findReplies);

function findReplies({ answers }: Examined): readonly AgentReply[] {
  return answers.flatMap((answer): readonly AgentReply[] => {
    const [usual] = answer.outcomes;
    const asked = (usual ? exchangesOf(usual) : []).filter(
      ({ request, evidence }) => request.kind === 'container' && evidence.length > 0,
    );
    const last = asked.at(-1);
    return last ? [{ answer, evidence: last.evidence }] : [];
  });
}

/**
 * The law: the agent gives the role of the association that EKS holds now, if the role lets EKS assume it; what
 * it refuses is final for some SDKs, while others go on to the metadata service.
 *
 * One finding for each object at fault, whoever is concerned.
 *
 * @param groundOf - why the agent replied so, where it is for the reason of this row
 */
export function agentRepliesRule(
  row: ConflictRow,
  groundOf: (reply: AgentReply, examined: Examined) => Ground | undefined,
): Rule {
  return causeRule(row, (examined) =>
    byGround(
      row,
      agentReplies(examined).flatMap((reply) => {
        const ground = groundOf(reply, examined);
        return ground ? [{ ground, answer: reply.answer }] : [];
      }),
    ),
  );
}

/** Finds what the agent weighed of one kind. */
export function weighedByAgent<Kind extends ServiceEvidence['kind']>(
  { evidence }: AgentReply,
  kind: Kind,
): Extract<ServiceEvidence, { readonly kind: Kind }> | undefined {
  return evidence.find(
    (found): found is Extract<ServiceEvidence, { readonly kind: Kind }> => found.kind === kind,
  );
}
