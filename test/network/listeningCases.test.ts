import { describe, expect, it } from 'vitest';
import { listeningOn } from '../../src/network/interception.ts';
import { asText, elsewhere, fault, kiam, kube2iam, sceneWith, type Setting } from './redirectionScene.ts';

describe('who listens on a port of the node', () => {
  it.each<[string, number, Setting, string | undefined, readonly string[]]>([
    ['kube2iam on its own', 8181, { kube2iam: [kube2iam()] }, 'kube2iam', ['kube2iam.daemon:n1']],
    [
      'nobody while kube2iam does not answer',
      8181,
      { kube2iam: [kube2iam()], answers: { 'kube2iam.daemon': 'notReady' } },
      undefined,
      ['kube2iam.daemon:n1'],
    ],
    [
      'nobody once kube2iam ended at start',
      8181,
      { kube2iam: [kube2iam({}, { startupFaults: [fault] })] },
      undefined,
      ['kube2iam.daemon:n1 (gone)'],
    ],
    ['nobody on a port that none has', 8182, { kube2iam: [kube2iam()], kiam: [kiam()] }, undefined, []],
    ['kiam on its own', 3100, { kube2iam: [kube2iam()], kiam: [kiam()] }, 'kiam-agent', ['kiam.agent:n1']],
    [
      'nobody for a daemon without hostNetwork',
      3100,
      { kiam: [kiam({}, { hostNetwork: false })] },
      undefined,
      [],
    ],
    ['nobody for a daemon on other nodes', 3100, { kiam: [kiam({}, elsewhere)] }, undefined, []],
    [
      'kiam on the port of a kube2iam that is gone',
      8181,
      { kube2iam: [kube2iam()], kiam: [kiam({ port: 8181 })], answers: { 'kube2iam.daemon': 'gone' } },
      'kiam-agent',
      ['kube2iam.daemon:n1', 'kiam.agent:n1'],
    ],
  ])('%s', (_who, port, setting, expected, questions) => {
    const { scene, asked } = sceneWith(setting);
    const found = listeningOn(scene, scene.source.node, port);
    expect([found?.daemon.name, asked.map(asText)]).toStrictEqual([expected, questions]);
  });
});
