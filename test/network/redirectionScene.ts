import { world } from '../../src/model/builder.ts';
import type { NodeOptions, PodOptions } from '../../src/model/builderOptions.ts';
import type { CniId } from '../../src/model/cni.ts';
import type { Question } from '../../src/model/fact.ts';
import { kiamAgentDefaults, type KiamAgent, type KiamAgentFlags } from '../../src/model/kiam.ts';
import {
  kube2iamDefaults,
  type Kube2iam,
  type Kube2iamFlags,
  type StartupFault,
} from '../../src/model/kube2iam.ts';
import { cniProfiles } from '../../src/network/cni/profiles.ts';
import { sceneOf, type Scene } from '../../src/network/scene.ts';
import { daemonFacts } from '../daemonFacts.ts';

const ref = (name: string): Kube2iam['ref'] => ({ kind: 'DaemonSet', namespace: 'kube-system', name });
/** A DaemonSet of kube2iam that puts the rule for the VPC CNI. */
export const kube2iam = (flags: Partial<Kube2iamFlags> = {}, change: Partial<Kube2iam> = {}): Kube2iam => ({
  ...daemonFacts('kube2iam'),
  flags: { ...kube2iamDefaults, iptables: true, hostIp: '$(HOST_IP)', hostInterface: 'eni+', ...flags },
  ...change,
});
/** A DaemonSet of kiam's agent that does the same. */
export const kiam = (flags: Partial<KiamAgentFlags> = {}, change: Partial<KiamAgent> = {}): KiamAgent => ({
  ...daemonFacts('kiam-agent'),
  flags: { ...kiamAgentDefaults, iptables: true, host: '$(HOST_IP)', hostInterface: 'eni+', ...flags },
  ...change,
});
/** Why a daemon ends at start. */
export const fault: StartupFault = {
  kind: 'unknownFlag',
  argument: '--foo',
  message: 'unknown flag: --foo',
  ref: ref('d'),
};
/** A DaemonSet that does not cover the node of the scene. */
export const elsewhere = { nodeSelector: { pool: 'other' } };

/** What surrounds a pod on node n1. */
export interface Setting {
  readonly kube2iam?: readonly Kube2iam[];
  readonly kiam?: readonly KiamAgent[];
  readonly node?: NodeOptions;
  readonly pod?: PodOptions;
  readonly egressPolicy?: boolean;
  /** Nobody stated it, so that it has to be asked for. */
  readonly cni?: CniId;
  readonly answers?: Readonly<Record<string, string>>;
}

/** A pod on node n1; what a question's own options leave open is answered as of healthy daemons. */
export function sceneWith(setting: Setting): { readonly scene: Scene; readonly asked: Question[] } {
  const plain = world()
    .node('n1', { addresses: ['10.0.0.1'], ...setting.node })
    .pod('app/p1', { node: 'n1', ...setting.pod });
  const policed = setting.egressPolicy
    ? plain.networkPolicy('app/deny', { policyTypes: ['Egress'] }).build()
    : plain.build();
  const of = { ...policed, kube2iam: setting.kube2iam ?? [], kiamAgents: setting.kiam ?? [] };
  const answers: Readonly<Record<string, string>> = {
    cni: setting.cni ?? 'aws-vpc-cni',
    'kube2iam.daemon': 'ready',
    'kiam.agent': 'ready',
    ...setting.answers,
  };
  const asked: Question[] = [];
  const ask = (question: Question): string => {
    asked.push(question);
    const value = question.known ?? answers[question.name];
    if (value === undefined) throw new Error(`open: ${question.name}`);
    return value;
  };
  const [pod, node] = [of.workloads[0]?.template, of.nodes[0]];
  if (!pod || !node) throw new Error('the scene has a pod on a node');
  return { scene: sceneOf(of, ask, { pod, node }, cniProfiles), asked };
}

/** A question as `--assume` takes it, with what the input states. */
export const asText = ({ name, scope, known }: Question): string =>
  name + (scope === undefined ? '' : `:${scope}`) + (known === undefined ? '' : ` (${known})`);
