import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCalicoSelector } from '../../../src/ingest/kubernetes/calicoSelector.ts';
import { parseInput } from '../../../src/ingest/parse.ts';
import { matchesCalicoSelector, type CalicoSelector } from '../../../src/model/calicoSelector.ts';

/** Complaints about one object, as `line: code field: message`. */
function complaints(text: string): readonly string[] {
  return parseInput([{ file: 'p.yaml', text }]).diagnostics.map(
    ({ position, code, field = '', message }) => `${position?.line}: ${code} ${field}: ${message}`,
  );
}

const admin = (spec: string): string =>
  `apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {name: a}\nspec:\n  ${spec}\n`;
const cilium = (spec: string): string =>
  `apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: c}\nspec:\n  ${spec}\n`;
const calico = (spec: string): string =>
  `apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: g}\nspec:\n  ${spec}\n`;
const subject = 'subject: {namespaces: {}}';

describe('what cannot be used in a policy', () => {
  it.each<[string, string, readonly string[]]>([
    [
      'a priority out of range',
      admin(`{priority: 1001, ${subject}}`),
      ['5: rejected-policy spec.priority: the priority must be a number from 0 to 1000'],
    ],
    [
      'an unknown action',
      admin(`{priority: 1, ${subject}, egress: [{action: Permit, to: [{namespaces: {}}]}]}`),
      ['5: rejected-policy spec.egress[0].action: `Permit` is no action'],
    ],
    [
      'a rule without peers',
      admin(`{priority: 1, ${subject}, egress: [{action: Deny}]}`),
      ['5: rejected-policy spec.egress[0]: a rule must name at least one peer'],
    ],
    [
      'an address without a mask',
      admin(`{priority: 1, ${subject}, egress: [{action: Deny, to: [{networks: [10.0.0.1]}]}]}`),
      ['5: rejected-policy spec.egress[0].to[0].networks: `10.0.0.1` is no address block in CIDR notation'],
    ],
    [
      'a misspelt field',
      admin(`{priority: 1, ${subject}, egres: []}`),
      ['5: unknown-field spec.egres: there is no field `egres` here'],
    ],
    [
      'peers in two ways',
      cilium('{endpointSelector: {}, egress: [{toCIDR: [10.0.0.0/8], toEntities: [world]}]}'),
      ['5: rejected-policy spec.egress[0]: an entry can name its peers in one way only'],
    ],
    [
      'an unknown entity',
      cilium('{endpointSelector: {}, egress: [{toEntities: [word]}]}'),
      ['5: rejected-policy spec.egress[0].toEntities: `word` is no entity'],
    ],
    [
      'a port without its list, as people write it',
      cilium('{endpointSelector: {}, egress: [{toPorts: [{port: "80"}]}]}'),
      ['5: unknown-field spec.egress[0].toPorts[0].port: there is no field `port` here'],
    ],
    [
      'a host policy',
      cilium('{nodeSelector: {}, egress: []}'),
      ['5: not-read spec.nodeSelector: a host policy is not read; it is about nodes and not about pods'],
    ],
    [
      'names of hosts',
      cilium('{endpointSelector: {}, egress: [{toFQDNs: [{matchName: x.y}]}]}'),
      ['5: not-read spec.egress[0].toFQDNs: `toFQDNs` is not read'],
    ],
    [
      'a selector that is none',
      calico('{selector: app = "x"}'),
      ['5: rejected-policy spec.selector: `app = "x"` is no selector: `app` is not followed by an operator'],
    ],
    [
      'ports the wrong way round',
      calico('{egress: [{action: Allow, protocol: TCP, destination: {ports: ["90:80"]}}]}'),
      ['5: rejected-policy spec.egress[0].destination.ports[0]: `90:80` is no range of ports'],
    ],
    [
      'a match on HTTP',
      calico('{ingress: [{action: Allow, http: {methods: [GET]}}]}'),
      ['5: not-read spec.ingress[0].http: `http` is not read'],
    ],
    [
      'a policy before DNAT',
      calico('{preDNAT: true, applyOnForward: true}'),
      ['5: not-read spec.preDNAT: the policy is not read; it is about host endpoints and not about pods'],
    ],
  ])('%s is told with its line and field', (_title, text, told) => {
    expect(complaints(text)).toEqual(told);
  });

  it.each([
    ['crd.antrea.io/v1beta1', 'NetworkPolicy'],
    ['crd.antrea.io/v1beta1', 'ClusterNetworkPolicy'],
    ['networking.k8s.aws/v1alpha1', 'ApplicationNetworkPolicy'],
    ['cilium.io/v2', 'CiliumLocalRedirectPolicy'],
  ])('a kind that is not read is told: %s %s', (apiVersion, kind) => {
    const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\nspec: {tier: x}`;
    expect(complaints(text)).toEqual([
      '1: not-read : policies of this kind are not read; answers are as if it were not there',
    ]);
  });

  it('leaves out the policy that would be refused, and keeps the others', () => {
    const { world } = parseInput([
      {
        file: 'p.yaml',
        text: `${admin(`{priority: -1, ${subject}}`)}---\n${cilium('{endpointSelector: {}}')}`,
      },
    ]);
    expect(world.adminPolicies).toEqual([]);
    expect(world.ciliumPolicies).toHaveLength(1);
  });
});

describe('the selectors of Calico', () => {
  const labels = { app: 'web', 'k8s.io/tier': 'front-end' };
  it.each([
    ['', true],
    ['all()', true],
    ['global()', false],
    ["app == 'web'", true],
    ['app == "db"', false],
    ["app != 'db'", true],
    ["zone != 'a'", true],
    ["zone == 'a'", false],
    ['has(app)', true],
    ['!has(app)', false],
    ['! has( zone )', true],
    ["app in {'web', 'db'}", true],
    ['app in {}', false],
    ["zone not in {'a'}", true],
    ["k8s.io/tier contains 't-e'", true],
    ["k8s.io/tier starts with 'front'", true],
    ["k8s.io/tier ends  with 'front'", false],
    ["app == 'db' || app == 'web' && has(app)", true],
    ["(app == 'db' || app == 'web') && has(zone)", false],
    ["!(app == 'db') && !has(zone)", true],
    ['!!has(app)', true],
  ])('%s', (text, matches) => {
    const selector = parseCalicoSelector(text);
    expect('wrong' in selector ? selector.wrong : matchesCalicoSelector(selector, labels)).toBe(matches);
  });

  it.each([
    ['app', '`app` is not followed by an operator'],
    ['app == web', '`web` is no text in quotes'],
    ["(app == 'x'", 'a `)` is missing'],
    ["app in 'x'", 'a set must stand in `{}`'],
    ["app in {'x' 'y'}", 'a `}` is missing'],
    ["app == 'x' app", '`app` is not understood'],
    ['&& has(x)', '`&& has(x)` does not begin with a label'],
  ])('%s is none', (text, wrong) => {
    expect(parseCalicoSelector(text)).toEqual({ wrong });
  });

  const key = fc.constantFrom('app', 'k8s.io/tier', 'zone');
  const value = fc.constantFrom('web', 'x y', '');
  const { selector } = fc.letrec<{ selector: CalicoSelector }>((tie) => ({
    selector: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'selector' },
      fc.constant({ kind: 'all' as const }),
      key.map((one) => ({ kind: 'has' as const, key: one })),
      fc.record({
        kind: fc.constant('compare' as const),
        key,
        operator: fc.constantFrom('==', '!=', 'contains', 'starts with', 'ends with'),
        value,
      }),
      fc.record({ kind: fc.constantFrom('in', 'not in'), key, values: fc.array(value, { maxLength: 2 }) }),
      fc.record({ kind: fc.constant('not' as const), operand: tie('selector') }),
      fc.record({
        kind: fc.constantFrom('and', 'or'),
        operands: fc.array(tie('selector'), { minLength: 2, maxLength: 3 }),
      }),
    ),
  }));

  it('written with brackets everywhere is read back to what matches the same', () => {
    const some = fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true });
    fc.assert(
      fc.property(selector, some, (drawn, drawnLabels) => {
        const read = parseCalicoSelector(write(drawn));
        if ('wrong' in read) throw new Error(`${write(drawn)}: ${read.wrong}`);
        expect(matchesCalicoSelector(read, drawnLabels)).toBe(matchesCalicoSelector(drawn, drawnLabels));
      }),
      { numRuns: 150 },
    );
  });
});

function write(selector: CalicoSelector): string {
  switch (selector.kind) {
    case 'all':
    case 'global':
      return `${selector.kind}()`;
    case 'has':
      return `has(${selector.key})`;
    case 'compare':
      return `${selector.key} ${selector.operator} '${selector.value}'`;
    case 'in':
    case 'not in':
      return `${selector.key} ${selector.kind} {${selector.values.map((one) => `"${one}"`).join(', ')}}`;
    case 'not':
      return `!(${write(selector.operand)})`;
    case 'and':
    case 'or':
      return `(${selector.operands.map(write).join(selector.kind === 'and' ? ' && ' : '||')})`;
  }
}
