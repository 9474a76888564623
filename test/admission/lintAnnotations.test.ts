import { describe, expect, it } from 'vitest';
import { lintAnnotations } from '../../src/admission/lintAnnotations.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { World } from '../../src/model/world.ts';

const role = 'arn:aws:iam::111122223333:role/api';

const onAccount = (annotations: Readonly<Record<string, string>>): World =>
  world().serviceAccount('pay/api', { annotations }).build();
const onPod = (annotations: Readonly<Record<string, string>>, state: WorldBuilder = world()): World =>
  state.workload('Deployment', 'pay/api', { annotations }).build();
function onController(annotations: Readonly<Record<string, string>>): World {
  const built = world().workload('Deployment', 'pay/api').build();
  return { ...built, workloads: built.workloads.map((workload) => ({ ...workload, annotations })) };
}

describe('annotations that nobody reads', () => {
  it.each<[name: string, built: World, findings: readonly (readonly [code: string, nearest?: string])[]]>([
    ['a right one', onAccount({ 'eks.amazonaws.com/role-arn': role }), []],
    ['other keys of EKS', onPod({ 'eks.amazonaws.com/compute-type': 'fargate' }), []],
    [
      'role_arn',
      onAccount({ 'eks.amazonaws.com/role_arn': role }),
      [['unknown-annotation', 'eks.amazonaws.com/role-arn']],
    ],
    [
      'rolearn',
      onAccount({ 'eks.amazonaws.com/rolearn': role }),
      [['unknown-annotation', 'eks.amazonaws.com/role-arn']],
    ],
    [
      'iam-role',
      onAccount({ 'eks.amazonaws.com/iam-role': role }),
      [['unknown-annotation', 'eks.amazonaws.com/role-arn']],
    ],
    [
      'audiance',
      onAccount({ 'eks.amazonaws.com/audiance': 'x' }),
      [['unknown-annotation', 'eks.amazonaws.com/audience']],
    ],
    [
      'another prefix',
      onAccount({ 'iam.amazonaws.com/role-arn': role }),
      [['unknown-annotation', 'eks.amazonaws.com/role-arn']],
    ],
    ['role-arn on a pod', onPod({ 'eks.amazonaws.com/role-arn': role }), [['annotation-on-wrong-object']]],
    [
      'role-arn on a Deployment',
      onController({ 'eks.amazonaws.com/role-arn': role }),
      [['annotation-on-wrong-object']],
    ],
    [
      'the kube2iam key on a service account',
      onAccount({ 'iam.amazonaws.com/role': 'x' }),
      [['annotation-on-wrong-object']],
    ],
    [
      'k2i-annotation-on-controller',
      onController({ 'iam.amazonaws.com/role': 'x' }),
      [['annotation-on-wrong-object']],
    ],
    ['the kube2iam key on a pod', onPod({ 'iam.amazonaws.com/role': 'x' }), []],
    [
      'skip-containers on a service account',
      onAccount({ 'eks.amazonaws.com/skip-containers': 'x' }),
      [['annotation-on-wrong-object']],
    ],
    [
      'skip-containers that is no CSV',
      onPod({ 'eks.amazonaws.com/skip-containers': '"x' }),
      [['skip-containers-malformed']],
    ],
    [
      'a policy for a role',
      onAccount({ 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:policy/x' }),
      [['role-arn-malformed']],
    ],
    [
      'a placeholder is no complaint of this room',
      onAccount({ 'eks.amazonaws.com/role-arn': '${role_arn}' }),
      [],
    ],
  ])('%s', (_name, built, findings) => {
    const found = lintAnnotations(built).map(({ code, nearest }) =>
      nearest === undefined ? [code] : [code, nearest],
    );
    expect(found).toEqual(findings);
  });

  it('looks for the key that the daemon of the cluster reads', () => {
    const state = world().kube2iam({ iamRoleKey: 'corp/role' });
    const built = state.serviceAccount('pay/api', {
      annotations: { 'corp/role': 'x', 'iam.amazonaws.com/role': 'y' },
    });
    expect(lintAnnotations(built.build()).map(({ field }) => field)).toEqual([
      'metadata.annotations["corp/role"]',
    ]);
  });

  it('warns of a skip label that says false', () => {
    const labels = { 'eks.amazonaws.com/skip-pod-identity-webhook': 'false' };
    const found = lintAnnotations(world().pod('pay/api', { labels }).build());
    expect(found).toMatchObject([{ code: 'skip-label-any-value', severity: 'warning' }]);
  });
});
