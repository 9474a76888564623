import type { ClusterNode } from '../../model/node.ts';
import { describeRef } from '../../model/objectRef.ts';
import type { Container } from '../../model/pod.ts';
import type { Answer } from '../../resolve/answer.ts';
import type { ServiceEvidence } from '../../services/evidence.ts';
import type { Rule } from '../finding.ts';
import { causeRule, exchangesOf, whereUsually, type ConflictRow, type Sighting } from '../law.ts';
import { byGround } from '../laws/ground.ts';
import { givesNodeRole, metadataWays } from '../laws/metadataBlock.ts';
import { nodeOf } from '../laws/nodeOf.ts';

/** A program that asks the metadata service for more than credentials, unless it is told otherwise. */
interface MetadataReader {
  readonly image: RegExp;
  /** What it asks for. */
  readonly what: string;
  /** Each of these flags makes that needless. */
  readonly flags: readonly string[];
  /** A variable with the name of the node, from which it goes on where that is the id of an instance. */
  readonly nodeVariable: string;
  readonly source: string;
}

const metadataReaders: readonly MetadataReader[] = [
  {
    image: /(^|\/)aws-(load-balancer|alb-ingress)-controller(:|@|$)/,
    what: 'the VPC',
    flags: ['--aws-vpc-id', '--aws-vpc-tags'],
    nodeVariable: 'NODENAME',
    source: 'kubernetes-sigs/aws-load-balancer-controller:pkg/aws/cloud.go (getVpcID, inferVPCID)',
  },
];

/** Finds what a container would ask the metadata service for. */
function readerOf({ image = '', words = [], env }: Container, node: ClusterNode): MetadataReader | undefined {
  const reader = metadataReaders.find((row) => row.image.test(image));
  const given = new Set(words.map((word) => word.split('=')[0]));
  const isTold = reader?.flags.some((flag) => given.has(flag));
  const knowsInstance = env.some(({ name }) => name === reader?.nodeVariable) && node.name.startsWith('i-');
  return isTold || knowsInstance ? undefined : reader;
}

/** A controller has the right role and ends, because it asks for more than credentials. */
const readsMore: Rule = causeRule(
  {
    id: 'hop1-tokens-required',
    title: 'a controller asks the closed metadata service for more than credentials',
    severity: 'outage',
    expects: 'a closed metadata service to be about roles alone',
    gets: 'the right role, with every SDK, and a process that ends because it cannot learn its region or VPC',
    source:
      'kubernetes-sigs/aws-load-balancer-controller#3155, kubernetes-sigs/aws-load-balancer-controller#2243, aws/containers-roadmap#2498',
    advice: 'give the controller its region and VPC as flags',
  },
  (examined) =>
    metadataWays(examined)
      .filter((way) => !givesNodeRole(way))
      .flatMap(({ workload, answers, placement }) =>
        workload.template.containers.flatMap((container): readonly Sighting[] => {
          const need = readerOf(container, placement.node);
          if (!need) return [];
          return [
            {
              at: container.ref,
              message: `container ${container.name} of ${workload.namespace}/${workload.name} asks the metadata service for ${need.what}, which is closed to it, and ends`,
              answers: answers.filter(({ subject }) => subject.container.name === container.name),
              advice: `give it ${need.flags.map((flag) => `\`${flag}\``).join(' or ')}`,
            },
          ];
        }),
      ),
);

const limitTooLow: ConflictRow = {
  id: 'hop2-not-enough',
  title: 'the hop limit is lower than the way from the pod is long',
  severity: 'outage',
  expects: 'hop limit 2 to be enough for pods',
  gets: 'a network that adds a hop loses the answer to each token request: no credentials of the node with every SDK',
  source: 'kubernetes-sigs/aws-ebs-csi-driver#2966',
  advice: 'raise the hop limit for the pods that need the metadata service, or have them need nothing of it',
};

type HopLimit = Extract<ServiceEvidence, { readonly kind: 'hopLimit' }>;

const overlong: Rule = causeRule(limitTooLow, ({ answers }) =>
  byGround(
    limitTooLow,
    whereUsually(answers, ({ identity }) => identity.kind === 'none').flatMap((answer) => {
      const lost = lostToken(answer);
      const node = answer.outcomes[0] && nodeOf(answer.outcomes[0]);
      if (!lost || lost.limit < 2 || !node) return [];
      const why = `${describeRef(node.ref)} has hop limit ${lost.limit}, and its pods are ${lost.hops} hops away from the metadata service`;
      const fix = {
        title: `raise the hop limit of the metadata service to ${lost.hops}`,
        patches: [{ kind: 'imds' as const, options: { httpPutResponseHopLimit: lost.hops } }],
      };
      return [{ answer, ground: { at: lost.at ?? node.ref, why, fixes: [fix] } }];
    }),
  ),
);

function lostToken({ outcomes: [usual] }: Answer): HopLimit | undefined {
  return (usual ? exchangesOf(usual) : [])
    .flatMap(({ evidence }) => evidence)
    .find((found): found is HopLimit => found.kind === 'hopLimit' && !found.returns);
}

/** Conflicts about how far the answers of the metadata service travel. */
export const interceptionHopRules: readonly Rule[] = [readsMore, overlong];
