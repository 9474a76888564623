import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { isStrictlyInside, parseCidr } from '../../../src/ingest/kubernetes/cidr.ts';
import { complaints, read } from '../read.ts';

const policy = (spec: string): string =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: pay}\nspec: ${spec}`;

describe('readNetworkPolicy', () => {
  it.each<[string, readonly string[]]>([
    ['{podSelector: {}}', ['Ingress']],
    ['{podSelector: {}, egress: []}', ['Ingress']],
    ['{podSelector: {}, egress: null, policyTypes: []}', ['Ingress']],
    ['{podSelector: {}, egress: [{}]}', ['Ingress', 'Egress']],
    ['{podSelector: {}, policyTypes: [Egress]}', ['Egress']],
    ['{podSelector: {}, egress: [{}], policyTypes: [Ingress]}', ['Ingress']],
  ])('%s has the policy types %j', (spec, expected) => {
    expect(read(policy(spec)).world.networkPolicies[0]?.policyTypes).toEqual(expected);
  });

  it.each(['{podSelector: {}}', '{podSelector: {matchLabels: {}}}', '{}', '{podSelector: }'])(
    '%s selects every pod',
    (spec) => {
      expect(read(policy(spec)).world.networkPolicies[0]?.podSelector).toEqual({
        matchLabels: {},
        matchExpressions: [],
      });
    },
  );

  it('reads peers and ports, with the place of each rule', () => {
    const text = [
      'apiVersion: networking.k8s.io/v1',
      'kind: NetworkPolicy',
      'metadata: {name: p}',
      'spec:',
      '  podSelector: {matchExpressions: [{key: a, operator: NotIn, values: [b]}]}',
      '  egress:',
      '    - to:',
      '        - ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}',
      '        - namespaceSelector: {}',
      '          podSelector: {matchLabels: {k8s-app: dns}}',
      '      ports: [{port: 53, protocol: UDP}, {port: 8000, endPort: 9000}, {port: https}, {protocol: TCP}]',
      '    - {}',
    ].join('\n');
    const parsed = read(text);
    expect(complaints(parsed)).toEqual([]);
    expect(parsed.world.networkPolicies[0]?.egress).toEqual([
      {
        ref: expect.objectContaining({
          field: 'spec.egress[0]',
          position: { file: 'a.yaml', line: 7, column: 7 },
        }),
        peers: [
          { kind: 'ipBlock', cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] },
          {
            kind: 'pods',
            namespaceSelector: { matchLabels: {}, matchExpressions: [] },
            podSelector: { matchLabels: { 'k8s-app': 'dns' }, matchExpressions: [] },
          },
        ],
        ports: [
          { protocol: 'UDP', port: 53 },
          { protocol: 'TCP', port: 8000, endPort: 9000 },
          { protocol: 'TCP', port: 'https' },
          { protocol: 'TCP' },
        ],
      },
      { ref: expect.objectContaining({ field: 'spec.egress[1]' }), peers: [], ports: [] },
    ]);
  });

  it.each<[string, string]>([
    ['an empty peer', 'egress: [{to: [{}]}]'],
    ['a peer of nothing', 'egress: [{to: [{podSelector: }]}]'],
    ['a block beside a selector', 'egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]}]'],
    ['an address without a mask', 'egress: [{to: [{ipBlock: {cidr: 10.0.0.1}}]}]'],
    [
      'an exception as large as the block',
      'egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/8]}}]}]',
    ],
    [
      'an exception outside the block',
      'egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/16]}}]}]',
    ],
    [
      'an exception of the other family',
      'egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [fd00::/8]}}]}]',
    ],
    ['a protocol in lower case', 'egress: [{ports: [{protocol: tcp}]}]'],
    ['a port too high', 'egress: [{ports: [{port: 70000}]}]'],
    ['a port in quotes', 'egress: [{ports: [{port: "80"}]}]'],
    ['an end below the start', 'egress: [{ports: [{port: 90, endPort: 80}]}]'],
    ['an end after a name', 'egress: [{ports: [{port: http, endPort: 80}]}]'],
    ['an end without a start', 'egress: [{ports: [{endPort: 80}]}]'],
    ['an unknown policy type', 'policyTypes: [egress]'],
    ['an unknown operator', 'podSelector: {matchExpressions: [{key: a, operator: in, values: [b]}]}'],
    ['an operator without values', 'podSelector: {matchExpressions: [{key: a, operator: In}]}'],
    [
      'an operator with values too many',
      'podSelector: {matchExpressions: [{key: a, operator: Exists, values: [b]}]}',
    ],
  ])('treats a policy with %s as not there', (_name, spec) => {
    const parsed = read(policy(`{${spec}}`));
    expect(parsed.world.networkPolicies).toEqual([]);
    expect(parsed.diagnostics).toMatchObject([
      { severity: 'error', code: 'rejected-policy', position: { line: 4 } },
    ]);
  });

  it.each<[string, string, string]>([
    ['a misspelt field', '{policyType: [Egress]}', '4 warning unknown-field spec.policyType → policyTypes'],
    [
      'a field of the other direction',
      '{egress: [{from: []}]}',
      '4 warning unknown-field spec.egress[0].from',
    ],
  ])('warns of %s, which would change the meaning', (_name, spec, expected) => {
    expect(complaints(read(policy(spec)))).toEqual([expected]);
  });
});

describe('parseCidr', () => {
  it.each([
    ['0.0.0.0/0', 'ipv4', 0n, 0],
    ['10.1.2.3/8', 'ipv4', 0x0a010203n, 8],
    ['::/0', 'ipv6', 0n, 0],
    ['fd00:ec2::254/128', 'ipv6', 0xfd000ec2000000000000000000000254n, 128],
    ['::ffff:1.2.3.4/128', 'ipv6', 0xffff01020304n, 128],
    ['1:2:3:4:5:6:7:8/64', 'ipv6', 0x00010002000300040005000600070008n, 64],
  ] as const)('reads %s', (text, family, address, maskLength) => {
    expect(parseCidr(text)).toEqual({ family, address, maskLength });
  });

  it.each([
    '',
    '10.0.0.1',
    '10.0.0/8',
    '10.0.0.256/8',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    ':::/0',
    '1::2::3/0',
    '::g/0',
    '1:2:3/64',
    'a/8',
  ])('refuses %j', (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });

  const cidr = fc
    .record({ bits: fc.bigInt({ min: 0n, max: 0xffffffffn }), maskLength: fc.nat(32) })
    .map(({ bits, maskLength }) => ({
      text: `${[24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 255n).join('.')}/${maskLength}`,
      bits,
      maskLength,
    }));

  test.prop([cidr])('what was written is what is read', ({ text, bits, maskLength }) => {
    expect(parseCidr(text)).toEqual({ family: 'ipv4', address: bits, maskLength });
  });

  test.prop([cidr, cidr])('of two blocks at most one lies strictly inside the other', (a, b) => {
    const [first, second] = [parseCidr(a.text), parseCidr(b.text)];
    if (!first || !second) throw new Error('both are blocks');
    expect(isStrictlyInside(first, second) && isStrictlyInside(second, first)).toBe(false);
    expect(isStrictlyInside(first, first)).toBe(false);
  });
});
