import { isSameObject } from '../model/objectRef.ts';
import type { Finding } from '../findings/finding.ts';
import { severities } from '../findings/severity.ts';
import { compareAnswers, type AnswerChange } from './diff.ts';
import { provenFix, type Examination, type Proof } from './proveFix.ts';

/** Every finding with the fix that was proven for it, and what all of them do together. */
export interface FixPlan {
  /** In the order in which they are to be applied. */
  readonly proofs: readonly Proof[];
  /** Findings without a fix that works. */
  readonly open: readonly Finding[];
  /** Findings that are gone already by the fix of another. */
  readonly alsoGone: readonly Finding[];
  /** Whose answer differs when all fixes are applied. */
  readonly changes: readonly AnswerChange[];
}

/**
 * Plans how to remove findings of a world.
 *
 * Each fix is tried on the world that the fixes before it have left, so that what is planned holds together. The
 * gravest come first: what is latent is often what keeps the pod alive until the rest is mended.
 *
 * @param findings - those that are to go; all of them when left out
 *
 * @example
 * planFixes(examineWorld(world().build())).proofs // => []
 */
export function planFixes(before: Examination, findings: readonly Finding[] = before.findings): FixPlan {
  const proofs: Proof[] = [];
  const open: Finding[] = [];
  const alsoGone: Finding[] = [];
  let current = before;
  for (const finding of findings.toSorted(byGravity)) {
    const still = current.findings.find((each) => isSame(each, finding));
    if (!still) {
      alsoGone.push(finding);
      continue;
    }
    const proof = provenFix(current, still);
    if (!proof) {
      open.push(finding);
      continue;
    }
    proofs.push(proof);
    current = proof.after;
  }
  return { proofs, open, alsoGone, changes: compareAnswers(before.answers, current.answers) };
}

function isSame(one: Finding, other: Finding): boolean {
  const { rule, at, message } = one;
  return (
    rule === other.rule &&
    isSameObject(at, other.at) &&
    (at.field === other.at.field || message === other.message)
  );
}

function byGravity(one: Finding, other: Finding): number {
  return severities.indexOf(one.severity) - severities.indexOf(other.severity);
}
