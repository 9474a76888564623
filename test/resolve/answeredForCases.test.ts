import { describe, expect, test } from 'vitest';
import { world } from '../../src/model/builder.ts';
import { sdkFamilies } from '../../src/model/sdk.ts';
import type { World } from '../../src/model/world.ts';
import { answerKey, containerKey } from '../../src/resolve/answer.ts';
import { answersFor, resolveAll } from '../../src/resolve/resolve.ts';
import { findContainer } from '../../src/resolve/whichRole.ts';

const cluster = world().fact('cni', 'aws-vpc-cni').fact('kube2iam', 'notInstalled');

describe('the containers that are answered for', () => {
  const owned = (built: World, name: string, owner: { kind: string; name: string }): World => ({
    ...built,
    workloads: built.workloads.map((one) => (one.name === name ? { ...one, owner } : one)),
  });
  const run = (of: World): readonly string[] => [
    ...new Set(resolveAll(of, { sdk: { family: 'go-v2' } }).map((answer) => containerKey(answer))),
  ];
  const deployed = cluster
    .workload('Deployment', 'pay/api', { containers: { prepare: { kind: 'init' }, server: {} } })
    .workload('ReplicaSet', 'pay/api-1')
    .build();
  test.each<[string, World, readonly string[]]>([
    [
      'every container',
      deployed,
      ['pay/Deployment/api/prepare', 'pay/Deployment/api/server', 'pay/ReplicaSet/api-1/app'],
    ],
    [
      'not those of a controller whose owner is there',
      owned(deployed, 'api-1', { kind: 'Deployment', name: 'api' }),
      ['pay/Deployment/api/prepare', 'pay/Deployment/api/server'],
    ],
    [
      'those of a controller whose owner is not there',
      owned(deployed, 'api-1', { kind: 'Deployment', name: 'gone' }),
      ['pay/Deployment/api/prepare', 'pay/Deployment/api/server', 'pay/ReplicaSet/api-1/app'],
    ],
    [
      'those of a pod, which may differ from its template',
      owned(cluster.workload('ReplicaSet', 'pay/api-1').pod('pay/api-1-x').build(), 'api-1-x', {
        kind: 'ReplicaSet',
        name: 'api-1',
      }),
      ['pay/ReplicaSet/api-1/app', 'pay/Pod/api-1-x/app'],
    ],
  ])('%s', (_name, of, expected) => {
    expect(run(of)).toEqual(expected);
  });
});

describe('the SDKs that are answered for', () => {
  const nothing = cluster.pod('pay/api').sdk({ family: 'ruby' }, { namespace: 'shop' });
  test.each<[string, World, readonly string[]]>([
    [
      'every SDK, where nobody says which',
      nothing.build(),
      sdkFamilies.map((family) => `${family} notStated`),
    ],
    ['the one that is stated for all', nothing.sdk({ family: 'php' }).build(), ['php stated']],
    ['for the namespace', nothing.sdk({ family: 'php' }, { namespace: 'pay' }).build(), ['php stated']],
    ['for the workload', nothing.sdk({ family: 'php' }, { workload: 'api' }).build(), ['php stated']],
    ['for the container', nothing.sdk({ family: 'php' }, { container: 'app' }).build(), ['php stated']],
    [
      'not the one of another workload or container',
      nothing
        .sdk({ family: 'php' }, { workload: 'web' })
        .sdk({ family: 'php' }, { container: 'web' })
        .build(),
      sdkFamilies.map((family) => `${family} notStated`),
    ],
    [
      'the last that fits',
      nothing.sdk({ family: 'php' }).sdk({ family: 'cpp', version: '1.11.0' }, { namespace: 'pay' }).build(),
      ['cpp@1.11.0 stated'],
    ],
  ])('%s', (_name, of, expected) => {
    const answers = answersFor(of, findContainer(of, 'pay/api', undefined));
    expect(answers.map((answer) => `${answerKey(answer)} ${answer.sdk.basis}`)).toEqual(
      expected.map((text) => `pay/Pod/api/app/${text}`),
    );
  });
});
