import type { Kube2iam } from '../model/kube2iam.ts';
import type { ClusterNode } from '../model/node.ts';
import { parseAddress } from './address.ts';
import type { Rule } from './iptables/rule.ts';

/**
 * Makes the rule that kube2iam appends to table nat.
 *
 * @param hostInterface - `+` names every interface, which is the same as none; absent for a rule that
 * another hand put there
 * @source jtblin/kube2iam:iptables/iptables.go
 * @example
 * const { kube2iam: [daemon], nodes: [node] } = world().kube2iam().node('n', { addresses: ['10.0.0.1'] }).build();
 * redirectRule(daemon, node, 'eni+').text
 * // => '-A PREROUTING -d 169.254.169.254/32 -i eni+ -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8181'
 */
export function redirectRule(daemon: Kube2iam, node: ClusterNode, hostInterface?: string): Rule {
  const { metadataAddress, appPort } = daemon.flags;
  const address = redirectAddress(daemon, node);
  const cidr = `${metadataAddress}/32`;
  const pattern = hostInterface === '+' ? undefined : hostInterface;
  const through = pattern === undefined ? '' : `-i ${pattern} `;
  return {
    matches: [
      { kind: 'destination', cidr, negated: false },
      ...(pattern === undefined ? [] : [{ kind: 'inInterface', pattern, negated: false } as const]),
      { kind: 'protocol', protocol: 'tcp', negated: false },
      { kind: 'destinationPorts', ranges: [[80, 80]], negated: false },
    ],
    target: { kind: 'DNAT', address, port: appPort },
    text:
      `-A PREROUTING -d ${cidr} ${through}-p tcp -m tcp --dport 80 ` +
      `-j DNAT --to-destination ${address}:${appPort}`,
    ref: daemon.ref,
  };
}

/**
 * Stands for the address of a node whose addresses the input does not show.
 *
 * @source RFC 5737: 192.0.2.0/24 belongs to nobody
 */
const unshownNodeAddress = '192.0.2.1';

/** `--host-ip`, which is nearly always the node's own address by a reference such as `$(HOST_IP)`. */
function redirectAddress(daemon: Kube2iam, node: ClusterNode): string {
  if (parseAddress(daemon.flags.hostIp)?.family === 4) return daemon.flags.hostIp;
  return node.addresses.find((address) => parseAddress(address)?.family === 4) ?? unshownNodeAddress;
}
