import { workloadOf } from '../workloads.ts';
import { oncePer } from '../../model/oncePer.ts';
import type { NetworkPolicy } from '../../model/kubernetes.ts';
import { describeRef, type ObjectRef, isSameObject } from '../../model/objectRef.ts';
import type { Fix } from '../../model/patch.ts';
import type { Workload } from '../../model/workload.ts';
import type { World } from '../../model/world.ts';
import { matchesSelector } from '../../model/labels.ts';
import { networkPoliciesOf } from '../../network/policies/networkPolicy.ts';
import type { Answer } from '../../resolve/answer.ts';
import type { Examined, Rule } from '../finding.ts';
import { intentionsOf } from '../intention.ts';
import { causeRule, exchangesOf, type ConflictRow, type Sighting } from '../law.ts';
import { byGround, type Ground } from '../laws/ground.ts';
import {
  admitsOnlyMetadata,
  alone,
  exceptsMetadata,
  metadataWays,
  rewritePolicy,
} from '../laws/metadataBlock.ts';

/** A connection of the usual outcome that a policy stopped. */
interface Cut {
  readonly answer: Answer;
  readonly workload: Workload;
  readonly to: 'metadata' | 'containerEndpoint' | 'sts';
  /** At the pod's interface, or behind the rules of the node. */
  readonly hook: string;
  readonly reason: string;
  readonly at: ObjectRef;
  /** Present when it is a NetworkPolicy. */
  readonly policy: NetworkPolicy | undefined;
}

const cutsOf: (examined: Examined) => readonly Cut[] = oncePer(findCuts);

function findCuts({ world, answers }: Examined): readonly Cut[] {
  return answers.flatMap((answer) => {
    const workload = workloadOf(world, answer);
    const [usual] = answer.outcomes;
    if (!workload || !usual) return [];
    return exchangesOf(usual).flatMap(({ request, ways }) =>
      ways.flatMap(({ path }): readonly Cut[] => {
        const step = path.steps.find(({ action }) => action === 'drops');
        if (!step?.at || request.kind === 'readFile') return [];
        const { at, hook, reason } = step;
        const to =
          request.kind === 'imds' ? 'metadata' : request.kind === 'container' ? 'containerEndpoint' : 'sts';
        const policy = world.networkPolicies.find(({ ref }) => isSameObject(ref, at));
        return [{ answer, workload, to, hook, reason, at, policy }];
      }),
    );
  });
}

/** The law: what a policy does not admit is lost in silence, and SDKs differ in what they do then. */
function cutRule(row: ConflictRow, groundOf: (cut: Cut, examined: Examined) => Ground | undefined): Rule {
  return causeRule(row, (examined) =>
    byGround(
      row,
      cutsOf(examined).flatMap((cut) => {
        const ground = groundOf(cut, examined);
        return ground ? [{ ground, answer: cut.answer }] : [];
      }),
    ),
  );
}

function asksKube2iam(world: World, workload: Workload): boolean {
  return intentionsOf(world, workload).some(({ mechanism }) => mechanism === 'kube2iam');
}

/** The policy also selects pods that are meant to be kept from the metadata service. */
function alsoSelectsOthers(world: World, { namespace, podSelector }: NetworkPolicy): boolean {
  return world.workloads.some(
    (other) =>
      other.namespace === namespace &&
      matchesSelector(podSelector, other.template.labels) &&
      intentionsOf(world, other).some(({ mechanism }) => mechanism !== 'kube2iam') &&
      !asksKube2iam(world, other),
  );
}

function exempt(policy: NetworkPolicy, { namespace, name, template }: Workload): readonly Fix[] {
  const [label] = Object.entries(template.labels);
  if (!label) return [];
  const [key, value] = label;
  const { matchLabels, matchExpressions } = policy.podSelector;
  const podSelector = {
    matchLabels,
    matchExpressions: [...matchExpressions, { key, operator: 'NotIn' as const, values: [value] }],
  };
  return [rewritePolicy(policy, `leave ${namespace}/${name} out of`, { podSelector })];
}

function isCutFromDaemon(cut: Cut, world: World, hook: Cut['hook']): boolean {
  return cut.to === 'metadata' && cut.hook === hook && asksKube2iam(world, cut.workload);
}

const afterDnat: ConflictRow = {
  id: 'np-calico-sees-after-dnat',
  needs: ['cni'],
  title: 'the engine judges the address that the rule of kube2iam has put in place',
  severity: 'outage',
  expects: 'the address as the pod dials it to decide',
  gets: 'an allowance for the metadata service does not fit any more, since the packet goes to a port of the node: no credentials with every SDK',
  source: 'uswitch/kiam#160',
  advice: 'allow the port of kube2iam on the node',
};

/** An allowance for the address that the pod dials does not fit the port of the node. */
const allowanceDoesNotFit: Rule = cutRule(afterDnat, (cut, { world }) => {
  if (!isCutFromDaemon(cut, world, 'policyInFilter')) return undefined;
  const { at, policy } = cut;
  const port = world.kube2iam[0]?.flags.appPort ?? 8181;
  return {
    at,
    why: `${describeRef(at)} does not allow port ${port} of the node, to which kube2iam redirects metadata requests before the policy is asked`,
    fixes: policy
      ? [
          rewritePolicy(policy, `allow port ${port} in`, {
            egress: [...policy.egress, { ref: policy.ref, peers: [], ports: [{ protocol: 'TCP', port }] }],
          }),
        ]
      : [],
  };
});

/** An exception of the address that the pod dials does not stop what kube2iam takes. */
const exceptionDoesNotHold: Rule = causeRule(afterDnat, (examined) => {
  const { world } = examined;
  return metadataWays(examined).flatMap((way): readonly Sighting[] => {
    const { workload, path } = way;
    const taken = path.end.kind === 'arrives' && path.end.at.kind === 'kube2iam';
    if (!taken || asksKube2iam(world, workload)) return [];
    const policy = networkPoliciesOf(world, workload.template, 'Egress').find(
      (each) => exceptsMetadata(each) && alone(world, each, workload) === 'isolated',
    );
    if (!policy || !path.steps.some(({ hook }) => hook === 'policyInFilter')) return [];
    return [
      {
        at: policy.ref,
        message: `${describeRef(policy.ref)} excepts the metadata service, and kube2iam redirects the requests of ${workload.namespace}/${workload.name} before the policy is asked, so that they arrive`,
        severity: 'latent',
        answers: way.answers,
      },
    ];
  });
});

const seesAfterDnat: Rule = {
  ...allowanceDoesNotFit,
  find: (examined) => [...allowanceDoesNotFit.find(examined), ...exceptionDoesNotHold.find(examined)],
};

/** Conflicts in which a policy cuts a pod off from what gives it its role. */
export const networkPolicyCutRules: readonly Rule[] = [
  cutRule(
    {
      id: 'np-blocks-dns-or-sts',
      title: 'a policy cuts the pod off from DNS or STS',
      severity: 'outage',
      expects: 'the policy to concern the metadata service alone',
      gets: 'web identity cannot be completed: an error with SDKs that stop (go, botocore, js-v3), and the metadata service, where that is open, with those that go on (java-v1, java-v2, js-v2, cpp)',
      source: 'aws/amazon-vpc-cni-k8s#1796',
      advice: 'allow DNS (53, UDP and TCP) and STS (443)',
    },
    ({ to, at, policy, reason }) => {
      if (to !== 'sts' || !['policyIsolates', 'policyDenies'].includes(reason)) return undefined;
      if (policy && admitsOnlyMetadata(policy)) return undefined;
      return {
        at,
        why: `${describeRef(at)} does not allow what STS needs, which is DNS on port 53 and the endpoint on port 443`,
        fixes: policy
          ? [
              rewritePolicy(policy, 'allow DNS and STS in', {
                egress: [
                  ...policy.egress,
                  {
                    ref: policy.ref,
                    peers: [],
                    ports: [
                      { protocol: 'UDP', port: 53 },
                      { protocol: 'TCP', port: 53 },
                    ],
                  },
                  {
                    ref: policy.ref,
                    peers: [{ kind: 'ipBlock', cidr: '0.0.0.0/0', except: [] }],
                    ports: [{ protocol: 'TCP', port: 443 }],
                  },
                ],
              }),
            ]
          : [],
      };
    },
  ),
  seesAfterDnat,
  cutRule(
    {
      id: 'np-vpccni-sees-before-dnat',
      needs: ['cni'],
      title: 'a policy that closes the metadata service closes kube2iam too',
      severity: 'outage',
      expects: 'kube2iam not to be concerned',
      gets: 'the engine judges at the interface of the pod, before the rule of kube2iam is met: no credentials with every SDK',
      source: 'aws/aws-network-policy-agent#92, aws/aws-network-policy-agent#120',
      advice: 'leave the annotated pods out of the policy',
    },
    (cut, { world }) => {
      const { at, policy, workload } = cut;
      if (!isCutFromDaemon(cut, world, 'policyAtVeth') || (policy && alsoSelectsOthers(world, policy)))
        return undefined;
      return {
        at,
        why: `${describeRef(at)} stops metadata requests before kube2iam can take them`,
        fixes: policy ? exempt(policy, workload) : [],
      };
    },
  ),
  cutRule(
    {
      id: 'np-block-breaks-kube2iam-neighbours',
      needs: ['cni'],
      title: 'a block for pods with IRSA also stops the pods that use kube2iam beside them',
      severity: 'outage',
      expects: 'the metadata service to be closed for pods with IRSA',
      gets: 'the policy selects the pods of kube2iam in the namespace too: no credentials for them with every SDK',
      source: 'aws/aws-eks-best-practices#84',
      advice: 'select by a label, and migrate one namespace after another',
    },
    (cut, { world }) => {
      const { at, policy, workload } = cut;
      if (!isCutFromDaemon(cut, world, 'policyAtVeth') || !policy || !alsoSelectsOthers(world, policy))
        return undefined;
      return {
        at,
        why: `${describeRef(at)} closes the metadata service for pods with IRSA, and selects pods that need kube2iam too`,
        fixes: exempt(policy, workload),
      };
    },
  ),
  cutRule(
    {
      id: 'np-cilium-host-entity',
      needs: ['cni'],
      title: 'no range of addresses allows the node itself',
      severity: 'outage',
      expects: '`0.0.0.0/0` to hold the Pod Identity agent',
      gets: 'its address is one of the node, which Cilium knows as a host and not by an address: an error with SDKs that stop, and the metadata service, where a range allows it, with those that go on',
      source: 'cilium/cilium#34387, Smana/runlore#57',
      advice: 'allow the entity `host` by a CiliumNetworkPolicy',
    },
    ({ to, at, reason }) =>
      to === 'containerEndpoint' && reason === 'noIpBlockSelects'
        ? {
            at,
            why: `${describeRef(at)} allows ranges of addresses, and the Pod Identity agent is at an address of the node, which is in none of them for Cilium`,
            fixes: [],
          }
        : undefined,
  ),
];
