import type { Reply } from '../../model/exchange.ts';
import type { Kube2iam } from '../../model/kube2iam.ts';
import type { ClusterNode } from '../../model/node.ts';
import { oncePer } from '../../model/oncePer.ts';
import { describeRef, fieldOf, type ObjectRef } from '../../model/objectRef.ts';
import type { Fix } from '../../model/patch.ts';
import type { Answer, Outcome } from '../../resolve/answer.ts';
import type { ServiceEvidence } from '../../services/evidence.ts';
import type { Examined, Rule } from '../finding.ts';
import { causeRule, exchangesOf, type ConflictRow } from '../law.ts';
import { byGround, type Ground } from './ground.ts';
import { nodeOf } from './nodeOf.ts';

/** What kube2iam made of the metadata requests of one container, and what it weighed. */
export interface DaemonReply {
  readonly answer: Answer;
  readonly outcome: Outcome;
  readonly daemon: Kube2iam;
  readonly node: ClusterNode | undefined;
  /** Its last reply. */
  readonly reply: Reply;
  readonly evidence: readonly ServiceEvidence[];
}

/** Gives what kube2iam replied on the way to an outcome, where it was asked for credentials. */
export function daemonReplyOf(answer: Answer, outcome: Outcome): DaemonReply | undefined {
  let found: DaemonReply | undefined;
  for (const { ways, reply, evidence } of exchangesOf(outcome)) {
    const end = ways.at(-1)?.path.end;
    if (end?.kind !== 'arrives' || end.at.kind !== 'kube2iam') continue;
    found = {
      answer,
      outcome,
      daemon: end.at.daemon,
      node: nodeOf(outcome),
      reply,
      evidence: [...(found?.evidence ?? []), ...evidence],
    };
  }
  return found;
}

/** Gives what kube2iam replied on the way to each usual outcome; once, for all rules. */
export const daemonReplies: (answers: readonly Answer[]) => readonly DaemonReply[] = oncePer(findReplies);

function findReplies(answers: readonly Answer[]): readonly DaemonReply[] {
  return answers.flatMap((answer) => {
    const [usual] = answer.outcomes;
    return (usual && daemonReplyOf(answer, usual)) ?? [];
  });
}

/** Finds what kube2iam weighed last of one kind. */
export function weighed<Kind extends ServiceEvidence['kind']>(
  { evidence }: Pick<DaemonReply, 'evidence'>,
  kind: Kind,
): Extract<ServiceEvidence, { readonly kind: Kind }> | undefined {
  return evidence.findLast(
    (found): found is Extract<ServiceEvidence, { readonly kind: Kind }> => found.kind === kind,
  );
}

/**
 * The law: kube2iam decides by the settings and objects that it has read, and whoever asks gets what comes of it.
 *
 * One finding for each object at fault, whoever is concerned.
 *
 * @param groundOf - why kube2iam replied so, where it is for the reason of this row
 */
export function daemonRepliesRule(
  row: ConflictRow,
  groundOf: (reply: DaemonReply, examined: Examined) => Ground | undefined,
): Rule {
  return causeRule(row, (examined) =>
    byGround(
      row,
      daemonReplies(examined.answers).flatMap((reply) => {
        const ground = groundOf(reply, examined);
        return ground ? [{ ground, answer: reply.answer }] : [];
      }),
    ),
  );
}

/** The place of a flag, or the place where it would stand. */
export function flagPlace({ ref, flagRefs }: Kube2iam, flag: string): ObjectRef {
  return flagRefs[flag] ?? fieldOf(ref, `--${flag}`);
}

/** Proposes other settings of kube2iam. */
export function flagFix({ ref }: Kube2iam, title: string, set: Partial<Kube2iam['flags']>): Fix {
  return {
    title: `${title} of ${describeRef(ref)}`,
    patches: [{ kind: 'kube2iamFlags', object: ref, set, withoutArguments: [] }],
  };
}
