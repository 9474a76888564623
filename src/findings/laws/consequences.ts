import type { Answer, Outcome } from '../../resolve/answer.ts';
import type { Severity } from '../finding.ts';
import { mechanismWords, nameIdentity } from '../workloads.ts';

/** The usual outcome, or the first that is of the sort in question. */
type Choice = (outcome: Outcome) => boolean;
const usually: Choice = () => true;

/**
 * Says what containers get in the end, and with which SDKs where that differs: an SDK that stops at a failure
 * gets nothing, one that goes on gets whatever comes next.
 */
export function consequences(answers: readonly Answer[], choice: Choice = usually): string {
  const groups = new Map<string, string[]>();
  for (const { sdk, outcomes } of answers) {
    const outcome = outcomes.find(choice);
    if (!outcome) continue;
    const { identity, mechanism } = outcome;
    const by = identity.kind === 'none' ? '' : ` by ${mechanismWords[mechanism]}`;
    const got = `${nameIdentity(identity)}${by}`;
    groups.set(got, [...(groups.get(got) ?? []), sdk.family]);
  }
  const parts = [...groups].map(([got, families]) =>
    groups.size === 1 ? got : `${got} with ${[...new Set(families)].join(', ')}`,
  );
  return parts.join(', and ');
}

/** Weighs a failure by what comes of it: another identity is worse than none. */
export function severityOf(
  answers: readonly Answer[],
  choice: Choice = usually,
): Extract<Severity, 'wrongIdentity' | 'outage'> {
  const goesOn = answers.some(({ outcomes }) => {
    const outcome = outcomes.find(choice);
    return outcome !== undefined && outcome.identity.kind !== 'none';
  });
  return goesOn ? 'wrongIdentity' : 'outage';
}
