import type { NodeRules, Rule, RuleSet } from '../model/iptables.ts';
import { oncePer } from '../model/oncePer.ts';
import type { World } from '../model/world.ts';
import type { ClusterNode } from '../model/node.ts';
import { parseAddress, cidrWithin } from './address.ts';
import type { PodInterface } from './cni/profile.ts';
import { matchesInterface, type HostInterface } from './hostInterface.ts';
import type { Face, Host } from './iptables/packet.ts';
import { interfaceOf, podInterfaceOf, type Scene } from './scene.ts';
import { sha1 } from './sha1.ts';

/** Finds the rules of a node that the input shows; those that name the node win over those of any node. */
export function rulesOf(
  { iptables }: World,
  node: ClusterNode,
  family: RuleSet['family'],
): NodeRules | undefined {
  const own = iptables.filter(({ ruleSet }) => ruleSet.family === family);
  return (
    own.findLast((rules) => rules.node === node.name) ?? own.findLast((rules) => rules.node === undefined)
  );
}

/**
 * Describes the node to its rules: addresses, interfaces, routes.
 *
 * A routed CNI gives the node's end of a pod's veth no address; a bridge or a gateway has one.
 *
 * @source measured with packets: REDIRECT is lost on a veth without an address
 */
export function hostOf(scene: Scene, rules: Pick<NodeRules, 'ruleSet' | 'ipSets'>): Host {
  const { world, ask, source } = scene;
  const { node } = source;
  const named = namedByRules(rules.ruleSet);
  const addresses = node.addresses.length > 0 ? node.addresses : named.redirectedTo;
  const own = addresses.find((address) => parseAddress(address)?.family === rules.ruleSet.family);
  const ofPod: Face = {
    name: 'ofPod',
    get address() {
      return interfaceOf(scene.cni.ask(), source, world).kind === 'name' ? own : undefined;
    },
  };
  return {
    localAddresses: [...addresses, ...agentAddresses],
    podFace: ofPod,
    uplink: { name: { kind: 'name', name: named.uplink }, ...(own === undefined ? {} : { address: own }) },
    routes: podsOn(world, node).map((address) => ({ cidr: wholeAddress(address), face: ofPod })),
    podInterface: (precision) => {
      const row = podInterfaceOf(scene.cni.ask(), source, world);
      return precision === 'byCni' ? row.face : nameInterface(scene, row, named.interfaces);
    },
    routeLocalnet: () =>
      ask({ name: 'routeLocalnet', scope: node.name, about: node.ref }) === 'on' ? 'on' : 'off',
    ipSets: rules.ipSets,
    ask,
  };
}

/**
 * Where the EKS Pod Identity agent listens: an address of the node's own.
 *
 * @source aws/eks-pod-identity-agent:configuration/config.go
 */
const agentAddresses: readonly string[] = ['169.254.170.23', 'fd00:ec2::23'];

/**
 * Asks which of the interfaces that the rules name is the pod's; it may be one that none of them names.
 *
 * The name of a pod that a controller makes is not known before; that of any other tells its interface.
 */
function nameInterface(
  { ask, source: { pod } }: Scene,
  { face, ending }: PodInterface,
  named: readonly string[],
): HostInterface {
  if (face.kind === 'name') return face;
  const podKey = `${pod.namespace}/${pod.ref.name}`;
  const candidates = named.filter((name) => matchesInterface(name, face) === 'unknown');
  const options = [`${face.prefix}…`, ...candidates];
  const foretold =
    ending === 'sha1OfPodName' && pod.ref.kind === 'Pod'
      ? { known: `${face.prefix}${sha1(`${pod.namespace}.${pod.ref.name}`).slice(0, 11)}` }
      : {};
  const name = ask({ name: 'podInterface', scope: podKey, options, about: pod.ref, ...foretold });
  return { kind: 'name', name };
}

function podsOn(world: World, { name }: ClusterNode): readonly string[] {
  return podAddressesByNode(world).get(name) ?? [];
}

/** Every packet of a cluster asks for it. */
const podAddressesByNode = oncePer(({ workloads }: World): ReadonlyMap<string, readonly string[]> => {
  const addresses = new Map<string, string[]>();
  for (const { template } of workloads) {
    const { nodeName, hostNetwork, status } = template;
    if (nodeName === undefined || hostNetwork || status?.podIP === undefined) continue;
    const there = addresses.get(nodeName);
    if (there) there.push(status.podIP);
    else addresses.set(nodeName, [status.podIP]);
  }
  return addresses;
});

function wholeAddress(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}

/** What the rules themselves tell of their node. */
interface NamedByRules {
  /** Interfaces named whole. */
  readonly interfaces: readonly string[];
  readonly uplink: string;
  /** Addresses to which metadata requests are turned: those of daemons on the node. */
  readonly redirectedTo: readonly string[];
}

const namedByRules = oncePer((ruleSet: RuleSet): NamedByRules => {
  const interfaces = new Set<string>();
  const redirectedTo = new Set<string>();
  for (const table of Object.values(ruleSet.tables)) {
    for (const { rules } of Object.values(table)) {
      for (const rule of rules) {
        for (const match of rule.matches) {
          const isInterface = match.kind === 'inInterface' || match.kind === 'outInterface';
          if (isInterface && !match.pattern.endsWith('+')) interfaces.add(match.pattern);
        }
        const { target } = rule;
        if (target?.kind === 'DNAT' && target.address !== undefined && isAboutMetadata(rule)) {
          redirectedTo.add(target.address);
        }
      }
    }
  }
  const uplink = [...interfaces].find((name) => /^(eth|ens|enp|eno|bond)\d/.test(name)) ?? 'eth0';
  return { interfaces: [...interfaces], uplink, redirectedTo: [...redirectedTo] };
});

function isAboutMetadata({ matches }: Rule): boolean {
  return matches.some(
    (match) =>
      match.kind === 'destination' &&
      ['169.254.0.0/16', 'fd00:ec2::/32'].some((block) => cidrWithin(match.cidr, block)),
  );
}
