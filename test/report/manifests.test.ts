import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInput } from '../../src/ingest/parse.ts';
import { world } from '../../src/model/builder.ts';
import type { World } from '../../src/model/world.ts';
import { describeRef } from '../../src/model/objectRef.ts';
import { manifestsText } from '../../src/report/manifests.ts';
import { answerKey, type Answer } from '../../src/resolve/answer.ts';
import { conditionText } from '../../src/resolve/condition.ts';
import { resolveAll } from '../../src/resolve/resolve.ts';
import { worlds, type WorldConstraints } from '../../src/testing/arbitraries/world.ts';

function readBack(text: string): World {
  return parseInput([{ file: 'all.yaml', text }]).world;
}

function told({ outcomes }: Answer): readonly string[] {
  return outcomes.map(({ identity, mechanism, session, when }) => {
    const who = identity.kind === 'static' ? { ...identity, from: undefined } : identity;
    return JSON.stringify([who, mechanism, session, conditionText(when)]);
  });
}

/** Worlds of which everything can be written: all but rules of iptables. */
function writableWorlds(constraints: WorldConstraints = {}): fc.Arbitrary<World> {
  return worlds(constraints).map((drawn) => ({ ...drawn, iptables: [] }));
}

const openWorlds = writableWorlds({ maxPods: 1 });
const statedWorlds = writableWorlds({ maxPods: 1, facts: 'stated' });

/** Gives a world the pods of its daemons: what is read always has them, and who they are is theirs to find. */
function withDaemonPods(drawn: World): World {
  const known = new Set(drawn.workloads.map(({ ref }) => describeRef(ref)));
  const { workloads } = readBack(manifestsText(drawn));
  const daemons = workloads.filter(({ ref }) => !known.has(describeRef(ref)));
  return { ...drawn, workloads: [...drawn.workloads, ...daemons] };
}

/** The policies of a world, wherever they were read. */
function policies({ adminPolicies, ciliumPolicies, calicoPolicies, ...others }: World): unknown {
  const { calicoTiers, calicoNetworkSets, networkPolicies, organization } = others;
  const all = [adminPolicies, ciliumPolicies, calicoPolicies, calicoTiers, calicoNetworkSets];
  const limits = organization?.policies.map(({ type, document }) => [type, document.value]);
  return plain([networkPolicies, ...all, limits]);
}

/** The answers of a world, of its own containers alone. */
function answers(of: World, subjects: World): ReadonlyMap<string, readonly string[]> {
  const names = new Set(subjects.workloads.map(({ namespace, name }) => `${namespace}/${name}`));
  return new Map(
    resolveAll(of, { sdk: { family: 'go-v2' } })
      .filter(({ subject }) => names.has(`${subject.namespace}/${subject.workload.name}`))
      .map((answer) => [answerKey(answer), told(answer)]),
  );
}

describe('a world as manifests', () => {
  it('read back gives the same answers', () => {
    fc.assert(
      fc.property(fc.oneof(openWorlds, { weight: 2, arbitrary: statedWorlds }), (drawn) => {
        const before = withDaemonPods(drawn);
        const after = readBack(manifestsText(before));
        expect(answers(after, drawn), manifestsText(before)).toEqual(answers(before, drawn));
      }),
      { numRuns: 40 },
    );
  });

  it('read back has the same policies of every kind', () => {
    fc.assert(
      fc.property(writableWorlds({ maxPods: 1 }), (before) => {
        expect(policies(readBack(manifestsText(before)))).toEqual(policies(before));
      }),
      { numRuns: 120 },
    );
  });

  it('is the same text again when it is read and written once more', () => {
    fc.assert(
      fc.property(writableWorlds(), (before) => {
        const text = manifestsText(readBack(manifestsText(before)));
        expect(manifestsText(readBack(text))).toBe(text);
      }),
      { numRuns: 40 },
    );
  });

  it('is read without complaint about what was written', () => {
    fc.assert(
      fc.property(writableWorlds(), (before) => {
        const { diagnostics } = parseInput([{ file: 'all.yaml', text: manifestsText(before) }]);
        const wrong = diagnostics.filter(
          ({ code, severity }) => severity === 'error' && !knownComplaints.has(code),
        );
        expect(wrong).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps the parts of policies that are not read, dates, labels and what owners demand and accept', () => {
    const { diagnostics, ...read } = parseInput([{ file: 'all.yaml', text: unusual }]);
    const before = read.world;
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const text = manifestsText(before);
    expect(plain(readBack(text))).toEqual(plain(before));
    expect(text).not.toContain('not written');
  });

  it('names the rules of iptables that it does not write', () => {
    const rules = { family: 4, tables: {} } as const;
    const text = manifestsText(world().iptables(rules).iptables(rules, { node: 'a' }).build());
    expect(text).toBe(
      '# not written: iptables rules of every node\n# not written: iptables rules of node a\n',
    );
  });

  it('keeps what only an export or the settings can state', () => {
    const account = '111122223333';
    const arn = (name: string): string => `arn:aws:iam::${account}:role/${name}`;
    const before = world()
      .cluster({ name: 'prod', accountId: account, region: 'eu-west-1', oidcIssuer: 'oidc.example/id/A' })
      .oidcProvider(`arn:aws:iam::${account}:oidc-provider/oidc.example/id/A`, { clientIds: ['x'] })
      .role(arn('a'), { trust: { Statement: [] }, policies: [{ Statement: [] }] })
      .role(arn('b'), { trust: { Statement: [] }, boundary: { Statement: [] } })
      .role(arn('c'))
      .complete({ rolesOfAccounts: [account], podIdentityAssociations: true })
      .podIdentityAssociation('pay/api', { roleArn: arn('a'), targetRoleArn: arn('b') })
      .organization({ managementAccountId: '444455556666', serviceControlPolicies: [{ Statement: [] }] })
      .secret('pay/keys', { AWS_REGION: 'yes', AWS_PROFILE: undefined })
      .sdk({ family: 'java-v2', version: '2.20.0' }, { namespace: 'pay' })
      .fact('trust', 'admits', arn('c'))
      .build();
    const after = readBack(manifestsText(before));
    expect(after.cluster).toMatchObject(before.cluster);
    expect(after.complete).toEqual(before.complete);
    expect(after.oidcProviders.map(({ clientIds }) => clientIds)).toEqual([['x']]);
    expect(after.dataObjects.map(({ data }) => data)).toEqual(before.dataObjects.map(({ data }) => data));
    expect(after.organization).toMatchObject({ managementAccountId: '444455556666' });
    expect(after.podIdentityAssociations).toMatchObject([{ roleArn: arn('a'), targetRoleArn: arn('b') }]);
    const known = ({ roles }: World): readonly unknown[] =>
      roles.map((role) => [
        role.arn,
        role.trustPolicy?.value,
        role.identityPolicies?.map(({ document }) => document.value),
        role.permissionsBoundary?.document.value,
      ]);
    expect(known(after)).toEqual(known(before));
    expect(after.sdkStatements).toMatchObject(before.sdkStatements);
    expect(after.facts).toMatchObject(before.facts);
  });
});

/** A value without the places where its parts were read. */
function plain(read: unknown): unknown {
  const text = JSON.stringify(read);
  return JSON.parse(text, (key, value: unknown) => (key === 'position' ? undefined : value));
}

/** Objects with a part of every sort that random worlds do not draw. */
const unusual = `
apiVersion: v1
kind: ServiceAccount
metadata:
  name: api
  namespace: pay
  creationTimestamp: '2024-05-01T00:00:00Z'
  labels: { team: pay }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: pay, annotations: { whichrole.dev/ignore: 'fargate: later' } }
spec:
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec:
      serviceAccountName: api
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms:
              - matchExpressions: [{ key: kubernetes.io/os, operator: In, values: [windows] }]
      containers: [{ name: app, image: app }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: closed
  namespace: pay
  annotations: { whichrole.dev/ignore: 'no-fallback: on purpose; other-rule: too' }
spec: { podSelector: {}, policyTypes: [Egress] }
---
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: { name: names }
spec:
  priority: 3
  subject: { pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: api } } } }
  ingress: [{ action: Deny, from: [{ namespaces: {} }] }]
  egress:
    - { action: Allow, to: [{ nodes: {} }, { domainNames: ['*.example.com'] }], ports: [{ namedPort: web }] }
    - action: Pass
      to: [{ networks: [10.0.0.0/8] }]
      ports: [{ portRange: { start: 1, end: 9 } }, { portNumber: { protocol: UDP, port: 53 } }]
---
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: { name: protocols }
spec:
  tier: Baseline
  priority: 7
  subject: { namespaces: { matchLabels: { a: b } } }
  egress:
    - action: Accept
      to: [{ networks: [0.0.0.0/0] }]
      protocols:
        - { tcp: { destinationPort: { range: { start: 1, end: 9 } } }, udp: {} }
        - destinationNamedPort: web
---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: several, namespace: pay }
specs:
  - endpointSelector: { matchLabels: { app: api } }
    enableDefaultDeny: { egress: false }
    ingressDeny: [{ fromEntities: [world] }]
    egress:
      - toFQDNs: [{ matchPattern: '*.example.com' }]
        toPorts:
          - { ports: [{ port: '443', protocol: TCP }], serverNames: [a.example.com] }
          - { ports: [{ port: '80', protocol: TCP }], rules: { http: [{ method: GET }] } }
      - toCIDRSet: [{ cidr: 10.0.0.0/8, except: [10.1.0.0/16] }, { cidrGroupRef: group }]
      - { toServices: [{ k8sService: { serviceName: a } }], authentication: { mode: required } }
      - toPorts: [{ ports: [{ port: '8000', endPort: 9000 }, { port: web }] }]
  - endpointSelector: {}
    ingress: [{ fromEndpoints: [] }]
---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: { name: limits, namespace: pay }
spec:
  tier: security
  order: 12.5
  types: [Ingress, Egress]
  selector: (app == "it's" || has(team)) && !all()
  serviceAccountSelector: team in {'pay', 'shop'}
  ingress: [{ action: Allow, source: { ports: [1234], serviceAccounts: { names: [api], selector: all() } } }]
  egress:
    - action: Allow
      ipVersion: 4
      protocol: TCP
      notProtocol: UDP
      destination: { domains: [a.example.com], ports: ['1:9', 443, web], notNets: [10.0.0.1] }
    - { action: Deny, http: { methods: [GET] }, destination: { notSelector: global() } }
    - { action: Pass, destination: { services: { name: a } } }
---
apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata: { name: set, namespace: pay, labels: { a: b } }
spec: { nets: [10.0.0.1] }
---
apiVersion: vpcresources.k8s.aws/v1beta1
kind: SecurityGroupPolicy
metadata: { name: groups, namespace: pay }
spec: { podSelector: { matchLabels: { app: api } }, securityGroups: { groupIds: [sg-1] } }
---
SecurityGroups:
  - { GroupId: sg-1, IpPermissionsEgress: [{ IpProtocol: tcp, FromPort: 443, ToPort: 443 }, { IpProtocol: '-1' }] }
---
association:
  namespace: pay
  serviceAccount: api
  roleArn: arn:aws:iam::111122223333:role/api
  createdAt: '2024-05-01T00:00:01Z'
---
apiVersion: whichrole.dev/v1
kind: Settings
expect:
  - { workload: pay/api, role: api, underFaults: 1 }
  - { namespace: pay, never: node-role }
  - { never: none }
suppress:
  - { rule: some-rule, object: 'TrustPolicy *', reason: known }
`;

/** Mistakes that a world holds on purpose, and that its text holds with it. */
const knownComplaints: ReadonlySet<string> = new Set(['bad-flag', 'unknown-flag']);
