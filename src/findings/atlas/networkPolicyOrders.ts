import { describeRef, type ObjectRef } from '../../model/objectRef.ts';
import type { World } from '../../model/world.ts';
import { blockingInitContainer } from '../../network/initContainerBlock.ts';
import { sharesOfKind } from '../../network/policies/policyShares.ts';
import { networkPoliciesOf } from '../../network/policies/networkPolicy.ts';
import { tracePacket } from '../../resolve/tracePacket.ts';
import type { Rule } from '../finding.ts';
import { consequences } from '../laws/consequences.ts';
import { causeRule, whereUsually, type Sighting } from '../law.ts';
import { closeMetadataForPods } from '../laws/closeMetadata.ts';
import {
  alone,
  doesNotHoldRule,
  givesNodeRole,
  metadataSaying,
  metadataTo,
  metadataWays,
  exceptsMetadata,
  stepBecause,
  type MetadataWay,
} from '../laws/metadataBlock.ts';

type OtherKind = Exclude<keyof typeof sharesOfKind, 'networkPolicy'>;

/** The policies of some kinds that deny metadata requests of a workload by a rule of their own. */
function denialsOf(
  world: World,
  { workload }: MetadataWay,
  kinds: readonly OtherKind[],
): readonly ObjectRef[] {
  return kinds.flatMap((kind) =>
    sharesOfKind[kind](world, metadataSaying(workload))
      .filter(({ rules }) => rules.some(({ action, fits }) => action === 'deny' && fits.known === 'yes'))
      .map(({ policy }) => policy),
  );
}

const adminKinds = [
  'adminNetworkPolicy',
  'clusterNetworkPolicy',
  'awsClusterNetworkPolicy',
] as const satisfies readonly OtherKind[];

const adminNames: ReadonlySet<string> = new Set([
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterNetworkPolicy',
]);

/** Conflicts in which policies of several kinds, or in an order, come to something else than each of them. */
export const networkPolicyOrderRules: readonly Rule[] = [
  doesNotHoldRule(
    {
      id: 'np-calico-global-order',
      needs: ['cni'],
      title: 'an Allow stands before the Deny',
      severity: 'wrongIdentity',
      expects: 'a Deny to win',
      gets: 'the first rule that fits decides, by the order of the policies: the node role for every SDK that comes to ask for it',
      source:
        'projectcalico/calico#4003, projectcalico/calico#4853, azimuth-cloud/capi-helm-charts#251, kinvolk/lokomotive#464',
      advice: 'give the Deny a lower order than whatever allows the address',
    },
    (way, { world }) => {
      const [denial] = denialsOf(world, way, ['calicoNetworkPolicy']);
      const allows = stepBecause(way, 'policyAllows')?.at;
      return denial && allows
        ? {
            at: denial,
            why: `${describeRef(denial)} denies the metadata service, and ${describeRef(allows)} allows it before`,
          }
        : undefined;
    },
  ),
  doesNotHoldRule(
    {
      id: 'np-admin-policy',
      needs: ['cni'],
      title: 'a policy of the administrators is not enforced, or allows what a namespace does not',
      severity: 'wrongIdentity',
      expects: 'the metadata service to be blocked',
      gets: 'an engine that does not know the kind passes it over, and where one does an Allow of the administrators comes before every NetworkPolicy: the node role for every SDK that comes to ask for it',
      source: 'kubernetes-sigs/network-policy-api:apis/v1alpha1, site-src/implementations.md',
      advice: 'use an engine that enforces the kind, and no Allow that holds the address',
    },
    (way, { world }) => {
      const [denial] = denialsOf(world, way, adminKinds);
      if (denial && stepBecause(way, 'kindNotEnforced')) {
        return {
          at: denial,
          why: `the network policy engine of this cluster does not enforce ${describeRef(denial)}`,
          fixes: [closeMetadataForPods],
        };
      }
      const allows = stepBecause(way, 'policyAllows')?.at;
      const block = networkPoliciesOf(world, way.workload.template, 'Egress').find(
        (policy) => exceptsMetadata(policy) && alone(world, policy, way.workload) === 'isolated',
      );
      return block && allows && adminNames.has(allows.kind)
        ? {
            at: allows,
            why: `${describeRef(allows)} allows the metadata service before ${describeRef(block.ref)} is asked`,
            fixes: [closeMetadataForPods],
          }
        : undefined;
    },
  ),
  causeRule(
    {
      id: 'np-startup-window',
      needs: ['cni'],
      title: 'the policy is not loaded in the first moments of a pod',
      severity: 'latent',
      expects: 'the metadata service to be blocked from the start',
      gets: 'until the engine has loaded the policies everything passes: an SDK that asks at once takes the node role and keeps it',
      source:
        'aws/aws-network-policy-agent#345, aws/aws-network-policy-agent#83, aws/aws-network-policy-agent#186, aws/aws-network-policy-agent#271, aws/aws-network-policy-agent#209',
      advice: 'require tokens of the metadata service with hop limit 1 as well',
    },
    (examined) => {
      const { world } = examined;
      const atStart: World = {
        ...world,
        facts: [...world.facts, { name: 'policyEnforcement', value: 'notYet' }],
      };
      const byPolicy = new Map<string, { readonly at: ObjectRef; readonly ways: MetadataWay[] }>();
      for (const way of metadataWays(examined)) {
        const block = stepBecause(way, 'policyIsolates', 'policyDenies')?.at;
        if (!block || way.path.end.kind !== 'dropped') continue;
        const [first] = tracePacket(atStart, way.workload, metadataTo).outcomes;
        if (!first || !givesNodeRole({ ...way, ...first })) continue;
        const key = describeRef(block);
        const known = byPolicy.get(key);
        if (known) known.ways.push(way);
        else byPolicy.set(key, { at: block, ways: [way] });
      }
      return [...byPolicy.values()].map(({ at, ways }): Sighting => ({
        at,
        message: `${describeRef(at)} closes the metadata service only once it is loaded; before, ${ways.map(({ workload }) => `${workload.namespace}/${workload.name}`).join(', ')} can take the node role`,
        answers: [],
        fixes: [closeMetadataForPods],
      }));
    },
  ),
  causeRule(
    {
      id: 'initcontainer-iptables-block',
      title: 'an init container closes the metadata service for those that start after it',
      severity: 'latent',
      expects: 'the whole pod to be shut out',
      gets: 'init containers before it have the node role, with every SDK; kube2iam is out of reach for the others too',
      source: 'jupyterhub/zero-to-jupyterhub-k8s:jupyterhub/values.yaml (cloudMetadata)',
      advice: 'let it be the first of the init containers, or close the metadata service by a policy as well',
    },
    (examined) =>
      metadataWays(examined).flatMap(({ workload, answers }): readonly Sighting[] => {
        const { containers } = workload.template;
        const block = containers
          .map((container) => blockingInitContainer(workload.template, container))
          .find((found) => found !== undefined);
        const open = whereUsually(
          answers.filter(({ subject }) => !blockingInitContainer(workload.template, subject.container)),
          ({ mechanism }) => mechanism === 'imds',
        );
        if (!block) return [];
        const before = open.filter(({ subject }) => subject.container.name !== block.name);
        if (before.length === 0) return [];
        const names = [...new Set(before.map(({ subject }) => subject.container.name))].join(', ');
        return [
          {
            at: block.ref,
            message: `init container ${block.name} of ${workload.namespace}/${workload.name} closes the metadata service only after ${names} has run, which gets ${consequences(before)}`,
            answers: before,
            fixes: [closeMetadataForPods],
          },
        ];
      }),
  ),
];
