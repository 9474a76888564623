import * as fc from 'fast-check';
import type { PolicyOptions, PolicyRuleOptions } from '../../model/builderOptions.ts';
import { everything, type LabelSelector } from '../../model/labels.ts';
import { inOrder, type BuildStep } from './buildStep.ts';
import { testNamespaces } from './clusterNames.ts';

/** The address of the instance metadata service as a block. */
const metadata = '169.254.169.254/32';

const egressMenu: readonly (readonly PolicyRuleOptions[])[] = [
  [],
  [{}],
  [{ peers: [{ cidr: metadata }] }],
  [{ peers: [{ cidr: '0.0.0.0/0', except: [metadata] }] }],
  [{ peers: [{ cidr: '0.0.0.0/0' }] }],
  [{ peers: [{ cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] }], ports: [{ protocol: 'TCP', port: 443 }] }],
  [{ ports: [{ protocol: 'UDP', port: 53 }] }, { ports: [{ protocol: 'TCP', port: 443 }] }],
  [{ peers: [{ namespaceSelector: everything }] }],
  [{ peers: [{ cidr: '169.254.170.23/32' }], ports: [{ protocol: 'TCP', port: 80 }] }],
  [{ peers: [{ cidr: '10.0.0.0/8' }] }, { ports: [{ protocol: 'TCP', port: 1, endPort: 442 }] }],
];

const selectors: readonly LabelSelector[] = [
  everything,
  { matchLabels: { tier: 'web' }, matchExpressions: [] },
  { matchLabels: {}, matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['web'] }] },
];

/** Draws a NetworkPolicy about egress, as the builder takes it. */
export function networkPolicyOptions(): fc.Arbitrary<PolicyOptions> {
  return fc.record({
    podSelector: fc.constantFrom(...selectors),
    policyTypes: fc.constantFrom(['Egress'] as const, ['Ingress', 'Egress'] as const),
    egress: fc.constantFrom(...egressMenu),
  });
}

/** Draws up to three NetworkPolicies; none has the name of another. */
export function networkPolicies(): fc.Arbitrary<BuildStep> {
  const draft = fc.record({ namespace: fc.constantFrom(...testNamespaces), options: networkPolicyOptions() });
  return fc.array(draft, { maxLength: 3 }).map((drafts) =>
    inOrder(
      drafts.map(
        ({ namespace, options }, at): BuildStep =>
          (builder) =>
            builder.networkPolicy(`${namespace}/policy-${at}`, options),
      ),
    ),
  );
}
