/**
 * The network set-ups that whichrole tells apart: a CNI together with what enforces NetworkPolicy.
 *
 * Their behaviour stands in `network/cni/`, one profile a file.
 */
export const cniIds = [
  'aws-vpc-cni',
  'aws-vpc-cni-policy-standard',
  'aws-vpc-cni-policy-strict',
  'calico-iptables',
  'calico-ebpf',
  'calico-on-aws-vpc-cni',
  'cilium',
  'cilium-ebpf-host-routing',
  'cilium-on-aws-vpc-cni',
  'antrea',
  'kube-router',
  'weave',
  'flannel',
  'kubenet',
] as const;

/** The name of a network set-up, as in `--assume cni=aws-vpc-cni`. */
export type CniId = (typeof cniIds)[number];
