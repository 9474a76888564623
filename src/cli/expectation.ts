import { isIdentity } from '../findings/expectations.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Workload } from '../model/workload.ts';
import type { World } from '../model/world.ts';
import type { Outcome } from '../resolve/answer.ts';
import type { Overview } from '../resolve/resolve.ts';
import { findTarget } from './target.ts';
import { usageError } from './usageError.ts';

/** What `--expect` claims: every container of the workload gets this identity, whatever is not known. */
export interface Expectation {
  readonly text: string;
  readonly workload: Workload;
  /** A role's name or ARN, `none`, or `node-role`. */
  readonly identity: string;
}

/** An expectation, or why the text is none. */
export type ExpectationChoice =
  | { readonly kind: 'expectation'; readonly expectation: Expectation }
  | { readonly kind: 'wrong'; readonly diagnostic: Diagnostic };

/** Reads `namespace/pod=role`. */
export function parseExpectation(
  text: string,
  world: World,
  namespace: string | undefined,
): ExpectationChoice {
  const at = text.indexOf('=');
  const identity = text.slice(at + 1);
  if (at <= 0 || identity === '') {
    const expected = '`namespace/pod=role`, `=none` or `=node-role`';
    return { kind: 'wrong', diagnostic: usageError(`\`${text}\` is no expectation`, { expected }) };
  }
  const target = findTarget(world, text.slice(0, at), namespace);
  if (target.kind === 'wrong') return target;
  return { kind: 'expectation', expectation: { text, workload: target.workload, identity } };
}

/** One outcome that is not what was expected. */
export interface Disappointment {
  readonly expectation: Expectation;
  readonly overview: Overview;
  readonly outcome: Outcome;
}

/**
 * Lists where an expectation is not met.
 *
 * It is met when every outcome is as expected: what hangs on something unknown is not certain.
 *
 * @param overviews - one for each container of the workload
 */
export function disappointments(
  expectation: Expectation,
  overviews: readonly Overview[],
): readonly Disappointment[] {
  return overviews.flatMap((overview) =>
    overview.outcomes
      .filter((outcome) => !isIdentity(outcome, expectation.identity))
      .map((outcome) => ({ expectation, overview, outcome })),
  );
}
