import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { Change } from '../../src/model/change.ts';
import { sdkFamilies, type SdkFamily } from '../../src/model/sdk.ts';
import type { World } from '../../src/model/world.ts';
import { resolveOverTime } from '../../src/resolve/resolveOverTime.ts';
import type { Moment, TimelineEntry } from '../../src/resolve/timeline.ts';
import { whichRole } from '../../src/resolve/whichRole.ts';
import { testIssuer, worlds } from '../../src/testing/index.ts';

const account = '111122223333';
const role = (name: string): string => `arn:aws:iam::${account}:role/${name}`;
const provider = `arn:aws:iam::${account}:oidc-provider/${testIssuer}`;

const subject = { [`${testIssuer}:sub`]: 'system:serviceaccount:pay:api' };
const trust = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: provider },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: subject },
    },
  ],
};
const nodeTrust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: role('node') }, Action: 'sts:AssumeRole' }],
};

/** A pod with IRSA on a node whose metadata it can reach. */
function irsa(): WorldBuilder {
  return cluster()
    .serviceAccount('pay/api', { roleArn: role('app') })
    .role(role('app'), { trust, policies: [] })
    .pod('pay/api', { serviceAccount: 'api', node: 'n1' })
    .fact('kube2iam', 'notInstalled');
}

/** A pod that gets its role from kube2iam. */
function annotated(): WorldBuilder {
  const annotations = { 'iam.amazonaws.com/role': role('legacy') };
  return cluster()
    .kube2iam({ iptables: true, hostInterface: 'eni+', hostIp: '$(HOST_IP)' })
    .role(role('legacy'), { trust: nodeTrust, policies: [] })
    .fact('kube2iam.rule', 'present')
    .fact('kube2iam.daemon', 'ready')
    .fact('identityPolicy', 'allows')
    .pod('pay/api', { annotations, node: 'n1' });
}

function cluster(): WorldBuilder {
  return world()
    .cluster({ accountId: account, oidcIssuer: testIssuer, region: 'eu-west-1' })
    .oidcProvider(provider, { clientIds: ['sts.amazonaws.com'] })
    .node('n1', {
      addresses: ['10.0.0.1'],
      roleArn: role('node'),
      imds: { httpTokens: 'optional', httpPutResponseHopLimit: 2, httpEndpoint: 'enabled' },
    })
    .fact('cni', 'aws-vpc-cni');
}

function states(name: 'sts' | 'kube2iam.daemon' | 'kube2iam.rule', value: string): Change {
  return {
    title: `${name}=${value}`,
    apply: (before) => ({ ...before, facts: [...before.facts, { name, value }] }),
  };
}

const trustNobody: Change = {
  title: 'the trust policy admits nobody',
  apply: (before) => ({
    ...before,
    roles: before.roles.map((one) => ({
      ...one,
      trustPolicy: { ref: one.ref, value: { Version: '2012-10-17', Statement: [] } },
    })),
  }),
};

function told(of: World, sdk: string, moments: readonly Moment[]): readonly string[] {
  const timelines = resolveOverTime(of, 'pay/api', { sdk, moments });
  expect(timelines.length).toBe(1);
  expect(timelines[0]?.courses.length).toBe(1);
  return timelines[0]?.courses[0]?.entries.map(entryText) ?? [];
}

function entryText(entry: TimelineEntry): string {
  if (entry.kind === 'notKnown') return `${entry.minute} not known`;
  const { minute, identity, why } = entry;
  const name = identity.kind === 'role' ? identity.arn.split('/').at(-1) : identity.kind;
  return `${minute} ${name} ${why}`;
}

const outage: readonly Moment[] = [
  { minute: 40, change: states('sts', 'timeout') },
  { minute: 100, change: states('sts', 'answers') },
];

describe('STS does not answer for an hour, from the 40th minute on', () => {
  const cases: readonly (readonly [SdkFamily, readonly string[]])[] = [
    // Pinned: an outage, never another identity. The windows differ.
    ['botocore', ['0 app started', '50 none failed', '100 app recovered']],
    ['go-v1', ['0 app started', '60 none failed', '100 app recovered']],
    ['go-v2', ['0 app started', '60 none failed', '100 app recovered']],
    ['java-v1', ['0 app started', '59 none failed', '100 app recovered']],
    ['java-v2', ['0 app started', '59 none failed', '100 app recovered']],
    ['js-v2', ['0 app started', '60 none failed', '100 app recovered']],
    ['ruby', ['0 app started', '55 none failed', '100 app recovered']],
    ['dotnet-v4', ['0 app started', '60 none failed', '100 app recovered']],
    // They walk again, and web identity stops them.
    ['js-v3', ['0 app started', '60 none failed', '100 app recovered']],
    ['rust', ['0 app started', '60 none failed', '100 app recovered']],
    // They walk again and go on to the node's role. Kotlin alone comes back soon.
    ['kotlin', ['0 app started', '45 node changedProvider', '105 app changedProvider']],
    ['php', ['0 app started', '59 node changedProvider', '418 app changedProvider']],
    ['swift', ['0 app started', '55 node changedProvider', '410 app changedProvider']],
    // When they ask again nobody has found out.
    ['cpp', ['0 app started', '40 not known']],
    ['dotnet-v3', ['0 app started', '40 not known']],
  ];

  test.each(cases)('%s', (sdk, expected) => {
    expect(told(irsa().build(), sdk, outage)).toEqual(expected);
  });
});

describe('the first call falls into an outage', () => {
  const moments: readonly Moment[] = [
    { minute: 0, change: states('sts', 'timeout') },
    { minute: 5, change: states('sts', 'answers') },
  ];

  test.each([
    // What fell to the node stays there for good where the provider that worked is remembered.
    ['java-v2', ['0 node started']],
    ['js-v2', ['0 node started']],
    ['cpp', ['0 node started']],
    ['kotlin', ['0 node started', '15 app changedProvider']],
    ['go-v2', ['0 none started', '5 app recovered']],
    ['botocore', ['0 none started', '5 app recovered']],
  ] as const)('%s', (sdk, expected) => {
    expect(told(irsa().build(), sdk, moments)).toEqual(expected);
  });
});

describe('the trust policy of the role changes after ten minutes', () => {
  test.each([
    ['go-v2', ['0 app started', '60 none failed']],
    ['php', ['0 app started', '59 node changedProvider']],
  ] as const)('%s', (sdk, expected) => {
    expect(told(irsa().build(), sdk, [{ minute: 10, change: trustNobody }])).toEqual(expected);
  });
});

describe('kube2iam, whose sessions live half an hour', () => {
  test.each([
    // A restart shorter than the credentials' life is not noticed by those who keep the old ones.
    ['go-v2', ['0 legacy started']],
    ['java-v2', ['0 legacy started']],
    ['go-v1', ['0 legacy started', '25 none failed', '28 legacy recovered']],
  ] as const)('restarts: %s', (sdk, expected) => {
    const moments = [
      { minute: 24, change: states('kube2iam.daemon', 'gone') },
      { minute: 28, change: states('kube2iam.daemon', 'ready') },
    ];
    expect(told(annotated().build(), sdk, moments)).toEqual(expected);
  });

  test.each([
    ['go-v2', ['0 legacy started', '30 legacy servedExpired']],
    ['go-v1', ['0 legacy started', '25 none failed']],
  ] as const)('goes away and leaves its rule: %s', (sdk, expected) => {
    const moments = [{ minute: 5, change: states('kube2iam.daemon', 'gone') }];
    expect(told(annotated().build(), sdk, moments)).toEqual(expected);
  });

  test.each([
    ['go-v2', ['0 legacy started', '25 node renewed']],
    ['go-v1', ['0 legacy started', '25 node renewed']],
    ['java-v2', ['0 legacy started', '15 node renewed']],
  ] as const)('is removed, rule and all: the node role, at the next renewal: %s', (sdk, expected) => {
    const moments = [{ minute: 5, change: states('kube2iam.rule', 'absent') }];
    expect(told(annotated().build(), sdk, moments)).toEqual(expected);
  });
});

describe('what an entry tells', () => {
  test('which changes came before it, when, and where the SDK is known from', () => {
    const [timeline] = resolveOverTime(irsa().build(), 'pay/api', { sdk: 'kotlin', moments: outage });
    const entries = timeline?.courses[0]?.entries ?? [];
    expect(entries.map(({ after }) => after)).toEqual([[], ['sts=timeout'], ['sts=answers']]);
    expect(entries[1]?.source).toMatch(/CachedCredentialsProvider\.kt/);
    const steps = entries[1]?.kind === 'holds' ? entries[1].trace : [];
    expect(steps.some((step) => step.kind === 'exchange' && step.reply.kind === 'timeout')).toBe(true);
  });

  test('a fact that is open makes one course for each way in which it can be', () => {
    const open = cluster()
      .serviceAccount('pay/api', { roleArn: role('app') })
      .pod('pay/api', { serviceAccount: 'api', node: 'n1' })
      .fact('kube2iam', 'notInstalled')
      .build();
    const [timeline] = resolveOverTime(open, 'pay/api', { sdk: 'php', moments: outage });
    expect(timeline?.courses.map(({ entries }) => entries.map(entryText))).toEqual([
      ['0 app started', '59 node changedProvider', '418 app changedProvider'],
      ['0 node started'],
    ]);
  });

  test('without an SDK there is one timeline for each', () => {
    const timelines = resolveOverTime(irsa().build(), 'pay/api', { moments: outage });
    expect(timelines.map(({ sdk }) => sdk.family)).toEqual(sdkFamilies);
  });
});

describe('identity over time in any world', () => {
  const anySdk = fc.constantFrom(...sdkFamilies);
  const anyChange: fc.Arbitrary<Change> = fc.constantFrom(
    states('sts', 'timeout'),
    states('sts', 'answers'),
    states('kube2iam.daemon', 'gone'),
    states('kube2iam.rule', 'absent'),
    trustNobody,
  );
  const anyMoments = fc.array(fc.record({ minute: fc.nat(300), change: anyChange }), { maxLength: 4 });
  const stated = worlds({ maxPods: 1, facts: 'stated' });
  const nameOf = ({ workloads }: World): string => `${workloads[0]?.namespace}/${workloads[0]?.name}`;

  test('begins with what the container gets without time, and never changes when the world does not', () => {
    fc.assert(
      fc.property(stated, anySdk, (of, sdk) => {
        const { outcomes } = whichRole(of, nameOf(of), { sdk });
        const [timeline] = resolveOverTime(of, nameOf(of), { sdk, moments: [] });
        const held = timeline?.courses.map(({ entries }) =>
          entries.map((entry) => 'identity' in entry && entry.identity),
        );
        expect(held).toEqual(outcomes.map(({ identity }) => [identity]));
      }),
      { numRuns: 60 },
    );
  });

  test('tells its entries in order, none twice, none of them before a change but the first', () => {
    fc.assert(
      fc.property(stated, anySdk, anyMoments, (of, sdk, moments) => {
        const [timeline] = resolveOverTime(of, nameOf(of), { sdk, moments });
        const first = Math.min(...moments.map(({ minute }) => minute));
        for (const { entries } of timeline?.courses ?? []) {
          const minutes = entries.map(({ minute }) => minute);
          expect(minutes).toEqual([...new Set(minutes)].toSorted((a, b) => a - b));
          expect(minutes.slice(1).every((minute) => minute >= first)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a change after which the world is as before never matters to an SDK that is asked only then', () => {
    const nothing: Change = { title: 'nothing', apply: (before) => before };
    fc.assert(
      fc.property(stated, anySdk, fc.nat(500), (of, sdk, minute) => {
        const [timeline] = resolveOverTime(of, nameOf(of), { sdk, moments: [{ minute, change: nothing }] });
        expect(timeline?.courses.map(({ entries }) => entries.length)).toEqual(
          timeline?.courses.map(() => 1),
        );
      }),
      { numRuns: 40 },
    );
  });
});
