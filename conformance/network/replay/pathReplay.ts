import { parseIptablesSave } from '../../../src/ingest/iptables/iptablesSave.ts';
import { world } from '../../../src/model/builder.ts';
import type { World } from '../../../src/model/world.ts';
import type { PacketPath } from '../../../src/network/path.ts';
import { tracePacket } from '../../../src/resolve/tracePacket.ts';
import { rulesText } from '../lab/rulesText.mjs';
import { node, pods } from '../lab/topology.mjs';
import type { LabRules } from './replay.ts';

/** Pods that come in by an interface of the VPC CNI, as their packets do in the lab. */
const eniPods: readonly string[] = ['p1', 'p2'];

/**
 * Foretells the same as `whichrole trace` would say it, for the packets that it has the same words for: those of
 * pods on `eni` interfaces to IMDS or to the port of kube2iam.
 *
 * @returns nothing for another packet
 */
export function foretellPath(rules: LabRules, packet: string): readonly string[] | undefined {
  const [from = '', protocol, address = '', port] = packet.split(' ');
  const asked = ['169.254.169.254', '10.0.0.1'].includes(address) && protocol === 'tcp';
  if (!eniPods.includes(from) || !asked || rules.imdsTtl !== undefined) return undefined;
  const state = worldOf(rules, from);
  const pod = state.workloads.find(({ name }) => name === from);
  if (!pod) throw new Error(`the world has no ${from}`);
  const to = { kind: 'address', address, port: Number(port), protocol: 'TCP' } as const;
  return tracePacket(state, pod, to).outcomes.map(({ path }) => told(path));
}

/** Brings an outcome of the lab to the words of {@link foretellPath}. */
export function recordedPath(packet: string, outcome: string): string {
  const [from = ''] = packet.split(' ');
  const [who, address, port, source = ''] = outcome.split(' ');
  if (address === undefined) return outcome;
  if (who === 'beyond' && address === '169.254.169.254') return 'imds';
  if (who === 'node' && address === '169.254.170.23') return 'podIdentityAgent';
  if (who === 'node' && port === '8181') return `kube2iam as ${source === pods[from]?.ipv4 ? 'pod' : 'node'}`;
  return 'outside';
}

function told({ end }: PacketPath): string {
  switch (end.kind) {
    case 'dropped':
      return 'timeout';
    case 'refused':
      return 'refused';
    case 'arrives':
      return end.at.kind === 'kube2iam' ? `kube2iam as ${end.at.sourceAddress}` : end.at.kind;
  }
}

function worldOf(rules: LabRules, from: string): World {
  const parsed = parseIptablesSave(`${rules.ipsets ?? ''}\n${rulesText(rules.ipv4)}`, 'lab');
  let builder = world()
    .node('n1', { addresses: [node.ipv4, node.bridge.ipv4] })
    .kube2iam({ iptables: true, hostInterface: 'eni+' })
    .fact('cni', 'aws-vpc-cni')
    .fact('kube2iam.daemon', 'ready')
    .fact('podInterface', pods[from]?.face ?? '')
    .fact('routeLocalnet', rules.routeLocalnet ?? 'off');
  for (const name of eniPods) {
    builder = builder.pod(name, { node: 'n1', status: { phase: 'Running', podIP: pods[name]?.ipv4 ?? '' } });
  }
  const [ruleSet = { family: 4, tables: {} }] = parsed.ruleSets;
  return builder.iptables(ruleSet, { ipSets: parsed.ipSets }).build();
}
