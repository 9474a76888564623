import { describeRef, type ObjectRef } from '../../model/objectRef.ts';
import type { Answer } from '../../resolve/answer.ts';
import type { ExchangeStep } from '../../resolve/trace.ts';
import type { Finding, Rule } from '../finding.ts';
import { workloadNames } from '../workloads.ts';

/**
 * An egress policy cuts a container off from STS while the metadata service stays in reach: it was meant as a
 * block and works as an allow-list.
 */
export const policyLeavesOnlyMetadata: Rule = {
  id: 'policy-leaves-only-metadata',
  title: 'an egress policy blocks STS and leaves the metadata service open',
  severity: 'wrongIdentity',
  expects: 'the metadata service to be blocked',
  gets: 'the reverse: nothing but the metadata service is left in reach',
  level: 'cause',
  source: 'aws/aws-network-policy-agent#120, uswitch/kiam#160',
  find: ({ world, answers }) =>
    world.networkPolicies.flatMap((policy): readonly Finding[] => {
      if (!policy.policyTypes.includes('Egress') || !admitsOnlyMetadata(policy.egress)) return [];
      const affected = answers.filter((answer) => isCutOff(answer, policy.ref));
      if (affected.length === 0) return [];
      return [
        {
          rule: policyLeavesOnlyMetadata.id,
          severity: 'wrongIdentity',
          at: policy.ref,
          message: `${describeRef(policy.ref)} allows only 169.254.169.254 and so cuts ${workloadNames(affected).join(', ')} off from everything else, STS included`,
          answers: affected,
          advice:
            'allow `0.0.0.0/0` except `169.254.169.254/32`, and make sure that the CNI enforces it before DNAT',
          fixes: [],
        },
      ];
    }),
};

function admitsOnlyMetadata(
  rules: readonly { readonly peers: readonly { readonly kind: string }[] }[],
): boolean {
  const peers = rules.flatMap((rule) => rule.peers);
  const open = rules.some((rule) => rule.peers.length === 0);
  return (
    !open &&
    peers.length > 0 &&
    peers.every((peer) => peer.kind === 'ipBlock' && 'cidr' in peer && peer.cidr === '169.254.169.254/32')
  );
}

function isCutOff(answer: Answer, policy: ObjectRef): boolean {
  return answer.outcomes.some(({ trace }) =>
    trace.some((step) => step.kind === 'exchange' && isDroppedBy(step, policy)),
  );
}

function isDroppedBy({ ways }: ExchangeStep, policy: ObjectRef): boolean {
  return ways.some(
    ({ to, path }) =>
      to.kind !== 'address' &&
      path.steps.some(
        ({ action, at }) =>
          action === 'drops' &&
          at?.kind === policy.kind &&
          at.namespace === policy.namespace &&
          at.name === policy.name,
      ),
  );
}
