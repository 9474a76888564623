import { describeRef } from '../model/objectRef.ts';
import type { PathReason } from '../network/pathReason.ts';
import type { PathStep } from '../network/path.ts';
import { listOf } from './lists.ts';
import { say, type Sentence, type Tone } from './sentence.ts';

const reasons: Readonly<Record<PathReason, string>> = {
  hostNetwork: 'the pod is in the network namespace of the node: no policy and no DNAT rule meets it',
  fargateHasNoImds: 'pods on Fargate cannot reach the instance metadata service',
  fargateHasNoAgent: 'no EKS Pod Identity agent runs on Fargate',
  initContainerBlocks: 'an init container has shut the metadata service out of the pod',
  loopback: 'a loopback address never leaves the pod',
  policyAllows: 'NetworkPolicy allows it',
  policyIsolates: 'NetworkPolicies isolate the pod for egress, and none of their rules allows it',
  policyDenies: 'a rule of a policy denies it',
  kindNotEnforced: 'this CNI does not enforce policies of this kind',
  policyNotEnforced: 'NetworkPolicies are there, and nothing enforces them',
  familyNotPoliced: 'NetworkPolicy is not enforced for this address family',
  nodeUnpoliced: 'this CNI polices no traffic to the own node',
  noIpBlockSelects: 'for this CNI no ipBlock selects an address of the node',
  exceptOverlooked: 'this version of the network policy agent overlooks exceptions',
  endpointToHostDrops: 'this CNI drops traffic from pods to their node',
  strictWithoutPolicy: 'in strict mode a pod that no policy selects may send nothing',
  policiesNotYetLoaded: 'the policies are not loaded yet',
  redirected: 'the rule of kube2iam sends the packet to its own port',
  redirectedToNotReady: 'the rule of kube2iam sends the packet to a kube2iam that does not listen yet',
  redirectedToGone: 'the rule of kube2iam is left over from a pod that is gone',
  kiamRedirected: 'the rule of kiam sends the packet to the port of its agent',
  kiamRedirectedToNotReady: 'the rule of kiam sends the packet to an agent that does not listen yet',
  kiamRedirectedToGone: 'the rule of kiam is left over from an agent that is gone',
  kiamNotOnNode: 'kiam does not run on this node',
  kiamInterfaceDiffers: 'the rule of kiam is for another interface',
  kiamRuleAbsent: 'no rule of kiam is in place',
  kiamRuleInOwnNamespace: 'a kiam agent without hostNetwork adds its rule in its own network namespace',
  notInstalled: 'kube2iam is not installed',
  notOnNode: 'kube2iam does not run on this node',
  interfaceDiffers: 'the rule of kube2iam is for another interface',
  netfilterBypassed: 'with this CNI packets of pods do not cross netfilter',
  ruleAbsent: 'no rule of kube2iam is in place',
  ruleInOwnNamespace: 'kube2iam without hostNetwork adds its rule in its own network namespace',
  ruleIsForIpv4: 'the rule of kube2iam is for IPv4 alone',
  ruleDiffers: 'the rule of kube2iam is for another address or port',
  martian: 'a DNAT to 127.0.0.1 is lost unless route_localnet is on',
  ruleAccepts: 'this rule decides, and lets the packet pass',
  ruleDrops: 'this rule drops the packet',
  ruleRejects: 'this rule rejects the packet',
  ruleRewrites: 'this rule rewrites the packet',
  noRuleDecides: 'no rule decides, the policy of the chain lets it pass',
  chainDrops: 'no rule decides, and the policy of the chain drops the packet',
  redirectWithoutAddress: 'this rule redirects to an address of the interface, which has none',
  routedToNode: 'it is for the node itself',
  routedBeyond: 'it leaves the node',
  securityGroupsDrop: 'no security group of the pod lets HTTPS out',
  comesBack: 'it comes back to the pod under its own address, and the pod drops it',
  answerElsewhere: 'the answer does not come from where the packet was sent to',
  arrives: 'it arrives',
  imdsOverIpv6Off: 'the metadata service of this node does not answer over IPv6',
  noListener: 'nobody listens there',
  redirectedElsewhere: 'the rule of kube2iam sends the packet to an address that nobody has',
};

const hooks: Readonly<Record<PathStep['hook'], string>> = {
  namespace: 'network namespace',
  policyAtVeth: 'policy at the veth, before DNAT',
  prerouting: 'nat PREROUTING',
  iptables: 'iptables',
  policyInFilter: 'policy in filter, after DNAT',
  routing: 'routing',
  receiver: 'receiver',
  answer: 'way back',
};

const tones: Readonly<Record<PathStep['action'], Tone>> = {
  passes: 'good',
  drops: 'bad',
  rejects: 'bad',
  rewrites: 'plain',
  skipped: 'aside',
};

/** Says what became of a packet at one station of its way. */
export function pathSentence(step: PathStep): Sentence {
  const { hook, station = hooks[hook], action, at, also, rule, reason, source } = step;
  const words = isReason(reason) ? reasons[reason] : reason;
  const written = rule === undefined ? '' : `: \`${rule}\``;
  const others = also === undefined ? '' : `; also ${listOf(also.map(describeRef), 'and')}`;
  return say(tones[action], `${station}: ${words}${written}${others}`, { at, source });
}

function isReason(reason: string): reason is PathReason {
  return Object.hasOwn(reasons, reason);
}
