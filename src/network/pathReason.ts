/**
 * Why a packet went on, turned or ended at a station, and where that behaviour is known from.
 *
 * Where the reason differs from CNI to CNI, the step carries the source of the CNI's own row instead.
 */
export const pathReasons = {
  // namespace
  hostNetwork: 'measured with packets: a process of the node crosses neither PREROUTING nor a pod veth',
  fargateHasNoImds:
    'awsdocs/amazon-eks-user-guide "Fargate": pods cannot reach the instance metadata service',
  fargateHasNoAgent: 'awsdocs/amazon-eks-user-guide "EKS Pod Identity": not available for pods on Fargate',
  initContainerBlocks:
    'jupyterhub/zero-to-jupyterhub-k8s:jupyterhub/values.yaml (cloudMetadata.blockWithIptables)',
  loopback: 'ip(7): an address of 127.0.0.0/8 never leaves its network namespace',
  // policies
  policyAllows: 'kubernetes/website "Network Policies", the two sorts of pod isolation',
  policyIsolates: 'kubernetes/website "Network Policies", the two sorts of pod isolation',
  policyDenies:
    'kubernetes-sigs/network-policy-api:apis/v1alpha2/clusternetworkpolicy_types.go; docs.cilium.io "Deny Policies"',
  kindNotEnforced: 'the row of the CNI',
  policyNotEnforced: 'kubernetes/website "Network Policies": without a controller a policy has no effect',
  familyNotPoliced: 'the row of the CNI',
  nodeUnpoliced: 'the row of the CNI',
  noIpBlockSelects: 'the row of the CNI',
  exceptOverlooked: 'the row of the CNI',
  endpointToHostDrops: 'the row of the CNI',
  strictWithoutPolicy: 'the row of the CNI',
  policiesNotYetLoaded: 'the row of the CNI',
  // prerouting
  redirected: 'jtblin/kube2iam:iptables/iptables.go',
  redirectedToNotReady: 'jtblin/kube2iam:cmd/main.go adds the rule before the server listens',
  redirectedToGone: 'jtblin/kube2iam:README.md: nothing removes the rule; jtblin/kube2iam#141, #370',
  notInstalled: 'jtblin/kube2iam:iptables/iptables.go',
  notOnNode: 'Kubernetes documentation "DaemonSet", taints and tolerations',
  interfaceDiffers: 'measured with packets: -i matches the name of the incoming interface and nothing else',
  netfilterBypassed: 'the row of the CNI',
  ruleAbsent: 'jtblin/kube2iam:iptables/iptables.go',
  ruleInOwnNamespace: 'jtblin/kube2iam:README.md: the daemon must run with hostNetwork',
  ruleIsForIpv4:
    'jtblin/kube2iam:iptables/iptables.go, uswitch/kiam:cmd/kiam/iptables.go: iptables.New() is the IPv4 handle; measured with packets',
  ruleDiffers: 'jtblin/kube2iam:iptables/iptables.go: tcp, --metadata-addr, --dport 80',
  martian: 'measured with packets: a DNAT to 127.0.0.1 is lost without route_localnet',
  // rules of the node, as iptables-save shows them
  ruleAccepts: 'iptables(8)',
  ruleDrops: 'iptables(8)',
  ruleRejects: 'iptables-extensions(8), REJECT',
  ruleRewrites: 'iptables-extensions(8), DNAT, REDIRECT, SNAT, MASQUERADE',
  noRuleDecides: 'iptables(8): the end of a built-in chain is its policy',
  chainDrops: 'iptables(8): the end of a built-in chain is its policy',
  redirectWithoutAddress: 'measured with packets: REDIRECT needs an address on the incoming interface',
  routedToNode: 'netfilter.org "Traversing of tables and chains"',
  routedBeyond: 'netfilter.org "Traversing of tables and chains"',
  comesBack: 'measured with packets: a pod that is sent its own packet drops it',
  answerElsewhere: 'Linux:net/netfilter/nf_conntrack_core.c: what nobody tracks is not translated back',
  kiamRedirected: 'uswitch/kiam:cmd/kiam/iptables.go',
  kiamRedirectedToNotReady: 'uswitch/kiam:cmd/kiam/agent.go adds the rule before the server listens',
  kiamRedirectedToGone: 'uswitch/kiam:cmd/kiam/agent.go: only a clean end takes the rule away; measured',
  kiamNotOnNode: 'Kubernetes documentation "DaemonSet", taints and tolerations',
  kiamInterfaceDiffers:
    'uswitch/kiam:cmd/kiam/agent.go: docker0 by default; measured with packets: -i matches the name alone',
  kiamRuleAbsent: 'uswitch/kiam:cmd/kiam/agent.go: a clean end takes the rule away; measured',
  kiamRuleInOwnNamespace: 'uswitch/kiam:deploy/agent.yaml: the agent must run with hostNetwork',
  securityGroupsDrop: 'aws/amazon-vpc-cni-k8s#1796: security groups of the pod’s own interface decide',
  // receiver
  arrives: 'measured with packets',
  imdsOverIpv6Off: 'EC2 API ModifyInstanceMetadataOptions (HttpProtocolIpv6): disabled by default',
  noListener: 'measured with packets: refused within a millisecond',
  redirectedElsewhere: 'measured with packets: a DNAT to an address that nobody owns fails',
} as const;

/** The key of a reason. */
export type PathReason = keyof typeof pathReasons;
