import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { world } from '../../src/model/builder.ts';
import type { Fix, Patch } from '../../src/model/patch.ts';
import { resolveAll } from '../../src/resolve/resolve.ts';
import { worlds } from '../../src/testing/index.ts';
import { applyPatches } from '../../src/whatIf/applyPatch.ts';
import { planFixes } from '../../src/whatIf/fixPlan.ts';
import { examineWorld, proveFix, provenFix } from '../../src/whatIf/proveFix.ts';

const role = 'arn:aws:iam::111122223333:role/api';
const goV2 = { sdk: { family: 'go-v2' } } as const;
const object = { kind: 'Pod', namespace: 'pay', name: 'app' };

/** A pod whose own variable keeps the webhook away, and a neighbour of the same service account. */
const broken = world()
  .serviceAccount('pay/api', { roleArn: role })
  .nodeDefaults({ roleArn: 'arn:aws:iam::111122223333:role/node' })
  .pod('pay/app', { serviceAccount: 'api', env: { AWS_ROLE_ARN: role } })
  .pod('pay/neighbour', { serviceAccount: 'api' })
  .fact('kube2iam', 'notInstalled')
  .fact('trust', 'admits')
  .build();

const withoutVariable: Patch = { kind: 'env', object, container: 'app', name: 'AWS_ROLE_ARN' };
const withoutAnnotation: Patch = {
  kind: 'annotation',
  object: { kind: 'ServiceAccount', namespace: 'pay', name: 'api' },
  on: 'metadata',
  key: 'eks.amazonaws.com/role-arn',
};

describe('a fix', () => {
  const before = examineWorld(broken, (each) => resolveAll(each, goV2));
  const finding = before.findings.find(({ rule }) => rule === 'irsa-user-env-blocks-injection');

  const prove = (...patches: readonly Patch[]): ReturnType<typeof proveFix> => {
    if (!finding) throw new Error('the conflict is not found');
    return proveFix(before, finding, { title: 'try', patches } satisfies Fix);
  };

  it('is proven when the finding is gone and nobody else is changed', () => {
    const { removes, adds, others, meant } = prove(withoutVariable);
    expect({ removes, adds, others }).toEqual({ removes: true, adds: [], others: [] });
    expect(meant.map(({ kind }) => kind)).toEqual(['identityChanged']);
  });

  it('tells whom it changes besides', () => {
    const { others } = prove(withoutVariable, withoutAnnotation);
    expect(others.map((change) => 'before' in change && change.before.subject.workload.name)).toEqual([
      'neighbour',
    ]);
  });

  it('is not offered when it does not remove the finding', () => {
    expect(prove({ ...withoutVariable, name: 'AWS_REGION' }).removes).toBe(false);
    const useless = { title: 'useless', patches: [] };
    expect(finding && provenFix(before, { ...finding, fixes: [useless] })).toBeUndefined();
  });

  it('is preferred when nobody else is changed by it', () => {
    const wide = { title: 'wide', patches: [withoutVariable, withoutAnnotation] };
    const narrow = { title: 'narrow', patches: [withoutVariable] };
    expect(finding && provenFix(before, { ...finding, fixes: [wide, narrow] })?.fix.title).toBe('narrow');
  });

  it('stands in the plan, and the plan leaves nothing that a fix removes', () => {
    const plan = planFixes(before);
    expect(plan.proofs.map(({ finding: { rule } }) => rule)).toContain('irsa-user-env-blocks-injection');
    const after = examineWorld(
      applyPatches(
        broken,
        plan.proofs.flatMap(({ fix }) => fix.patches),
      ),
      before.answersOf,
    );
    const left = new Set(after.findings.map(({ rule }) => rule));
    expect(plan.proofs.filter((proof) => left.has(proof.finding.rule))).toEqual([]);
  });
});

describe('laws of fixes', () => {
  it('a fix that is planned removes its finding and adds none, in any world', () => {
    fc.assert(
      fc.property(worlds({ maxPods: 2, facts: 'stated' }), (drawn) => {
        const before = examineWorld(drawn, (each) => resolveAll(each, goV2));
        for (const proof of planFixes(before).proofs) {
          expect({ removes: proof.removes, adds: proof.adds }).toEqual({ removes: true, adds: [] });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('a patch of an object that is not there changes no answer', () => {
    const elsewhere = { kind: 'Deployment', namespace: 'no', name: 'where' };
    const patches: readonly Patch[] = [
      { kind: 'annotation', object: elsewhere, on: 'template', key: 'iam.amazonaws.com/role', value: 'x' },
      { kind: 'label', object: elsewhere, on: 'template', key: 'a' },
      { kind: 'env', object: elsewhere, container: 'app', name: 'AWS_PROFILE', value: 'x' },
      { kind: 'podSpec', object: elsewhere, set: { hostNetwork: true } },
      { kind: 'withoutNetworkPolicy', object: elsewhere },
      { kind: 'trustPolicy', roleArn: 'arn:aws:iam::111122223333:role/nobody', document: {} },
    ];
    fc.assert(
      fc.property(worlds({ maxPods: 1, facts: 'stated' }), fc.constantFrom(...patches), (drawn, patch) => {
        expect(resolveAll(applyPatches(drawn, [patch]), goV2)).toEqual(resolveAll(drawn, goV2));
      }),
      { numRuns: 30 },
    );
  });
});
