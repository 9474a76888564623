import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseInput } from '../../src/ingest/parse.ts';
import type { FactName } from '../../src/model/factDefinitions.ts';
import type { World } from '../../src/model/world.ts';
import { whichRole } from '../../src/resolve/whichRole.ts';

const folder = new URL('../../examples/kiam/', import.meta.url);
const files = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => ({ file, text: readFileSync(new URL(file, folder), 'utf8') }));

/** The example, with pieces of its text changed, and facts besides. */
function example(
  changes: readonly (readonly [from: string, to: string])[] = [],
  facts: Partial<Record<FactName, string>> = {},
): World {
  const texts = files.map(({ file, text }) => ({
    file,
    text: changes.reduce((changed, [from, to]) => changed.replace(from, to), text),
  }));
  const { world } = parseInput(texts);
  const stated = Object.entries(facts).map(([name, value]) => ({ name: name as FactName, value }));
  return { ...world, facts: [...world.facts, ...stated] };
}

/** Each outcome as role and mechanism. */
function outcomes(world: World, name: string): readonly string[] {
  return whichRole(world, name, { sdk: 'go-v2' })
    .outcomes.map(({ identity, mechanism }) => {
      const role = identity.kind === 'role' ? identity.arn.replace(/.*\//, '') : identity.kind;
      return `${role} by ${mechanism}`;
    })
    .toSorted();
}

const kube2iam = `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: kube2iam, namespace: kube-system }
spec:
  selector: { matchLabels: { name: kube2iam } }
  template:
    metadata: { labels: { name: kube2iam } }
    spec:
      hostNetwork: true
      tolerations: [{ operator: Exists }]
      containers:
        - name: kube2iam
          image: jtblin/kube2iam:0.15.0
          args: [--iptables, --host-interface=eni+, --host-ip=$(HOST_IP), --base-role-arn=arn:aws:iam::111122223333:role/]
          env: [{ name: HOST_IP, valueFrom: { fieldRef: { fieldPath: status.hostIP } } }]
---
`;
const withKube2iam: readonly [string, string] = [
  'apiVersion: v1\nkind: Namespace',
  `${kube2iam}apiVersion: v1\nkind: Namespace`,
];

describe('which role a pod behind kiam gets', () => {
  it.each<
    [
      string,
      readonly (readonly [string, string])[],
      Partial<Record<FactName, string>>,
      string,
      readonly string[],
    ]
  >([
    ['the annotated role, which its namespace permits', [], {}, 'pay/api', ['pay-api by kiam']],
    ['nothing where the namespace permits nothing', [], {}, 'shop/web', ['none by none']],
    [
      'nothing where it permits only a part of the ARN',
      [['arn:aws:iam::111122223333:role/pay-.*', 'pay-.*']],
      {},
      'pay/api',
      ['none by none'],
    ],
    [
      'nothing without an annotation',
      [['iam.amazonaws.com/role: pay-api', 'team: pay']],
      {},
      'pay/api',
      ['none by none'],
    ],
    [
      'the role of the node past a rule for another interface',
      [
        ['--host-interface=eni+', '--host-interface=cali+'],
        ['httpPutResponseHopLimit: 1', 'httpPutResponseHopLimit: 2'],
      ],
      {},
      'pay/api',
      ['node by imds'],
    ],
    [
      'the same by what its interface is not',
      [['--host-interface=eni+', '--host-interface=!eth0']],
      {},
      'pay/api',
      ['pay-api by kiam'],
    ],
    ['nothing while the server is away', [], { 'kiam.server': 'unreachable' }, 'pay/api', ['none by none']],
    ['nothing while the agent is not ready', [], { 'kiam.agent': 'notReady' }, 'pay/api', ['none by none']],
    ['nothing after an agent that was killed', [], { 'kiam.agent': 'gone' }, 'pay/api', ['none by none']],
    [
      'the role of the node after an agent that ended cleanly',
      [['httpPutResponseHopLimit: 1', 'httpPutResponseHopLimit: 2']],
      { 'kiam.agent': 'gone', 'kiam.rule': 'absent' },
      'pay/api',
      ['node by imds'],
    ],
    [
      'nothing when some pod has half an ARN',
      [['role: shop-web', 'role: arn:shop-web']],
      {},
      'pay/api',
      ['none by none'],
    ],
    [
      'nothing when the server does not start',
      [['--assume-role-arn=kiam-server', '--session=x']],
      {},
      'pay/api',
      ['none by none'],
    ],
    [
      'an older server needs no role of its own',
      [
        ['--assume-role-arn=kiam-server', '--session=x'],
        [
          'kiam:v4.2\n          command: [/kiam]\n          args:\n            - server',
          'kiam:v3.6\n          command: [/kiam]\n          args:\n            - server',
        ],
      ],
      {},
      'pay/api',
      ['pay-api by kiam'],
    ],
  ])('%s', (_name, changes, facts, pod, expected) => {
    expect(outcomes(example(changes, facts), pod)).toEqual(expected);
  });

  it('is a matter of who started first where kube2iam runs too', () => {
    const both = { 'kube2iam.daemon': 'ready', 'kube2iam.rule': 'present' } as const;
    expect(outcomes(example([withKube2iam], both), 'shop/web')).toEqual([
      'none by none',
      'shop-web by kube2iam',
    ]);
    expect(outcomes(example([withKube2iam], { ...both, firstRule: 'kube2iam' }), 'shop/web')).toEqual([
      'shop-web by kube2iam',
    ]);
    expect(outcomes(example([withKube2iam], { ...both, firstRule: 'kiam' }), 'shop/web')).toEqual([
      'none by none',
    ]);
  });
});
