import { lookUpFact } from '../../model/fact.ts';
import type { KiamAgent } from '../../model/kiam.ts';
import type { Kube2iam } from '../../model/kube2iam.ts';
import { describeRef, fieldOf } from '../../model/objectRef.ts';
import type { World } from '../../model/world.ts';
import { cniProfiles } from '../../network/cni/profiles.ts';
import { matchesInterface, type HostInterface } from '../../network/hostInterface.ts';
import { hasBranchInterface } from '../../network/podSecurityGroups.ts';
import type { Fix } from '../../model/patch.ts';
import type { Workload } from '../../model/workload.ts';
import type { Rule } from '../finding.ts';
import { causeRule, eachContainer, whereUsually, type ConflictRow, type Sighting } from '../law.ts';
import { consequences } from '../laws/consequences.ts';
import { mechanismWords, withSdks } from '../workloads.ts';
import { flagFix } from '../laws/daemonReplies.ts';
import { objectOf } from '../laws/notInjected.ts';
import { daemonAt, fixesOfKube2iam, notInterceptedRule, stationOf } from '../laws/missedByKube2iam.ts';
import { nodeOf } from '../laws/nodeOf.ts';
import { withoutVariables } from '../laws/withoutVariables.ts';

/** The interface by which pods usually come in, where the CNI is stated. */
function usualInterface(world: World): HostInterface | undefined {
  const name = lookUpFact(world, { name: 'cni' }).value;
  const profile = Object.values(cniProfiles).find(({ id }) => id === name);
  return profile?.hostInterfaces.value[0].face;
}

function namesAnother(world: World, { flags }: Kube2iam | KiamAgent): HostInterface | undefined {
  const face = usualInterface(world);
  const isPattern = !flags.hostInterface.startsWith('!');
  return face && isPattern && matchesInterface(flags.hostInterface, face) === 'no' ? face : undefined;
}

const hostNetwork: ConflictRow = {
  id: 'hostnetwork-pod',
  title: 'a hostNetwork pod is annotated for kube2iam, which never sees its requests',
  severity: 'privilegeEscalation',
  expects: 'the annotated role',
  gets: 'the node role with every SDK: packets of the host network never meet the rule, nor a NetworkPolicy, nor a hop limit',
  source: 'jtblin/kube2iam#266, uswitch/kiam#119, castai/terraform-provider-castai#689',
  advice: 'take the pod off the host network, or give it a role by IRSA',
};

function offHostNetwork(workload: Workload): Fix {
  return {
    title: `take ${workload.namespace}/${workload.name} off the host network`,
    patches: [{ kind: 'podSpec', object: objectOf(workload), set: { hostNetwork: false } }],
  };
}

const annotatedOnHost: Rule = notInterceptedRule(
  hostNetwork,
  ['hostNetwork'],
  'usual',
  ({ workload, intention }) => ({
    at: intention.at,
    why: `${workload.namespace}/${workload.name} runs on the host network, so its annotation \`${intention.role}\` is inert`,
    fixes: [offHostNetwork(workload)],
  }),
);

/** With IRSA a failure leads to the node role, whatever the hop limit. */
const fallsBackOnHost: Rule = causeRule(
  hostNetwork,
  eachContainer(({ intentions, answers, name, workload }): Sighting | undefined => {
    const newer = intentions.find(({ mechanism }) => mechanism !== 'kube2iam');
    if (!newer || !workload.template.hostNetwork) return undefined;
    const affected = answers.filter(
      ({ outcomes: [usual, ...others] }) =>
        usual?.mechanism === newer.mechanism && others.some(({ mechanism }) => mechanism === 'imds'),
    );
    if (affected.length === 0) return undefined;
    return {
      at: newer.at,
      message: `${name} runs on the host network, where no hop limit and no policy holds, so that it goes on to the node role when ${mechanismWords[newer.mechanism]} fails${withSdks(affected, answers)}`,
      severity: 'latent',
      answers: affected,
      fixes: [offHostNetwork(workload)],
    };
  }),
);

function onEveryNode({ ref }: Kube2iam): readonly Fix[] {
  const set = { tolerateEverything: true, everyNode: true } as const;
  return [
    {
      title: `let ${describeRef(ref)} run on every node`,
      patches: [{ kind: 'daemonSet', object: ref, set }],
    },
  ];
}

const onHostNetwork: Rule = {
  ...annotatedOnHost,
  find: (examined) => [...annotatedOnHost.find(examined), ...fallsBackOnHost.find(examined)],
};

const fargate: ConflictRow = {
  id: 'fargate',
  title: 'neither kube2iam nor the Pod Identity agent runs on Fargate',
  severity: 'outage',
  expects: 'the role of the annotation or of the association',
  gets: 'on Fargate there is no daemon and no metadata service: no credentials with every SDK; only IRSA works',
  source: 'aws/containers-roadmap#971, aws/containers-roadmap#2274, awsdocs/amazon-eks-user-guide#248',
  advice: 'give the pod a role by IRSA',
};

const annotatedOnFargate: Rule = notInterceptedRule(
  fargate,
  ['fargateHasNoImds'],
  'usual',
  ({ workload, intention }) => ({
    at: intention.at,
    why: `${workload.namespace}/${workload.name} runs on Fargate, where nothing reads its annotation`,
    fixes: [],
  }),
);

const associatedOnFargate: Rule = causeRule(
  fargate,
  eachContainer(({ intentions, answers, name }): Sighting | undefined => {
    const association = intentions.find(({ mechanism }) => mechanism === 'podIdentity');
    const affected = whereUsually(
      answers,
      (outcome) =>
        stationOf(outcome, 'container', ({ reason }) => reason === 'fargateHasNoAgent') !== undefined,
    );
    if (!association || affected.length === 0) return undefined;
    return {
      at: association.at,
      message: `${name} runs on Fargate, where no Pod Identity agent answers for its association; it gets ${consequences(affected)}`,
      answers: affected,
    };
  }),
);

/** One place has neither of the two that give roles to pods by an address of the node. */
const onFargate: Rule = {
  ...annotatedOnFargate,
  find: (examined) => [...annotatedOnFargate.find(examined), ...associatedOnFargate.find(examined)],
};

/** Conflicts in which the rule of kube2iam does not meet the requests of a pod. */
export const interceptionMissedRules: readonly Rule[] = [
  onHostNetwork,
  notInterceptedRule(
    {
      id: 'daemonset-missing-on-node',
      title: 'the daemon that gives roles does not run on every node',
      severity: 'privilegeEscalation',
      expects: 'a DaemonSet to run on every node',
      gets: 'no rule where a taint or a node selector keeps it out: the node role with every SDK',
      source:
        'https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/, zalando-incubator/kubernetes-on-aws:docs/admin-guide/kubernetes-in-production.rst',
      advice: 'tolerate every taint and select every node, or close the metadata service there',
    },
    ['notOnNode', 'kiamNotOnNode'],
    'any',
    ({ outcome, step }, { world }) => {
      const daemon = daemonAt(world, step);
      const node = nodeOf(outcome);
      if (!daemon || !node || node.compute === 'fargate') return undefined;
      return {
        at: daemon.ref,
        why: `${describeRef(daemon.ref)} does not run on nodes like ${node.name}`,
        fixes: fixesOfKube2iam(world, daemon, onEveryNode),
      };
    },
  ),
  notInterceptedRule(
    {
      id: 'interface-mismatch',
      needs: ['cni'],
      title: 'the rule names an interface by which no pod comes in',
      severity: 'privilegeEscalation',
      expects: 'kube2iam to take the requests of pods',
      gets: 'a rule that never matches, or no rule where the process ends for want of the interface: the node role with every SDK',
      source: 'jtblin/kube2iam#180, jtblin/kube2iam#197, jtblin/kube2iam#14, howdio/terraform-aws-eks#11',
      advice: 'write the beginning of the names that the CNI gives, and `+`',
    },
    ['interfaceDiffers', 'ruleAbsent', 'redirectedToGone', 'kiamInterfaceDiffers'],
    'usual',
    ({ workload, step }, { world }) => {
      const daemon = daemonAt(world, step);
      const face = daemon && namesAnother(world, daemon);
      if (!daemon || !face || daemon.startupFaults.length > 0) return undefined;
      if (hasBranchInterface(world, workload.template)) return undefined;
      const right = face.kind === 'prefix' ? `${face.prefix}+` : face.name;
      return {
        at: daemon.flagRefs['host-interface'] ?? fieldOf(daemon.ref, '--host-interface'),
        why: `the rule of ${describeRef(daemon.ref)} is for \`${daemon.flags.hostInterface}\`, and pods come in by \`${right}\``,
        fixes: fixesOfKube2iam(world, daemon, (own) => [
          flagFix(own, `write ${right} as the interface`, { hostInterface: right }),
        ]),
      };
    },
  ),
  notInterceptedRule(
    {
      id: 'sg-pods-use-vlan',
      needs: ['cni'],
      title: 'a pod with security groups of its own comes in by another interface',
      severity: 'privilegeEscalation',
      expects: 'the same as of other pods',
      gets: 'its interface is named `vlan…`, which the rule of kube2iam does not match: the node role with every SDK',
      source: 'aws/amazon-vpc-cni-k8s:pkg/sgpp/utils.go (BuildHostVethNamePrefix)',
      advice: 'use the standard mode of that feature, or give the pod a role by IRSA',
    },
    ['interfaceDiffers', 'kiamInterfaceDiffers'],
    'usual',
    ({ workload, step }, { world }) => {
      const daemon = daemonAt(world, step);
      if (!daemon || !hasBranchInterface(world, workload.template)) return undefined;
      return {
        at: workload.template.ref,
        why: `${workload.namespace}/${workload.name} has security groups of its own and comes in by \`vlan…\`, while the rule of ${describeRef(daemon.ref)} is for \`${daemon.flags.hostInterface}\``,
        fixes: [],
      };
    },
  ),
  notInterceptedRule(
    {
      id: 'cilium-bpf-host-routing',
      needs: ['cni'],
      title: 'packets of pods pass by the rules of the node',
      severity: 'privilegeEscalation',
      expects: 'kube2iam to take the requests of pods',
      gets: 'eBPF host routing does not ask the netfilter of the node, so the rule is never met: the node role with every SDK',
      source: 'cilium/cilium#13884, jtblin/kube2iam#148',
      advice: 'use legacy host routing, or give the pods roles by IRSA',
    },
    ['netfilterBypassed'],
    'usual',
    ({ step }, { world }) => {
      const daemon = daemonAt(world, step);
      return daemon
        ? {
            at: daemon.ref,
            why: `packets of pods do not cross the netfilter of the node, so the rule of ${describeRef(daemon.ref)} is never met`,
            fixes: [],
          }
        : undefined;
    },
  ),
  notInterceptedRule(
    {
      id: 'ipv6-imds',
      title: 'the metadata service also answers over IPv6, where kube2iam has no rule',
      severity: 'privilegeEscalation',
      expects: 'the rule for IPv4 to be enough',
      gets: 'an SDK in IPv6 mode calls fd00:ec2::254 and passes the rule and every IPv4 exception: the node role',
      source: 'jtblin/kube2iam:iptables/iptables.go, curie-eng/curie#207',
      advice: 'keep the IPv6 endpoint of the metadata service switched off',
    },
    ['ruleIsForIpv4'],
    'usual',
    ({ container, workload, answer, outcome }) =>
      outcome.mechanism === 'imds'
        ? {
            at: answer.subject.at,
            why: `${workload.namespace}/${workload.name} asks the metadata service over IPv6, for which kube2iam has no rule`,
            fixes: [
              ...withoutVariables(container, ['AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE']),
              {
                title: 'switch off the IPv6 endpoint of the metadata service',
                patches: [{ kind: 'imds', options: { httpProtocolIpv6: 'disabled' } }],
              },
            ],
          }
        : undefined,
  ),
  onFargate,
];
