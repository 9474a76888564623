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
