import type { Fix } from '../../model/patch.ts';
import type { Answer, Outcome } from '../../resolve/answer.ts';
import type { Rule } from '../finding.ts';
import { causeRule, eachContainer, type ConflictRow, type Sighting } from '../law.ts';
import { withSdks, type ContainerAnswers } from '../workloads.ts';
import { consequences, severityOf } from './consequences.ts';

/** What the SDK of a container cannot do, and what mends it. */
export interface Inability {
  /** A sentence part about the container, as `lacks the STS module`. */
  readonly lacks: string;
  readonly fixes: readonly Fix[];
}

/**
 * The law: a mechanism is configured and the SDK cannot use it; what the chain does then depends on the SDK.
 *
 * @param cannot - tells of which answers that is so
 */
export function chainCannotRule(
  row: ConflictRow,
  cannot: (answer: Answer, usual: Outcome, container: ContainerAnswers) => boolean,
  inabilityOf: (container: ContainerAnswers, affected: readonly Answer[]) => Inability,
): Rule {
  return causeRule(
    row,
    eachContainer((container): Sighting | undefined => {
      const { answers, name, workload } = container;
      const affected = answers.filter(
        (answer) => answer.outcomes[0] && cannot(answer, answer.outcomes[0], container),
      );
      if (affected.length === 0) return undefined;
      const { lacks, fixes } = inabilityOf(container, affected);
      return {
        at: workload.template.ref,
        message: `${name} ${lacks}${withSdks(affected, answers)}; it gets ${consequences(affected)}`,
        severity: severityOf(affected),
        answers: affected,
        fixes,
      };
    }),
  );
}
