import type { Diagnostic } from '../model/diagnostic.ts';
import type { World } from '../model/world.ts';
import type { ResolveOptions } from '../resolve/resolve.ts';
import { compareWithBaseline, goneNote, type Baseline } from './baseline.ts';
import { checkExpectations, type CheckedExpectations } from './expectations.ts';
import type { Finding, Severity } from './finding.ts';
import { isAtLeast } from './severity.ts';
import { applySuppressions, type SuppressedFinding } from './suppressions.ts';

/** What a check of a cluster comes to. */
export interface CheckResult {
  /** What is left to be mended. */
  readonly findings: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
  /** What the baseline holds. */
  readonly known: readonly Finding[];
  readonly expectations: Omit<CheckedExpectations, 'diagnostics'>;
  /** Complaints about suppressions, expectations and the baseline. */
  readonly diagnostics: readonly Diagnostic[];
}

/** How to check. */
export interface CheckOptions extends ResolveOptions {
  /** `part`: only some namespaces or SDKs were looked at. */
  readonly view: 'whole' | 'part';
  readonly baseline?: Baseline;
}

/** Takes out of the findings what is accepted or known, and checks what is expected. */
export function check(world: World, findings: readonly Finding[], options: CheckOptions): CheckResult {
  const { view, baseline, ...resolving } = options;
  const sifted = applySuppressions(findings, world.suppressions, view);
  const { fresh, known, gone } = compareWithBaseline(sifted.kept, baseline?.entries ?? []);
  const { diagnostics, ...expectations } = checkExpectations(world, resolving);
  return {
    findings: fresh,
    suppressed: sifted.suppressed,
    known,
    expectations,
    diagnostics: [
      ...sifted.diagnostics,
      ...diagnostics,
      ...(baseline?.diagnostics ?? []),
      ...(view === 'whole' ? gone.map(goneNote) : []),
    ],
  };
}

/**
 * Tells whether a check fails: a finding at or above the threshold is left, an expectation is not met, or
 * some part of the input could not be used.
 */
export function hasFailed(
  { findings, expectations }: CheckResult,
  diagnostics: readonly Diagnostic[],
  threshold: Severity | 'none',
): boolean {
  return (
    findings.some((finding) => isAtLeast(finding, threshold)) ||
    expectations.unmet.length > 0 ||
    diagnostics.some(({ severity }) => severity === 'error')
  );
}
