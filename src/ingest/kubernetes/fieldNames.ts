/**
 * The fields that an object of the Kubernetes API has.
 *
 * `unknown` says what a field outside the list deserves: where objects gain fields with each release,
 * only a near miss is worth a word; where they do not, any unknown field changes what the object means.
 */
export interface FieldNames {
  readonly names: readonly string[];
  readonly unknown: 'reportNear' | 'reportAll';
  readonly source: string;
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** The fields of `metadata`. */
export const metadataFields: FieldNames = {
  names: words(`
    name generateName namespace selfLink uid resourceVersion generation creationTimestamp
    deletionTimestamp deletionGracePeriodSeconds labels annotations ownerReferences finalizers
    managedFields clusterName initializers
  `),
  unknown: 'reportNear',
  source: 'kubernetes/apimachinery:pkg/apis/meta/v1/types.go ObjectMeta',
};

/** The fields of a pod's `spec`. */
export const podSpecFields: FieldNames = {
  names: words(`
    volumes initContainers containers ephemeralContainers restartPolicy
    terminationGracePeriodSeconds activeDeadlineSeconds dnsPolicy nodeSelector serviceAccountName
    serviceAccount automountServiceAccountToken nodeName hostNetwork hostPID hostIPC
    shareProcessNamespace securityContext imagePullSecrets hostname subdomain affinity
    schedulerName tolerations hostAliases priorityClassName priority dnsConfig readinessGates
    runtimeClassName enableServiceLinks preemptionPolicy overhead topologySpreadConstraints
    setHostnameAsFQDN os hostUsers schedulingGates resourceClaims resources hostnameOverride
    workloadRef
  `),
  unknown: 'reportNear',
  source: 'kubernetes/api:core/v1/types.go PodSpec',
};

/** The fields of a container. */
export const containerFields: FieldNames = {
  names: words(`
    name image command args workingDir ports envFrom env resources resizePolicy restartPolicy
    restartPolicyRules volumeMounts volumeDevices livenessProbe readinessProbe startupProbe
    lifecycle terminationMessagePath terminationMessagePolicy imagePullPolicy securityContext stdin
    stdinOnce tty targetContainerName
  `),
  unknown: 'reportNear',
  source: 'kubernetes/api:core/v1/types.go Container, EphemeralContainer',
};

/** The fields of one entry of `env`. */
export const envVarFields: FieldNames = {
  names: ['name', 'value', 'valueFrom'],
  unknown: 'reportAll',
  source: 'kubernetes/api:core/v1/types.go EnvVar',
};

/** The fields of a ServiceAccount. */
export const serviceAccountFields: FieldNames = {
  names: words(`
    apiVersion kind metadata secrets imagePullSecrets automountServiceAccountToken
  `),
  unknown: 'reportNear',
  source: 'kubernetes/api:core/v1/types.go ServiceAccount',
};

/** The fields of a NetworkPolicy's `spec`. */
export const networkPolicySpecFields: FieldNames = {
  names: ['podSelector', 'ingress', 'egress', 'policyTypes'],
  unknown: 'reportAll',
  source: 'kubernetes/api:networking/v1/types.go NetworkPolicySpec',
};

/** The fields of an ingress rule. */
export const ingressRuleFields: FieldNames = {
  names: ['ports', 'from'],
  unknown: 'reportAll',
  source: 'kubernetes/api:networking/v1/types.go NetworkPolicyIngressRule',
};

/** The fields of an egress rule. */
export const egressRuleFields: FieldNames = {
  names: ['ports', 'to'],
  unknown: 'reportAll',
  source: 'kubernetes/api:networking/v1/types.go NetworkPolicyEgressRule',
};

/** The fields of a peer. */
export const peerFields: FieldNames = {
  names: ['podSelector', 'namespaceSelector', 'ipBlock'],
  unknown: 'reportAll',
  source: 'kubernetes/api:networking/v1/types.go NetworkPolicyPeer',
};

/** The fields of a port of a rule. */
export const policyPortFields: FieldNames = {
  names: ['protocol', 'port', 'endPort'],
  unknown: 'reportAll',
  source: 'kubernetes/api:networking/v1/types.go NetworkPolicyPort',
};

/** The fields of an `ipBlock`. */
export const ipBlockFields: FieldNames = {
  names: ['cidr', 'except'],
  unknown: 'reportAll',
  source: 'kubernetes/api:networking/v1/types.go IPBlock',
};

/** The fields of a label selector. */
export const labelSelectorFields: FieldNames = {
  names: ['matchLabels', 'matchExpressions'],
  unknown: 'reportAll',
  source: 'kubernetes/apimachinery:pkg/apis/meta/v1/types.go LabelSelector',
};

/** The fields of the `spec` of an AdminNetworkPolicy and of those like it. */
export const adminSpecFields: FieldNames = {
  names: ['tier', 'priority', 'subject', 'ingress', 'egress'],
  unknown: 'reportAll',
  source: 'kubernetes-sigs/network-policy-api:apis/v1alpha2/clusternetworkpolicy_types.go',
};

/** The fields of the subject. */
export const adminSubjectFields: FieldNames = {
  names: ['namespaces', 'pods'],
  unknown: 'reportAll',
  source: 'kubernetes-sigs/network-policy-api:apis/v1alpha1/shared_types.go',
};

/** The fields of a rule. */
export const adminRuleFields: FieldNames = {
  names: ['name', 'action', 'from', 'to', 'ports', 'protocols'],
  unknown: 'reportAll',
  source: 'kubernetes-sigs/network-policy-api:apis/v1alpha1/adminnetworkpolicy_types.go, apis/v1alpha2',
};

/** The fields of a peer. */
export const adminPeerFields: FieldNames = {
  names: ['namespaces', 'pods', 'nodes', 'networks', 'domainNames'],
  unknown: 'reportAll',
  source: 'kubernetes-sigs/network-policy-api:apis/v1alpha1/adminnetworkpolicy_types.go',
};

/** The fields of a port. */
export const adminPortFields: FieldNames = {
  names: ['portNumber', 'portRange', 'namedPort'],
  unknown: 'reportAll',
  source: 'kubernetes-sigs/network-policy-api:apis/v1alpha1/shared_types.go',
};

/** The fields of a rule of a CiliumNetworkPolicy. */
export const ciliumRuleFields: FieldNames = {
  names: words(`
    endpointSelector nodeSelector ingress ingressDeny egress egressDeny labels enableDefaultDeny
    description log
  `),
  unknown: 'reportAll',
  source: 'cilium/cilium:pkg/policy/api/rule.go',
};

/** The fields of one entry of `ingress`, `egress` and their deny counterparts. */
export const ciliumEntryFields: FieldNames = {
  names: words(`
    toEndpoints toRequires toPorts toCIDR toCIDRSet toEntities toServices toFQDNs toGroups toNodes icmps
    authentication fromEndpoints fromRequires fromCIDR fromCIDRSet fromEntities fromGroups fromNodes
  `),
  unknown: 'reportAll',
  source: 'cilium/cilium:pkg/policy/api/egress.go, ingress.go',
};

/** The fields of an item of `toPorts`. */
export const ciliumPortRuleFields: FieldNames = {
  names: words('ports terminatingTLS originatingTLS serverNames listener rules'),
  unknown: 'reportAll',
  source: 'cilium/cilium:pkg/policy/api/l4.go (PortRule)',
};

/** The fields of an item of `toPorts[].ports`. */
export const ciliumPortFields: FieldNames = {
  names: words('port endPort protocol'),
  unknown: 'reportAll',
  source: 'cilium/cilium:pkg/policy/api/l4.go (PortProtocol)',
};

/** The fields of an item of `toCIDRSet`. */
export const ciliumCidrRuleFields: FieldNames = {
  names: words('cidr cidrGroupRef cidrGroupSelector except'),
  unknown: 'reportAll',
  source: 'cilium/cilium:pkg/policy/api/cidr.go (CIDRRule)',
};

/** The fields of the `spec` of a policy of Calico's. */
export const calicoSpecFields: FieldNames = {
  names: words(`
    tier order ingress egress selector types doNotTrack preDNAT applyOnForward serviceAccountSelector
    namespaceSelector performanceHints
  `),
  unknown: 'reportAll',
  source: 'projectcalico/calico:api/pkg/apis/projectcalico/v3/globalnetworkpolicy.go',
};

/** The fields of a rule of Calico's. */
export const calicoRuleFields: FieldNames = {
  names: words(`
    action ipVersion protocol icmp notProtocol notICMP source destination http metadata
  `),
  unknown: 'reportAll',
  source: 'projectcalico/calico:api/pkg/apis/projectcalico/v3/policy_common.go (Rule)',
};

/** The fields of `source` and `destination`. */
export const calicoEntityFields: FieldNames = {
  names: words(`
    nets notNets selector notSelector namespaceSelector services ports notPorts serviceAccounts domains
  `),
  unknown: 'reportAll',
  source: 'projectcalico/calico:api/pkg/apis/projectcalico/v3/policy_common.go (EntityRule)',
};
