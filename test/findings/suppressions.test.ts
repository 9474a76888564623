import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findConflicts, rules } from '../../src/findings/examine.ts';
import { applySuppressions } from '../../src/findings/suppressions.ts';
import { describeRef, type ObjectRef } from '../../src/model/objectRef.ts';
import type { Suppression } from '../../src/model/suppression.ts';
import { resolveAll } from '../../src/resolve/resolve.ts';
import { worlds } from '../../src/testing/arbitraries/world.ts';

const ref: ObjectRef = { kind: 'Settings', name: 'w', position: { file: 'w', line: 1, column: 1 } };
const byName = (rule: string, pattern: string): Suppression => ({
  rule,
  reason: 'because',
  covers: { kind: 'named', pattern },
  ref,
});
const byAnnotation = (rule: string, object: ObjectRef): Suppression => ({
  rule,
  reason: 'because',
  covers: { kind: 'object', object },
  ref: object,
});

describe('suppressions', () => {
  it('take every finding out that they name, and nothing else', () => {
    fc.assert(
      fc.property(worlds({ maxPods: 2 }), fc.func(fc.boolean()), (world, chosen) => {
        const findings = findConflicts(world, resolveAll(world, { sdk: { family: 'go-v2' } }));
        const accepted = findings.filter(({ rule, at }) => chosen(`${rule} ${describeRef(at)}`));
        const suppressions = accepted.map(({ rule, at }) => byName(rule, describeRef(at)));
        const sifted = applySuppressions(findings, suppressions, 'whole');
        expect(sifted.suppressed.map(({ finding }) => finding)).toEqual(accepted);
        expect(sifted.kept).toEqual(findings.filter((finding) => !accepted.includes(finding)));
        expect(sifted.diagnostics).toEqual([]);
      }),
      { numRuns: 12 },
    );
  });

  it('on a workload never take out what concerns another workload too', () => {
    fc.assert(
      fc.property(worlds({ maxPods: 3 }), (world) => {
        const findings = findConflicts(world, resolveAll(world, { sdk: { family: 'go-v2' } }));
        for (const { ref: object } of world.workloads) {
          const all = rules.map(({ id }) => byAnnotation(id, object));
          for (const { finding } of applySuppressions(findings, all, 'part').suppressed) {
            const isOwn = describeRef(finding.at) === describeRef(object);
            const names = finding.answers.map(({ subject: { workload, namespace } }) =>
              describeRef({ ...workload, namespace }),
            );
            expect(isOwn || names.every((name) => name === describeRef(object))).toBe(true);
          }
        }
      }),
      { numRuns: 8 },
    );
  });

  it.each([
    { view: 'whole' as const, codes: ['unknown-rule', 'idle-suppression'] },
    { view: 'part' as const, codes: ['unknown-rule'] },
  ])('of nothing are errors when the $view was looked at: $codes', ({ view, codes }) => {
    const suppressions = [byName('no-such-rule', '*'), byName('falls-back', 'Deployment pay/*')];
    const { diagnostics } = applySuppressions([], suppressions, view);
    expect(diagnostics.map(({ code }) => code)).toEqual(codes);
    for (const { severity, position } of diagnostics) {
      expect({ severity, position }).toEqual({ severity: 'error', position: ref.position });
    }
  });
});
