import { describe, expect, test } from 'vitest';
import type { SdkFamily } from '../../src/model/sdk.ts';
import type { World } from '../../src/model/world.ts';
import type { Moment } from '../../src/resolve/timeline.ts';
import {
  byKube2iam,
  cluster,
  irsa,
  metadata,
  nodeRole,
  nothing,
  onNode,
  role,
  states,
  told,
} from './processLives.ts';

/** A process that is to have the role of its node from kube2iam, whose rule is not there yet. */
const behindRule = cluster
  .kube2iam({ iptables: true, hostInterface: 'eni+', hostIp: '$(HOST_IP)' })
  .fact('kube2iam.rule', 'absent')
  .fact('kube2iam.daemon', 'ready')
  .fact('trust', 'admits')
  .fact('identityPolicy', 'allows')
  .pod('pay/api', { annotations: { 'iam.amazonaws.com/role': role('node') }, node: 'n1' })
  .build();

type Row = readonly [SdkFamily, readonly string[]];

const started = '0 node imds started';

describe('the metadata service is off from minute 10 to minute 400', () => {
  const expired = (minute: number): readonly string[] => [
    started,
    `${minute} node imds servedExpired | metadata disabled`,
    '400 node imds recovered | metadata enabled',
  ];
  const failed = (minute: number): readonly string[] => [
    started,
    `${minute} none none failed | metadata disabled`,
    '400 node imds recovered | metadata enabled',
  ];
  test.each<Row>([
    // Those that serve what has expired: six hours after the last renewal that came through.
    ['go-v2', expired(360)],
    ['java-v1', expired(360)],
    ['java-v2', expired(360)],
    ['ruby', expired(360)],
    ['rust', expired(360)],
    ['cpp', expired(365)],
    // Those that do not, once their window begins.
    ['go-v1', failed(355)],
    ['botocore', failed(345)],
    ['php', failed(359)],
    ['js-v2', failed(360)],
    ['js-v3', failed(360)],
    ['swift', failed(355)],
    ['kotlin', failed(15)],
  ])('%s', (sdk, expected) => {
    const moments = [
      { minute: 10, change: metadata('disabled') },
      { minute: 400, change: metadata('enabled') },
    ];
    expect(told(onNode, sdk, moments)).toEqual(expected);
  });
});

describe('the node gets another role after ten minutes', () => {
  const renewed = (minute: number): readonly string[] => [
    started,
    `${minute} new imds renewed | the node is new`,
  ];
  test.each<Row>([
    ['kotlin', renewed(15)],
    ['cpp', renewed(10)],
    ['go-v2', renewed(55)],
    ['java-v1', renewed(60)],
    ['java-v2', renewed(180)],
    ['ruby', renewed(350)],
    ['js-v3', renewed(355)],
    ['go-v1', renewed(355)],
    ['php', renewed(359)],
    ['rust', renewed(360)],
    ['botocore', renewed(345)],
  ])('%s', (sdk, expected) => {
    expect(told(onNode, sdk, [{ minute: 10, change: nodeRole('new') }])).toEqual(expected);
  });
});

describe('the node gets another role after a day', () => {
  const renewed = (minute: number): readonly string[] => [
    started,
    `${minute} new imds renewed | the node is new`,
  ];
  test.each<Row>([
    // Renewals came every 55 minutes: 26 × 55 = 1430, 27 × 55 = 1485.
    ['go-v2', renewed(1485)],
    // Every hour, the last at the very minute of the change.
    ['java-v1', renewed(1440)],
    // Every quarter of an hour.
    ['kotlin', renewed(1440)],
    // Every 355 minutes: 5 × 355.
    ['go-v1', renewed(1775)],
  ])('%s', (sdk, expected) => {
    expect(told(onNode, sdk, [{ minute: 1440, change: nodeRole('new') }])).toEqual(expected);
  });
});

describe('kube2iam is gone from minute 5 to minute 50', () => {
  const expired = '30 legacy kube2iam servedExpired | gone';
  const recovered = '50 legacy kube2iam recovered | ready';
  test.each<Row>([
    ['go-v2', [expired, recovered]],
    ['java-v1', [expired, recovered]],
    ['java-v2', [expired, recovered]],
    ['kotlin', [expired, recovered]],
    ['php', [expired, recovered]],
    ['go-v1', ['25 none none failed | gone', recovered]],
    ['botocore', ['15 none none failed | gone', recovered]],
    ['js-v2', ['30 none none failed | gone', recovered]],
  ])('%s', (sdk, expected) => {
    const moments = [
      { minute: 5, change: states('kube2iam.daemon', 'gone') },
      { minute: 50, change: states('kube2iam.daemon', 'ready') },
    ];
    expect(told(byKube2iam, sdk, moments)).toEqual(['0 legacy kube2iam started', ...expected]);
  });
});

describe('the changes before an entry', () => {
  test.each<[string, World, SdkFamily, readonly Moment[], readonly string[]]>([
    ['none', onNode, 'go-v2', [], [started]],
    [
      'all since the entry before, in the order of their minutes, however they are given',
      onNode,
      'go-v2',
      [
        { minute: 30, change: nodeRole('third') },
        { minute: 10, change: nodeRole('second') },
        { minute: 20, change: nothing },
      ],
      [started, '55 third imds renewed | the node is second | nothing | the node is third'],
    ],
    [
      'those of minute 0 before the first',
      onNode,
      'go-v2',
      [{ minute: 0, change: nodeRole('second') }],
      ['0 second imds started | the node is second'],
    ],
    [
      'one in the middle of a minute, met at the next call',
      onNode,
      'cpp',
      [{ minute: 9.5, change: nodeRole('second') }],
      [started, '10 second imds renewed | the node is second'],
    ],
    [
      'each change once',
      onNode,
      'kotlin',
      [
        { minute: 10, change: nodeRole('second') },
        { minute: 40, change: nodeRole('third') },
      ],
      [started, '15 second imds renewed | the node is second', '45 third imds renewed | the node is third'],
    ],
    [
      'all of three, each on top of those before it',
      onNode,
      'go-v2',
      [
        { minute: 10, change: nothing },
        { minute: 20, change: nodeRole('second') },
        { minute: 30, change: nothing },
      ],
      [started, '55 second imds renewed | nothing | the node is second | nothing'],
    ],
    [
      'those that come while what has expired is served, at the recovery',
      onNode,
      'go-v2',
      [
        { minute: 10, change: metadata('disabled') },
        { minute: 380, change: nothing },
        { minute: 400, change: metadata('enabled') },
      ],
      [
        started,
        '360 node imds servedExpired | metadata disabled',
        '400 node imds recovered | nothing | metadata enabled',
      ],
    ],
    [
      'one that changes who hands out the same role',
      behindRule,
      'go-v2',
      [{ minute: 10, change: states('kube2iam.rule', 'present') }],
      [started, '55 node kube2iam renewed | present'],
    ],
    [
      'none of those that come too late to matter',
      onNode,
      'go-v1',
      [
        { minute: 10, change: nodeRole('second') },
        { minute: 20, change: nodeRole('node') },
      ],
      [started],
    ],
    [
      'the rule of kube2iam comes between the process and the metadata service',
      { ...byKube2iam, facts: [...byKube2iam.facts, { name: 'kube2iam.rule', value: 'absent' }] },
      'go-v2',
      [{ minute: 10, change: states('kube2iam.rule', 'present') }],
      ['0 node imds started', '55 legacy kube2iam renewed | present'],
    ],
    [
      'none after the moment from which nobody knows when this SDK asks again',
      irsa,
      'cpp',
      [
        { minute: 20, change: nothing },
        { minute: 40, change: states('sts', 'timeout') },
        { minute: 60, change: states('sts', 'refused') },
      ],
      ['0 app irsa started', '40 not known | nothing | timeout'],
    ],
    [
      'no credentials from the beginning, and then some',
      onNode,
      'go-v1',
      [
        { minute: 0, change: metadata('disabled') },
        { minute: 7, change: nothing },
        { minute: 9, change: metadata('enabled') },
      ],
      ['0 none none started | metadata disabled', '9 node imds recovered | nothing | metadata enabled'],
    ],
  ])('%s', (_name, of, sdk, moments, expected) => {
    expect(told(of, sdk, moments)).toEqual(expected);
  });
});
