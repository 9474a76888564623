import { cniIds, type CniId } from '../../src/model/cni.ts';
import type { CniFact, CniProfile, EnforcingEngine } from '../../src/network/cni/profile.ts';
import { cniProfile } from '../../src/network/cni/profiles.ts';

const opening = `# Networking

Does a packet from a pod reach the metadata service, kube2iam or nobody? The CNI decides it as much as any policy. The
tables of this page are made from the profiles in \`src/network/cni/\`; a test keeps them so. Evidence: _recorded_ means
that real packets were seen, _source_ that the program's source was read, _docs_ that its documentation says so,
_unverified_ that it follows from the rest and nobody has run it.

## The way of a packet

1. A pod on the host network is in the node's own namespace: no policy and no PREROUTING rule meets its packets.
2. Some engines judge **at the pod's veth**. They see the address that the SDK dialled.
3. Then comes nat PREROUTING, where kube2iam's rule may turn the packet to the node's port 8181. It matches the name of
   the interface by which the packet came in, and nothing else about the pod.
4. Other engines judge **in the filter table**: in INPUT when the packet was turned to the node, in FORWARD otherwise.
   They see the address that the rule put in.
5. Whoever has the address answers, or refuses, and the answer must survive its hops.

So one policy can mean two things. “All but 169.254.169.254” stops kube2iam where the engine judges before step 3, and
leaves it open where the engine judges after it; “169.254.169.254 alone” is the reverse, and opens the node role as soon
as kube2iam's rule is missing. \`whichrole trace ns/pod --to 169.254.169.254:80\` prints the stations for one pod.

\`cilium\` is Cilium with legacy host routing, whether it replaces kube-proxy or not; with kube-proxy replaced, BPF
masquerading and a kernel from 5.10 on it chooses eBPF host routing by itself, which is \`cilium-ebpf-host-routing\`.

On Fargate there is no metadata service for pods, no DaemonSet, and no policy is enforced. On Azure, where pods come in
by \`azv+\`, there is nothing of AWS to reach.`;

const kinds = `A kind that the CNI does not enforce changes nothing; the trace says so where such an object selects the pod. What an
object holds and whichrole does not read is told in a diagnostic, and where it could change the verdict both answers are
explored: \`--assume policyMatch=fits\` or \`fitsNot\` settles it.

- **NetworkPolicy**: the policies that select a pod isolate it for their direction; what any rule of any of them allows
  passes. \`except\` holds for its own entry. A port name is looked up on the pod that receives. An IPv4 block never
  selects an IPv6 address.
- **AdminNetworkPolicy, BaselineAdminNetworkPolicy, ClusterNetworkPolicy**: the admin tier first, by priority, and in a
  policy by the order of its rules; Allow (Accept) and Deny end it, Pass goes on to NetworkPolicy. The baseline tier is
  asked only where no NetworkPolicy isolates the pod. With equal priorities, which the API leaves open, the first name is
  asked first. Which addresses \`domainNames\` have is not known.
- **CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy**: what any deny rule fits is denied, whatever allows it. The
  rest adds up with NetworkPolicy. A section that is not empty isolates for its direction, unless \`enableDefaultDeny\`
  says otherwise; an entry that is empty (\`- {}\`) isolates and allows nothing. Blocks of addresses select hosts outside
  of the cluster; nodes and addresses bound on them are the entities \`host\` and \`remote-node\`, the metadata service is
  \`world\`. Not known: \`toFQDNs\`, \`toServices\`, \`toGroups\`, groups of CIDRs, HTTP, Kafka and DNS rules.
  \`nodeSelector\` is about nodes, and left out.
- **NetworkPolicy and GlobalNetworkPolicy of Calico**: tier by tier, and in a tier by \`order\`; the first Allow or Deny
  ends it, Pass goes to the next tier, Log goes on. A tier that selects the pod and decides nothing denies, unless its
  \`defaultAction\` is Pass. NetworkPolicies of Kubernetes stand in the tier \`default\` with order 1000. Selectors select
  pods, NetworkSets and GlobalNetworkSets. Not known: \`services\`, \`http\`, ports of the source, labels of service
  accounts. \`preDNAT\`, \`doNotTrack\` and HostEndpoints are about nodes, and left out.

Policies of Antrea's own API, ApplicationNetworkPolicies of AWS and CiliumLocalRedirectPolicies are not read; a
diagnostic names each.`;

/**
 * Writes docs/networking.md from the CNI profiles.
 *
 * @example
 * networkingPage().startsWith('# Networking') // => true
 */
export function networkingPage(): string {
  const engines = cniIds.flatMap((id) => {
    const { policy } = cniProfile(id);
    return policy.kind === 'enforced' ? [{ id, policy }] : [];
  });
  return `${[
    opening,
    '## Where policy is judged',
    table(
      ['CNI', 'Pods come in by', 'netfilter', 'NetworkPolicy is judged', 'Evidence'],
      cniIds.map((id) => hookRow(id, cniProfile(id))),
    ),
    '## What the engines differ in',
    'To the own node: what becomes of a packet from a pod to the node under it, which is where kube2iam listens. Pods in\nblocks: whether an `ipBlock` selects pods that have an address in it.',
    table(
      [
        'CNI',
        'To the own node',
        'Pods in blocks',
        'IPv4 and IPv6',
        'Without a policy',
        'Until policies are loaded',
      ],
      engines.map(({ id, policy }) => engineRow(id, policy)),
    ),
    '## Which kinds of policy are enforced',
    table(
      ['CNI', ...Object.values(kindNames)],
      engines.map(({ id, policy }) => [
        code(id),
        ...kindKeys.map((kind) => strengthOf(policy.otherKinds[kind], { enforced: 'yes', ignored: 'no' })),
      ]),
    ),
    '## How each kind is read',
    kinds,
    '## Where each row is known from',
    ...cniIds.map((id) => sourcesOf(id, cniProfile(id))),
  ].join('\n\n')}\n`;
}

type OtherKind = keyof EnforcingEngine['otherKinds'];

const kindNames: Readonly<Record<OtherKind, string>> = {
  adminNetworkPolicy: 'AdminNetworkPolicy',
  clusterNetworkPolicy: 'ClusterNetworkPolicy',
  awsClusterNetworkPolicy: 'ClusterNetworkPolicy of AWS',
  ciliumNetworkPolicy: 'CiliumNetworkPolicy',
  calicoNetworkPolicy: "Calico's own",
};

const kindKeys = Object.keys(kindNames) as OtherKind[];

function hookRow(id: CniId, { hostInterfaces, netfilter, policy }: CniProfile): readonly string[] {
  const faces = hostInterfaces.value.map(({ face, ofPodsWith }) => {
    const name = face.kind === 'name' ? code(face.name) : code(`${face.prefix}+`);
    return ofPodsWith === undefined ? name : `${name} with security groups of its own`;
  });
  const where = { beforeDnat: 'at the veth, before DNAT', afterDnat: 'in filter, after DNAT' };
  return [
    code(id),
    faces.join(', '),
    strengthOf(netfilter, { crossed: 'crossed', bypassed: '**bypassed**' }),
    policy.kind === 'enforced' ? where[policy.hook] : '**not at all**',
    policy.evidence,
  ];
}

function engineRow(id: CniId, engine: EnforcingEngine): readonly string[] {
  const everyOrNone = { everything: 'may send all', nothing: '**may send nothing**' };
  return [
    code(id),
    `${ownNodeWords(engine.ownNode.value)} (${engine.ownNode.evidence})`,
    strengthOf(engine.podsInIpBlocks, { selected: 'selected', notSelected: '**not selected**' }),
    strengthOf(engine.families, { both: 'both', clusterFamily: "**the cluster's alone**" }),
    strengthOf(engine.withoutPolicy, everyOrNone),
    strengthOf(engine.beforePolicies, {
      everything: '**may send all**',
      nothing: 'may send nothing',
      waits: 'has no network yet',
    }),
  ];
}

function ownNodeWords(own: EnforcingEngine['ownNode']['value']): string {
  switch (own.kind) {
    case 'policed': {
      const ports = own.unpolicedPorts ? `, but for ports ${own.unpolicedPorts.join(' to ')}` : '';
      return `policed${ports}${own.afterwards === 'drop' ? ', then dropped' : ''}`;
    }
    case 'unpoliced':
      return own.addresses === 'primary' ? "**free to the node's address**" : '**free**';
    case 'noIpBlockSelects':
      return 'policed, and no block selects it';
  }
}

function strengthOf<Value extends string>(
  fact: CniFact<Value>,
  words: Readonly<Record<Value, string>>,
): string {
  return `${words[fact.value]} (${fact.evidence})`;
}

function sourcesOf(id: CniId, { hostInterfaces, netfilter, policy }: CniProfile): string {
  const rows: readonly (readonly [string, { readonly source: string; readonly evidence: string }])[] = [
    ['interfaces', hostInterfaces],
    ['netfilter', netfilter],
    ['policy', policy],
    ...(policy.kind === 'enforced'
      ? ([
          ['own node', policy.ownNode],
          ['blocks', policy.podsInIpBlocks],
          ['families', policy.families],
          ['without a policy', policy.withoutPolicy],
          ['until loaded', policy.beforePolicies],
          ...kindKeys.map((kind) => [kindNames[kind], policy.otherKinds[kind]] as const),
        ] as const)
      : []),
  ];
  const lines = rows.map(([what, { source, evidence }]) => `- ${what}: ${source} (${evidence})`);
  return [`### ${code(id)}`, '', ...lines.map(escaped)].join('\n');
}

/** Keeps prettier and Markdown from reading marks into sources. */
function escaped(line: string): string {
  return line.replaceAll(/[*_]/g, String.raw`\$&`);
}

function code(text: string): string {
  return `\`${text}\``;
}

/** Lays out a table as prettier does. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
