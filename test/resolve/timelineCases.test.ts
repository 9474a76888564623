import { describe, expect, test } from 'vitest';
import type { SdkFamily } from '../../src/model/sdk.ts';
import type { World } from '../../src/model/world.ts';
import { conditionText } from '../../src/resolve/condition.ts';
import { resolveOverTime } from '../../src/resolve/resolveOverTime.ts';
import type { Moment, TimelineEntry } from '../../src/resolve/timeline.ts';
import {
  cluster,
  entriesOf,
  entryText,
  irsa,
  live,
  metadata,
  nodeRole,
  onNode,
  role,
  states,
} from './processLives.ts';

const pod = { kind: 'Pod', namespace: 'pay', name: 'api' };
const assumed = { kind: 'assumed' };

describe('what a timeline tells', () => {
  const stepsText = (entry: TimelineEntry | undefined): readonly string[] =>
    entry?.kind === 'holds'
      ? entry.trace.map((step) =>
          step.kind === 'exchange'
            ? `${step.provider} ${step.reply.kind}`
            : step.kind === 'chain'
              ? `${step.step.provider} ${step.step.kind}`
              : step.kind,
        )
      : [];

  test('the steps of each entry: the start of the pod before the first alone', () => {
    const entries = entriesOf(live(irsa, 'kotlin', [{ minute: 40, change: states('sts', 'timeout') }]));
    expect(entries.map(stepsText)).toEqual([
      [
        'placement',
        'admission',
        'environment notConfigured',
        'webIdentity selected',
        'webIdentity file',
        'webIdentity ok',
        'webIdentity succeeded',
      ],
      [
        'environment notConfigured',
        'webIdentity selected',
        'webIdentity file',
        'webIdentity timeout',
        'webIdentity failed',
        'profile notConfigured',
        'container notConfigured',
        'imds selected',
        'imds ok',
        'imds ok',
        'imds ok',
        'imds succeeded',
      ],
    ]);
  });

  test('where it is known from when the SDK asks again', () => {
    const moments = [{ minute: 40, change: states('sts', 'timeout') }];
    const chain = 'aws/aws-sdk-cpp:src/aws-cpp-sdk-core/source/auth/AWSCredentialsProviderChain.cpp';
    expect(entriesOf(live(irsa, 'cpp', moments)).map(({ source }) => source)).toEqual([
      `${chain}; conformance/sdk/recordings/cpp`,
      chain,
    ]);
  });

  test('each fact that was consulted, once, as it was when it was asked first', () => {
    const { courses: _courses, ...told } = live(irsa, 'kotlin', [
      { minute: 40, change: states('sts', 'timeout') },
    ]);
    const node = { kind: 'Node', name: 'n1' };
    expect(told).toStrictEqual({
      subject: {
        namespace: 'pay',
        workload: { kind: 'Pod', name: 'api' },
        container: { name: 'app', kind: 'app' },
        at: pod,
      },
      sdk: { family: 'kotlin', basis: 'stated' },
      consulted: [
        { question: { name: 'webhook', scope: 'pay/api', about: pod }, value: 'injects', basis: assumed },
        {
          question: {
            name: 'token',
            scope: 'pay/api',
            about: {
              ...pod,
              kind: 'ServiceAccount',
              field: 'metadata.annotations["eks.amazonaws.com/role-arn"]',
            },
          },
          value: 'valid',
          basis: assumed,
        },
        { question: { name: 'sts' }, value: 'answers', basis: assumed },
        {
          question: { name: 'oidcProvider', scope: '111122223333' },
          value: 'registered',
          basis: assumed,
        },
        { question: { name: 'trust', scope: role('app') }, value: 'admits', basis: { kind: 'stated' } },
        {
          question: { name: 'imds.httpEndpoint', scope: 'n1', about: node },
          value: 'enabled',
          basis: assumed,
        },
        {
          question: { name: 'imds.httpPutResponseHopLimit', scope: 'n1', known: '2', about: node },
          value: '2',
          basis: { kind: 'input' },
        },
      ],
      incomplete: false,
    });
  });

  test('what had to be assumed of the version, before all else', () => {
    const sdk = { family: 'go-v2', version: '9.9.9' } as const;
    const [timeline] = resolveOverTime(onNode, 'pay/api', { sdk, moments: [] });
    expect(timeline?.consulted.map(({ question, value }) => [question.name, value])).toEqual([
      ['sdk', 'go-v2@9.9.9 (as from 1.27.34; the newest looked at is 1.33.18)'],
      ['imds.httpEndpoint', 'enabled'],
      ['imds.httpPutResponseHopLimit', '2'],
    ]);
  });
});

describe('the courses that open facts lead to', () => {
  const coursesOf = (of: World, sdk: SdkFamily, moments: readonly Moment[]): readonly unknown[] =>
    live(of, sdk, moments).courses.map(({ entries, when }) => [
      ...entries.map(entryText),
      `if ${conditionText(when)}`,
    ]);
  const unknownTrust = cluster
    .fact('kube2iam', 'notInstalled')
    .serviceAccount('pay/api', { roleArn: role('app') })
    .pod('pay/api', { serviceAccount: 'api', node: 'n1' })
    .build();
  const outage = [
    { minute: 40, change: states('sts', 'timeout') },
    { minute: 100, change: states('sts', 'answers') },
  ];
  const twoNodes = cluster
    .node('n2', {
      roleArn: role('other'),
      imds: { httpTokens: 'optional', httpPutResponseHopLimit: 2 },
    })
    .fact('kube2iam', 'notInstalled')
    .pod('pay/api')
    .build();

  test.each<[string, World, SdkFamily, readonly Moment[], readonly unknown[]]>([
    [
      'a trust policy that is not shown: what it refuses at first it refuses always',
      unknownTrust,
      'go-v2',
      outage,
      [
        [
          '0 app irsa started',
          '60 none none failed | timeout',
          '100 app irsa recovered | answers',
          `if trust:${role('app')}=admits`,
        ],
        ['0 none none started', `if trust:${role('app')}=refuses`],
      ],
    ],
    [
      'a trust policy that is not shown, for an SDK that goes on to the node',
      unknownTrust,
      'cpp',
      outage,
      [
        ['0 app irsa started', '40 not known | timeout', `if trust:${role('app')}=admits`],
        ['0 node imds started', `if trust:${role('app')}=refuses`],
      ],
    ],
    [
      'a fact that makes no difference',
      cluster.pod('pay/api', { node: 'n1' }).build(),
      'go-v2',
      [{ minute: 10, change: nodeRole('new') }],
      [['0 node imds started', '55 new imds renewed | the node is new', 'if ']],
    ],
    [
      'nodes of two roles',
      twoNodes,
      'kotlin',
      [{ minute: 10, change: metadata('disabled') }],
      [
        ['0 node imds started', '15 none none failed | metadata disabled', 'if node:pay/api=n1'],
        ['0 other imds started', '15 none none failed | metadata disabled', 'if node:pay/api=n2'],
      ],
    ],
  ])('%s', (_name, of, sdk, moments, expected) => {
    expect(coursesOf(of, sdk, moments)).toEqual(expected);
  });
});
