import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admits, admittedSubjects } from '../../src/iam/subjects.ts';
import { roleArnAnnotation, world as build } from '../../src/model/builder.ts';
import type { PolicyOptions } from '../../src/model/builderOptions.ts';
import { cniIds, type CniId } from '../../src/model/cni.ts';
import type { FactName } from '../../src/model/factDefinitions.ts';
import { sdkFamilies, type SdkFamily } from '../../src/model/sdk.ts';
import type { Kube2iamFlags } from '../../src/model/kube2iam.ts';
import type { NetworkPolicy } from '../../src/model/kubernetes.ts';
import type { PodTemplate } from '../../src/model/pod.ts';
import type { World } from '../../src/model/world.ts';
import { cniProfile } from '../../src/network/cni/profiles.ts';
import type { Answer, Outcome } from '../../src/resolve/answer.ts';
import { answerFor } from '../../src/resolve/resolve.ts';
import { reachedText } from '../../src/resolve/reach.ts';
import { reachOfWorkload } from '../../src/resolve/reachOf.ts';
import { containersOf, statedSdk } from '../../src/resolve/subjects.ts';
import { networkPolicyOptions } from '../../src/testing/arbitraries/networkPolicy.ts';
import { testIssuer, testRoles } from '../../src/testing/arbitraries/clusterNames.ts';
import { worlds } from '../../src/testing/arbitraries/world.ts';

const numRuns = 60;
const settled = worlds({ maxPods: 2, facts: 'stated' });
/** Worlds without policies that could allow what a NetworkPolicy denies, and without rules of somebody else's. */
const filtered = worlds({ maxPods: 2, facts: 'stated', filters: 'networkPolicies' });
const sdk = fc.constantFrom(...sdkFamilies);

/** States facts over what is stated. */
function stating(world: World, facts: Readonly<Partial<Record<FactName, string>>>): World {
  const names = new Set(Object.keys(facts));
  const stated = Object.entries(facts).map(([name, value]) => ({ name: name as FactName, value }));
  return { ...world, facts: [...world.facts.filter(({ name }) => !names.has(name)), ...stated] };
}

function templates(world: World, change: (template: PodTemplate) => PodTemplate): World {
  const workloads = world.workloads.map((workload) => ({
    ...workload,
    template: change(workload.template),
  }));
  return { ...world, workloads };
}

function flags(world: World, set: Partial<Kube2iamFlags>): World {
  return {
    ...world,
    kube2iam: world.kube2iam.map((daemon) => ({ ...daemon, flags: { ...daemon.flags, ...set } })),
  };
}

function answers(world: World, family: SdkFamily): readonly Answer[] {
  return containersOf(world).map((target) => answerFor(world, target, statedSdk({ family })));
}

function told({ identity, mechanism }: Outcome): string {
  return identity.kind === 'none' ? 'none' : `${reachedText(identity)} by ${mechanism}`;
}

/** Who each container is, in the order of the containers. */
function identities(world: World, family: SdkFamily): readonly string[] {
  return answers(world, family).map(({ outcomes }) => outcomes.map(told).join(' or '));
}

/** Every pod asks for a role by IRSA, is new, and says nothing of credentials itself. */
function byWebIdentity(world: World): World {
  const plain = templates(world, ({ status: _new, ...template }) => ({
    ...template,
    labels: {},
    annotations: Object.fromEntries(
      Object.entries(template.annotations).filter(([key]) => !key.startsWith('eks.amazonaws.com/')),
    ),
    containers: template.containers.map((container) => ({ ...container, env: [] })),
  }));
  const names = new Set(
    plain.workloads.map(({ namespace, template }) => `${namespace}/${template.serviceAccountName}`),
  );
  const serviceAccounts = [...names].map((key) => {
    const [namespace = '', name = ''] = key.split('/');
    const ref = { kind: 'ServiceAccount', namespace, name };
    return { ref, namespace, name, annotations: { [roleArnAnnotation]: testRoles[0] }, annotationRefs: {} };
  });
  const complete = { ...plain.complete, podIdentityAssociations: true };
  return stating(
    { ...plain, serviceAccounts, podIdentityAssociations: [], complete },
    { webhook: 'injects' },
  );
}

/** SDKs that stop where web identity is configured and fails. */
const strict: readonly SdkFamily[] = [
  'aws-cli-v1',
  'aws-cli-v2',
  'botocore',
  'go-v1',
  'go-v2',
  'js-v3',
  'ruby',
  'rust',
];

describe('pairs of causes', () => {
  it('web identity alone broken: Go, botocore, the CLIs, JS v3, Ruby and Rust end in an error, never as somebody else', () => {
    const broken = fc.constantFrom<Readonly<Partial<Record<FactName, string>>>>(
      { sts: 'timeout' },
      { sts: 'refused' },
      { sts: 'serverError' },
      { token: 'expired' },
      { token: 'missing' },
      { token: 'unreadable' },
      { oidcProvider: 'absent' },
    );
    fc.assert(
      fc.property(settled, fc.constantFrom(...strict), broken, (drawn, family, fault) => {
        const refused = drawn.roles.map(({ trustPolicy: _open, ...role }) => role);
        const world = stating(byWebIdentity({ ...drawn, roles: refused, oidcProviders: [] }), {
          trust: 'refuses',
          ...fault,
        });
        for (const identity of identities(world, family)) expect(identity).toBe('none');
      }),
      { numRuns },
    );
  });

  const policyFor = (namespace: string, { podSelector, egress = [] }: PolicyOptions): NetworkPolicy => {
    const [policy] = build()
      .networkPolicy(`${namespace}/another`, {
        policyTypes: ['Egress'],
        egress,
        ...(podSelector ? { podSelector } : {}),
      })
      .build().networkPolicies;
    if (!policy) throw new Error('a policy was built');
    return policy;
  };

  const isStrict = ({ facts }: World): boolean => {
    const { policy } = cniProfile(facts.findLast(({ name }) => name === 'cni')?.value as CniId);
    return policy.kind === 'enforced' && policy.withoutPolicy.value === 'nothing';
  };

  it('a first egress policy never opens a way, and one more never closes any', () => {
    fc.assert(
      fc.property(settled, networkPolicyOptions(), (built, options) => {
        // A policy of another kind isolates a pod too, and a NetworkPolicy stands before the baseline.
        const drawn = { ...built, adminPolicies: [], ciliumPolicies: [], calicoPolicies: [] };
        const namespace = drawn.workloads[0]?.namespace ?? '';
        const own = drawn.networkPolicies.filter((policy) => policy.namespace === namespace);
        const selectsAll = own.some(
          ({ podSelector, policyTypes }) =>
            policyTypes.includes('Egress') &&
            Object.keys(podSelector.matchLabels).length === 0 &&
            podSelector.matchExpressions.length === 0,
        );
        if (!selectsAll && own.length > 0) return;
        // An engine that lets a pod without policies do nothing is opened by the first.
        if (isStrict(drawn)) return;
        const more = { ...drawn, networkPolicies: [...drawn.networkPolicies, policyFor(namespace, options)] };
        drawn.workloads.forEach((workload, at) => {
          const after = more.workloads[at];
          if (!after || workload.namespace !== namespace) return;
          const [narrow, wide] = selectsAll ? [drawn, more] : [more, drawn];
          const reached = (world: World): ReadonlySet<string> =>
            new Set(reachOfWorkload(world, workload).map(({ identity }) => reachedText(identity)));
          const most = reached(wide);
          expect([...reached(narrow)].filter((identity) => !most.has(identity))).toEqual([]);
        });
      }),
      { numRuns },
    );
  });

  it('for a pod of the host network the rule of kube2iam, the hop limit and NetworkPolicies are irrelevant', () => {
    const rules = fc.record({
      'kube2iam.rule': fc.constantFrom('present', 'absent'),
      'kube2iam.daemon': fc.constantFrom('ready', 'notReady', 'gone'),
      'imds.httpPutResponseHopLimit': fc.constantFrom('1', '2'),
    });
    fc.assert(
      fc.property(settled, sdk, rules, (drawn, family, facts) => {
        const host = templates(drawn, (template) => ({ ...template, hostNetwork: true }));
        const other = stating(
          { ...host, networkPolicies: [], kube2iam: [] },
          { ...facts, kube2iam: 'installed' },
        );
        expect(identities(other, family)).toEqual(identities(host, family));
      }),
      { numRuns },
    );
  });

  /** A daemon that discovers something ends at start where the metadata service is off, and adds no rule. */
  const elsewhereFlags = {
    iptables: true,
    hostInterface: 'nosuch+',
    autoDiscoverBaseArn: false,
    autoDiscoverDefaultRole: false,
  };

  it('a rule of kube2iam for an interface that no pod has is as good as no kube2iam', () => {
    fc.assert(
      fc.property(filtered, sdk, (drawn, family) => {
        const elsewhere = stating(flags(drawn, elsewhereFlags), {
          kube2iam: 'notInstalled',
        });
        const without = { ...elsewhere, kube2iam: [] };
        expect(identities(elsewhere, family)).toEqual(identities(without, family));
      }),
      { numRuns },
    );
  });

  it('without kube2iam and its rule a pod may come to the role of its node, never to another pod’s', () => {
    fc.assert(
      fc.property(settled, sdk, (drawn, family) => {
        const without = stating(
          { ...drawn, kube2iam: [] },
          { kube2iam: 'notInstalled', 'kube2iam.rule': 'absent' },
        );
        const before = answers(drawn, family);
        answers(without, family).forEach(({ outcomes: [after] }, at) => {
          const [usual] = before[at]?.outcomes ?? [];
          if (!after || !usual || told(after) === told(usual)) return;
          expect(['imds', 'none']).toContain(after.mechanism);
        });
      }),
      { numRuns },
    );
  });

  it('StringEquals with a wildcard admits no real subject, and StringLike all that StringEquals admits', () => {
    const name = fc.constantFrom('a', 'api', 'b', '*', 'a*', '?');
    const subject = fc.tuple(name, name).map((parts) => `system:serviceaccount:${parts.join(':')}`);
    const real = fc
      .tuple(fc.constantFrom('a', 'api', 'b', 'x'), fc.constantFrom('a', 'api', 'ab'))
      .map((parts) => `system:serviceaccount:${parts.join(':')}`);
    const providerArn = `arn:aws:iam::111122223333:oidc-provider/${testIssuer}`;
    const admitted = (operator: string, pattern: string): ReturnType<typeof admittedSubjects> => {
      const Condition = { [operator]: { [`${testIssuer}:sub`]: pattern } };
      const Principal = { Federated: providerArn };
      const Statement = { Effect: 'Allow', Principal, Action: 'sts:AssumeRoleWithWebIdentity', Condition };
      const document = { ref: { kind: 'TrustPolicy', name: 'x' }, value: { Statement } };
      return admittedSubjects(document, { providerArn, issuer: testIssuer });
    };
    fc.assert(
      fc.property(subject, real, (pattern, who) => {
        const equal = admits(admitted('StringEquals', pattern), who);
        if (/[*?]/.test(pattern)) expect(equal).toBe(false);
        if (equal) expect(admits(admitted('StringLike', pattern), who)).toBe(true);
      }),
    );
  });

  it('with a default role, namespace restrictions change nothing for a pod that names no role', () => {
    fc.assert(
      fc.property(settled, sdk, (drawn, family) => {
        const unannotated = templates(drawn, (template) => ({ ...template, annotations: {} }));
        const given = flags(unannotated, { defaultRole: 'default-role', autoDiscoverDefaultRole: false });
        const restricted = flags(given, { namespaceRestrictions: true });
        expect(identities(restricted, family)).toEqual(
          identities(flags(given, { namespaceRestrictions: false }), family),
        );
      }),
      { numRuns },
    );
  });

  /** A policy for every pod: everything but some blocks. */
  function allBut(world: World, cni: CniId, except: readonly string[]): World {
    const policies = ['legacy', 'secure'].map((namespace) =>
      policyFor(namespace, { egress: [{ peers: [{ cidr: '0.0.0.0/0', except }] }] }),
    );
    return stating({ ...world, networkPolicies: policies }, { cni, policyEnforcement: 'loaded' });
  }
  const hooked = (hook: 'beforeDnat' | 'afterDnat'): readonly CniId[] =>
    cniIds.filter((id) => {
      const { policy } = cniProfile(id);
      return policy.kind === 'enforced' && policy.hook === hook;
    });
  const metadata = ['169.254.169.254/32'];

  it('`except` the metadata address has no effect on redirected pods where policies are judged after DNAT', () => {
    fc.assert(
      fc.property(filtered, sdk, fc.constantFrom(...hooked('afterDnat')), (drawn, family, cni) => {
        const redirected = stating(flags(drawn, { iptables: true, hostInterface: '+' }), {
          kube2iam: 'notInstalled',
          'kube2iam.rule': 'present',
          'kube2iam.daemon': 'ready',
        });
        const byKube2iam = (world: World): readonly string[] =>
          answers(world, family)
            .flatMap(({ outcomes }) => outcomes)
            .filter(({ mechanism }) => mechanism === 'kube2iam')
            .map(told);
        expect(byKube2iam(allBut(redirected, cni, metadata))).toEqual(
          byKube2iam(allBut(redirected, cni, [])),
        );
      }),
      { numRuns },
    );
  });

  it('`except` the metadata address always closes it where policies are judged before DNAT', () => {
    fc.assert(
      fc.property(filtered, sdk, fc.constantFrom(...hooked('beforeDnat')), (drawn, family, cni) => {
        const pods = templates(drawn, (template) => ({ ...template, hostNetwork: false }));
        const found = answers(allBut(pods, cni, metadata), family)
          .flatMap(({ outcomes }) => outcomes)
          .filter(({ mechanism }) => mechanism === 'imds' || mechanism === 'kube2iam');
        expect(found.map(told)).toEqual([]);
      }),
      { numRuns },
    );
  });

  it('with an association the annotation of the service account is irrelevant', () => {
    fc.assert(
      fc.property(settled, sdk, fc.constantFrom(...testRoles), (drawn, family, roleArn) => {
        const asked = byWebIdentity(drawn);
        const podIdentityAssociations = asked.serviceAccounts.map(({ namespace, name }) => ({
          ref: { kind: 'PodIdentityAssociation', namespace, name },
          namespace,
          serviceAccount: name,
          roleArn,
        }));
        const annotated = { ...asked, podIdentityAssociations };
        const serviceAccounts = asked.serviceAccounts.map((account) => ({ ...account, annotations: {} }));
        expect(identities(annotated, family)).toEqual(identities({ ...annotated, serviceAccounts }, family));
      }),
      { numRuns },
    );
  });

  it('two replicas on one node are the same', () => {
    fc.assert(
      fc.property(worlds({ maxPods: 1, facts: 'stated' }), sdk, (drawn, family) => {
        const [first] = drawn.workloads;
        if (!first) return;
        const ref = { ...first.ref, name: 'twin' };
        // Two pods with one address would be one to kube2iam.
        const { status: _address, ...template } = first.template;
        const pods = [
          { ...first, template },
          { ...first, ref, name: 'twin', template: { ...template, ref } },
        ];
        const all = identities({ ...drawn, workloads: pods }, family);
        expect(all.slice(all.length / 2)).toEqual(all.slice(0, all.length / 2));
      }),
      { numRuns },
    );
  });
});
