import { findConflicts } from '../findings/examine.ts';
import type { Finding } from '../findings/finding.ts';
import { describeRef } from '../model/objectRef.ts';
import type { Fix } from '../model/patch.ts';
import type { World } from '../model/world.ts';
import { containerKey, type Answer } from '../resolve/answer.ts';
import { resolveAll } from '../resolve/resolve.ts';
import { applyPatches } from './applyPatch.ts';
import { compareAnswers, type AnswerChange } from './diff.ts';

/** What comes of a fix when it is tried. */
export interface Proof {
  readonly finding: Finding;
  readonly fix: Fix;
  /** The world as the fix leaves it. */
  readonly after: Examination;
  /** Whether the finding is gone afterwards. */
  readonly removes: boolean;
  /** Findings that were not there before; a fix with any is not offered. */
  readonly adds: readonly Finding[];
  /** Latent findings that the graver one hid: they show once that is right which happens today. */
  readonly uncovers: readonly Finding[];
  /** Answers of the containers that the finding is about, as they change. */
  readonly meant: readonly AnswerChange[];
  /** Answers of other containers, as they change. */
  readonly others: readonly AnswerChange[];
}

/** A world with its answers and findings, worked out once for all the fixes that are tried on it. */
export interface Examination {
  readonly world: World;
  readonly answers: readonly Answer[];
  readonly findings: readonly Finding[];
  /** How answers are worked out: for which containers, SDKs and faults. */
  readonly answersOf: (world: World) => readonly Answer[];
}

/**
 * Works out the answers and findings of a world.
 *
 * @param answersOf - every container with every SDK that it may use, when it is left out
 */
export function examineWorld(
  world: World,
  answersOf: Examination['answersOf'] = (each) => resolveAll(each),
): Examination {
  const answers = answersOf(world);
  return { world, answers, findings: findConflicts(world, answers), answersOf };
}

/**
 * Tries a fix: applies it, resolves every container again, and compares.
 *
 * @example
 * const before = examineWorld(world().build());
 * before.findings.flatMap((finding) => finding.fixes.map((fix) => proveFix(before, finding, fix))) // => []
 */
export function proveFix(before: Examination, finding: Finding, fix: Fix): Proof {
  const after = examineWorld(applyPatches(before.world, fix.patches), before.answersOf);
  // A fix may change which SDKs are asked about, so that containers are compared.
  const concerned = new Set(finding.answers.map(containerKey));
  const changes = compareAnswers(before.answers, after.answers);
  const known = new Set(before.findings.map(findingKey));
  const fresh = after.findings.filter((each) => !known.has(findingKey(each)));
  return {
    finding,
    fix,
    after,
    removes: !after.findings.some((each) => findingKey(each) === findingKey(finding)),
    adds: fresh.filter((each) => !isUncovered(before, finding, each)),
    uncovers: fresh.filter((each) => isUncovered(before, finding, each)),
    meant: changes.filter((change) => concerned.has(containerKey(answerOf(change)))),
    others: changes.filter((change) => !concerned.has(containerKey(answerOf(change)))),
  };
}

/**
 * Gives the first fix of a finding that works: the finding is gone and no other has come.
 *
 * A fix that changes nobody else's answer is preferred to one that does.
 */
export function provenFix(before: Examination, finding: Finding): Proof | undefined {
  let withSideEffects: Proof | undefined;
  for (const fix of finding.fixes) {
    const proof = proveFix(before, finding, fix);
    if (!proof.removes || proof.adds.length > 0) continue;
    if (proof.others.length === 0) return proof;
    withSideEffects ??= proof;
  }
  return withSideEffects;
}

/**
 * Tells whether a finding was only hidden by a graver one, be it about the containers in question, or about
 * more of them at an object that has it already.
 */
function isUncovered(before: Examination, { severity, answers }: Finding, added: Finding): boolean {
  const concerned = new Set(answers.map(containerKey));
  return (
    added.severity === 'latent' &&
    severity !== 'latent' &&
    (added.answers.every((answer) => concerned.has(containerKey(answer))) ||
      before.findings.some(
        ({ rule, at }) => rule === added.rule && describeRef(at) === describeRef(added.at),
      ))
  );
}

function answerOf(change: AnswerChange): Answer {
  return change.kind === 'added' ? change.after : change.before;
}

/** Rule, object and containers, without positions: a fix may move lines. */
function findingKey({ rule, at, answers }: Finding): string {
  const subjects = [...new Set(answers.map(containerKey))].toSorted();
  return JSON.stringify([rule, at.kind, at.namespace, at.name, subjects]);
}
