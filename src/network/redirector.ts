import type { FactName } from '../model/factDefinitions.ts';
import type { KiamAgent } from '../model/kiam.ts';
import type { Kube2iam } from '../model/kube2iam.ts';
import type { Receiver } from './path.ts';
import type { PathReason } from './pathReason.ts';

/**
 * A daemon that sends the metadata requests of pods to itself: what its rule says, and how it behaves.
 *
 * Whatever differs from program to program stands here; what leads packets asks no further.
 */
export interface Redirector {
  readonly daemon: Kube2iam | KiamAgent;
  readonly product: 'kube2iam' | 'kiam';
  readonly addsRule: boolean;
  /** As the flag says it. */
  readonly hostInterface: string;
  /** Whether a leading `!` of it turns the match round; else it is a part of the name. */
  readonly readsNegation: boolean;
  /** Whether the process ends at start when no interface has the name. */
  readonly needsInterface: boolean;
  /** Whether the process ends at start when the instance metadata service is switched off. */
  readonly needsMetadata: boolean;
  readonly metadataAddress: string;
  readonly hostIp: string;
  readonly port: number;
  readonly facts: { readonly daemon: FactName; readonly rule: FactName };
  readonly reasons: Readonly<Record<RedirectorReason, PathReason>>;
  readonly receiver: (sourceAddress: 'pod' | 'node') => Receiver;
}

/** Why a redirector's rule turns a packet, or does not. */
export type RedirectorReason =
  | 'redirected'
  | 'redirectedToNotReady'
  | 'redirectedToGone'
  | 'notOnNode'
  | 'interfaceDiffers'
  | 'ruleAbsent'
  | 'ruleInOwnNamespace';

/**
 * Describes kube2iam as a redirector.
 *
 * @source jtblin/kube2iam:iptables/iptables.go (AddRule, checkInterfaceExists), cmd/main.go
 */
export function kube2iamRedirector(daemon: Kube2iam): Redirector {
  const { flags } = daemon;
  return {
    daemon,
    product: 'kube2iam',
    addsRule: flags.iptables,
    hostInterface: flags.hostInterface,
    readsNegation: false,
    needsInterface: true,
    needsMetadata: flags.autoDiscoverBaseArn || flags.autoDiscoverDefaultRole,
    metadataAddress: flags.metadataAddress,
    hostIp: flags.hostIp,
    port: flags.appPort,
    facts: { daemon: 'kube2iam.daemon', rule: 'kube2iam.rule' },
    reasons: {
      redirected: 'redirected',
      redirectedToNotReady: 'redirectedToNotReady',
      redirectedToGone: 'redirectedToGone',
      notOnNode: 'notOnNode',
      interfaceDiffers: 'interfaceDiffers',
      ruleAbsent: 'ruleAbsent',
      ruleInOwnNamespace: 'ruleInOwnNamespace',
    },
    receiver: (sourceAddress) => ({ kind: 'kube2iam', daemon, sourceAddress }),
  };
}

/**
 * Describes a kiam agent as a redirector. iptables takes the name of an interface that is not there.
 *
 * @source uswitch/kiam:cmd/kiam/iptables.go, cmd/kiam/agent.go
 */
export function kiamRedirector(agent: KiamAgent): Redirector {
  const { flags } = agent;
  return {
    daemon: agent,
    product: 'kiam',
    addsRule: flags.iptables,
    hostInterface: flags.hostInterface,
    readsNegation: true,
    needsInterface: false,
    needsMetadata: false,
    metadataAddress: '169.254.169.254',
    hostIp: flags.host,
    port: flags.port,
    facts: { daemon: 'kiam.agent', rule: 'kiam.rule' },
    reasons: {
      redirected: 'kiamRedirected',
      redirectedToNotReady: 'kiamRedirectedToNotReady',
      redirectedToGone: 'kiamRedirectedToGone',
      notOnNode: 'kiamNotOnNode',
      interfaceDiffers: 'kiamInterfaceDiffers',
      ruleAbsent: 'kiamRuleAbsent',
      ruleInOwnNamespace: 'kiamRuleInOwnNamespace',
    },
    receiver: (sourceAddress) => ({ kind: 'kiam', agent, sourceAddress }),
  };
}

/** The interface of a daemon's rule, and whether the rule is for all but that. */
export function interfaceMatch(
  { readsNegation }: Pick<Redirector, 'readsNegation'>,
  hostInterface: string,
): { readonly pattern: string; readonly negated: boolean } {
  const negated = readsNegation && hostInterface.startsWith('!');
  return { pattern: negated ? hostInterface.slice(1) : hostInterface, negated };
}
