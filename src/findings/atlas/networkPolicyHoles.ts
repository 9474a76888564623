import type { NetworkPolicy } from '../../model/kubernetes.ts';
import { everything, matchesSelector } from '../../model/labels.ts';
import { describeRef, type ObjectRef, isSameObject } from '../../model/objectRef.ts';
import { indexOf, type World } from '../../model/world.ts';
import { networkPoliciesOf } from '../../network/policies/networkPolicy.ts';
import type { Rule } from '../finding.ts';
import { closeMetadataForPods } from '../laws/closeMetadata.ts';
import {
  alone,
  doesNotHoldRule,
  egressExceptMetadata,
  exceptsMetadata,
  metadataAddress,
  refsAt,
  rewritePolicy,
  stepBecause,
  type MetadataWay,
} from '../laws/metadataBlock.ts';

/** The policies that select a workload and would stop its metadata requests, were they alone and enforced. */
function blocksOf(world: World, { workload }: MetadataWay): readonly NetworkPolicy[] {
  return networkPoliciesOf(world, workload.template, 'Egress').filter(
    (policy) => alone(world, policy, workload) === 'isolated',
  );
}

function listed(refs: readonly ObjectRef[]): string {
  return refs.map(describeRef).join(', ');
}

const egressExcept: NetworkPolicy['egress'][number]['peers'] = [
  { kind: 'ipBlock', cidr: '0.0.0.0/0', except: [`${metadataAddress}/32`] },
];

/** Conflicts in which a NetworkPolicy that is meant as a block of the metadata service is none. */
export const networkPolicyHoleRules: readonly Rule[] = [
  doesNotHoldRule(
    {
      id: 'np-not-enforced',
      needs: ['cni'],
      title: 'nobody enforces the policy that closes the metadata service',
      severity: 'latent',
      expects: 'the metadata service to be blocked',
      gets: 'nothing is blocked: the node role stays within reach of every SDK that comes to ask for it',
      source:
        'aws/amazon-vpc-cni-k8s#2478, curie-eng/curie:charts/curie/templates/security-networkpolicy.yaml',
      advice: 'switch on an engine that enforces NetworkPolicy',
    },
    (way, { world }) => {
      const [block] = blocksOf(world, way);
      return block && stepBecause(way, 'policyNotEnforced')
        ? {
            at: block.ref,
            why: `nothing in this cluster enforces ${describeRef(block.ref)}`,
            fixes: [closeMetadataForPods],
          }
        : undefined;
    },
  ),
  doesNotHoldRule(
    {
      id: 'np-additive',
      title: 'another policy allows the metadata service again',
      severity: 'wrongIdentity',
      expects: 'one policy to deny what it excepts',
      gets: 'policies only add up, so that what any of them allows is allowed: the node role for every SDK that comes to ask for it',
      source: 'kinvolk/lokomotive#464, curie-eng/curie:charts/curie/templates/security-networkpolicy.yaml',
      advice: 'except the metadata service in the wider policy too',
    },
    (way, { world }) => {
      const block = blocksOf(world, way).find(exceptsMetadata);
      const step = stepBecause(way, 'policyAllows');
      const wider = networkPoliciesOf(world, way.workload.template, 'Egress').filter(
        (policy) => step && refsAt(step).some((ref) => isSameObject(ref, policy.ref)),
      );
      const [first] = wider;
      return block && first && !exceptsMetadata(first)
        ? {
            at: first.ref,
            why: `${describeRef(block.ref)} excepts the metadata service and ${listed(wider.map(({ ref }) => ref))} allows it`,
            fixes: [
              {
                title: `except the metadata service in ${listed(wider.map(({ ref }) => ref))}`,
                patches: wider.map((policy) => ({
                  kind: 'networkPolicy' as const,
                  policy: { ...policy, egress: egressExceptMetadata(policy) },
                })),
              },
            ],
          }
        : undefined;
    },
  ),
  doesNotHoldRule(
    {
      id: 'np-split-cidr',
      title: 'another range of the same policy holds the metadata service',
      severity: 'wrongIdentity',
      expects: 'the metadata service to be excepted',
      gets: 'an exception limits its own range alone, and another range allows the address: the node role for every SDK that comes to ask for it',
      source: 'curie-eng/curie#207',
      advice: 'except the address in each range that holds it',
    },
    (way, { world }) => {
      const policy = networkPoliciesOf(world, way.workload.template, 'Egress').find(
        (each) => exceptsMetadata(each) && alone(world, each, way.workload) === 'allowed',
      );
      return policy && stepBecause(way, 'policyAllows')
        ? {
            at: policy.ref,
            why: `${describeRef(policy.ref)} excepts the metadata service in one range and allows it by another`,
            fixes: [
              rewritePolicy(policy, 'except the metadata service in each range of', {
                egress: egressExceptMetadata(policy),
              }),
            ],
          }
        : undefined;
    },
  ),
  doesNotHoldRule(
    {
      id: 'np-wrong-direction',
      title: 'the policy is about what comes in',
      severity: 'wrongIdentity',
      expects: 'requests to the metadata service to be blocked',
      gets: 'the policy does not limit egress at all: the node role for every SDK that comes to ask for it',
      source: 'ramanagali/Interview_Guide#5',
      advice: 'write egress rules, and `Egress` among `policyTypes`',
    },
    ({ workload }, { world }) => {
      const policy = indexOf(world)
        .policiesOf(workload.namespace)
        .find(
          (each) =>
            !each.policyTypes.includes('Egress') &&
            matchesSelector(each.podSelector, workload.template.labels) &&
            exceptsMetadata(each),
        );
      if (!policy || networkPoliciesOf(world, workload.template, 'Egress').length > 0) return undefined;
      return {
        at: policy.ref,
        why: `${describeRef(policy.ref)} excepts the metadata service and limits ingress alone`,
        fixes: [
          rewritePolicy(policy, 'limit egress by', {
            policyTypes: ['Egress'],
            ingress: [],
            egress:
              policy.egress.length > 0
                ? policy.egress
                : [{ ref: policy.ref, peers: egressExcept, ports: [] }],
          }),
        ],
      };
    },
  ),
  doesNotHoldRule(
    {
      id: 'np-selector-misses',
      title: 'the policy that closes the metadata service selects no pod',
      severity: 'wrongIdentity',
      expects: 'the pods of the namespace to be blocked',
      gets: 'the policy has no effect: the node role for every SDK that comes to ask for it',
      source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
      advice: 'select labels that the pod template carries; an empty selector selects every pod',
    },
    ({ workload }, { world }) => {
      const policy = indexOf(world)
        .policiesOf(workload.namespace)
        .find(
          (each) =>
            each.policyTypes.includes('Egress') &&
            exceptsMetadata(each) &&
            !world.workloads.some(
              ({ namespace, template }) =>
                namespace === each.namespace && matchesSelector(each.podSelector, template.labels),
            ),
        );
      if (!policy || networkPoliciesOf(world, workload.template, 'Egress').length > 0) return undefined;
      return {
        at: policy.ref,
        why: `${describeRef(policy.ref)} selects no pod of its namespace`,
        fixes: [rewritePolicy(policy, 'select every pod by', { podSelector: everything })],
      };
    },
  ),
  doesNotHoldRule(
    {
      id: 'np-ipv6-cluster',
      needs: ['cni'],
      title: 'the policies of an IPv6 cluster do not judge IPv4',
      severity: 'wrongIdentity',
      expects: 'what is denied to be everything',
      gets: 'the metadata service has an IPv4 address, which the engine does not look at: the node role for every SDK that comes to ask for it',
      source: 'aws/containers-roadmap#2440, aws/aws-network-policy-agent:pkg/ebpf/c/tc.v4egress.bpf.c',
      advice: 'require tokens of the metadata service with hop limit 1',
    },
    (way, { world }) => {
      const [block] = blocksOf(world, way);
      return block && stepBecause(way, 'familyNotPoliced')
        ? {
            at: block.ref,
            why: `this is an IPv6 cluster, and the IPv4 address of the metadata service passes ${describeRef(block.ref)}`,
            fixes: [closeMetadataForPods],
          }
        : undefined;
    },
  ),
  doesNotHoldRule(
    {
      id: 'np-except-agent-bug',
      needs: ['cni'],
      title: 'an old network policy agent overlooks exceptions',
      severity: 'wrongIdentity',
      expects: 'the metadata service to be excepted',
      gets: 'the agent allows the whole range: the node role for every SDK that comes to ask for it',
      source: 'aws/aws-network-policy-agent#92, aws/aws-network-policy-agent#120',
      advice: 'run the network policy agent 1.0.4 or later',
    },
    (way, { world }) => {
      const [block] = blocksOf(world, way);
      return block && stepBecause(way, 'exceptOverlooked')
        ? {
            at: block.ref,
            why: `the network policy agent of this cluster overlooks the exceptions of ${describeRef(block.ref)}`,
            fixes: [closeMetadataForPods],
          }
        : undefined;
    },
  ),
];
