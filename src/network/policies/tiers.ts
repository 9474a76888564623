/**
 * The tiers in which policies of several kinds are asked, by the numbers that Calico gives to them.
 *
 * Elsewhere only their order matters: administrators first, then namespaces, then the baseline. Cilium's
 * denials come before whatever allows.
 *
 * @source kubernetes-sigs/network-policy-api:apis/v1alpha2/clusternetworkpolicy_types.go (Tier);
 * docs.tigera.io "Get started with policy tiers"; docs.cilium.io "Policy Enforcement Modes"
 */
export const tiers = {
  admin: { name: 'kube-admin', order: 1_000 },
  denials: { name: 'cilium-deny', order: 999_999 },
  namespaces: { name: 'default', order: 1_000_000 },
  baseline: { name: 'kube-baseline', order: 10_000_000 },
} as const;
