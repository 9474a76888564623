import { lookUpFact, type Question } from '../../model/fact.ts';
import type { ClusterNode } from '../../model/node.ts';
import { describeRef } from '../../model/objectRef.ts';
import type { World } from '../../model/world.ts';
import type { PacketPath } from '../../network/path.ts';
import type { Answer, Outcome } from '../../resolve/answer.ts';
import type { Rule } from '../finding.ts';
import { causeRule, eachContainer, exchangesOf, whereUsually, type Sighting } from '../law.ts';
import { byGround } from '../laws/ground.ts';
import { closeMetadataForPods } from '../laws/closeMetadata.ts';
import { consequences, severityOf } from '../laws/consequences.ts';
import { stationOf } from '../laws/missedByKube2iam.ts';
import type { ConflictRow } from '../law.ts';
import { mechanismWords, nameIdentity, withSdks, workloadNames } from '../workloads.ts';

const hop1Optional: ConflictRow = {
  id: 'hop1-imdsv1-optional',
  title: 'hop limit 1 closes nothing while tokens are optional',
  severity: 'privilegeEscalation',
  expects: 'the metadata service to be closed for pods',
  gets: 'the answer to the token request is lost, and SDKs that then ask without a token have the node role, slowly',
  source:
    'kubernetes-sigs/aws-load-balancer-controller#3358, aws/aws-eks-best-practices:latest/bpg/security/iam.adoc',
  advice: 'require tokens',
};

function tokenIsLost(outcome: Outcome): boolean {
  return exchangesOf(outcome).some(({ evidence }) =>
    evidence.some((found) => found.kind === 'hopLimit' && !found.returns),
  );
}

/** Options that are only tried out, because nothing states them, are nobody's fault. */
function isStated(world: World, { name, imds }: ClusterNode): boolean {
  const { httpTokens, httpPutResponseHopLimit: limit } = imds;
  const questions: readonly Question[] = [
    { name: 'imds.httpTokens', scope: name, ...(httpTokens ? { known: httpTokens } : {}) },
    { name: 'imds.httpPutResponseHopLimit', scope: name, ...(limit ? { known: String(limit) } : {}) },
  ];
  return questions.every((question) => lookUpFact(world, question).value !== undefined);
}

/** Requests that go to the port of kube2iam itself; they are answered as long as the address is the pod's. */
function askedDirectly(answers: readonly Answer[]): readonly Sighting[] {
  const direct = whereUsually(
    answers,
    (outcome) =>
      outcome.mechanism === 'kube2iam' &&
      arrivals(outcome).some(({ steps }) => !steps.some(({ action }) => action === 'rewrites')),
  );
  const [first] = direct;
  if (!first) return [];
  return [
    {
      at: first.subject.at,
      message: `${workloadNames(direct).join(', ')} asks the port of kube2iam on a node directly, and is answered without any rule`,
      severity: 'latent',
      answers: direct,
    },
  ];
}

/** Requests of pods that arrive under the address of their node, which is nobody's to kube2iam. */
function seenAsNode(answers: readonly Answer[]): readonly Sighting[] {
  const masked = whereUsually(
    answers,
    (outcome) =>
      !isOnHost(outcome) &&
      arrivals(outcome).some(
        ({ end }) => end.kind === 'arrives' && end.at.kind === 'kube2iam' && end.at.sourceAddress === 'node',
      ),
  );
  const [first] = masked;
  if (!first) return [];
  return [
    {
      at: first.subject.at,
      message: `a rule of the node puts its own address on the requests of ${workloadNames(masked).join(', ')}, which kube2iam knows as nobody’s; it gets ${consequences(masked)}`,
      severity: severityOf(masked),
      answers: masked,
    },
  ];
}

/** The ways by which requests reach kube2iam. */
function arrivals(outcome: Outcome): readonly PacketPath[] {
  return exchangesOf(outcome)
    .flatMap(({ ways }) => ways.map(({ path }) => path))
    .filter(({ end }) => end.kind === 'arrives' && end.at.kind === 'kube2iam');
}

/** Conflicts about the options of the metadata service. */
export const interceptionOptionRules: readonly Rule[] = [
  causeRule(hop1Optional, ({ world, answers }) =>
    byGround(
      hop1Optional,
      whereUsually(answers, (outcome) => outcome.mechanism === 'imds' && tokenIsLost(outcome)).flatMap(
        (answer) => {
          const [usual] = answer.outcomes;
          const placed = usual?.trace.find(({ kind }) => kind === 'placement');
          if (placed?.kind !== 'placement') return [];
          const { node } = placed.placement;
          if (!isStated(world, node)) return [];
          return [
            {
              answer,
              ground: {
                at: node.imds.ref ?? node.ref,
                why: `${describeRef(node.ref)} has hop limit 1 and does not require tokens`,
                fixes: [closeMetadataForPods],
              },
            },
          ];
        },
      ),
    ),
  ),
  causeRule(
    {
      id: 'hop2-keeps-fallback',
      title: 'with hop limit 2 each failure of IRSA can become the node role',
      severity: 'latent',
      expects: 'IRSA to take the place of the node role',
      gets: 'the node role after any failure, with SDKs that go on to the next provider (java-v1, java-v2, js-v2, cpp)',
      source: 'aws/containers-roadmap#930, camunda/camunda-docs#7151',
      advice: 'require tokens of the metadata service with hop limit 1',
    },
    eachContainer(({ intentions, answers, name }): Sighting | undefined => {
      const newer = intentions.find(({ mechanism }) => mechanism === 'irsa' || mechanism === 'podIdentity');
      if (!newer) return undefined;
      const affected = answers.filter(
        ({ outcomes: [usual, ...others] }) =>
          usual?.mechanism === newer.mechanism &&
          others.some((outcome) => outcome.mechanism === 'imds' && !isOnHost(outcome)),
      );
      const fallback = affected[0]?.outcomes.find(({ mechanism }) => mechanism === 'imds');
      if (!fallback) return undefined;
      return {
        at: newer.at,
        message: `${name} goes on to ${nameIdentity(fallback.identity)} by the metadata service when ${mechanismWords[newer.mechanism]} fails${withSdks(affected, answers)}`,
        answers: affected,
        fixes: [closeMetadataForPods],
      };
    }),
  ),
  causeRule(
    {
      id: 'direct-port-8181',
      title: 'a pod asks the kube2iam of a node directly',
      severity: 'wrongIdentity',
      expects: 'only the own node to answer',
      gets: 'without `--node` each daemon answers for the pods of all nodes, by the address that it sees; where that is not the pod’s, for another pod or for none',
      source: 'jtblin/kube2iam:server/server.go, jtblin/kube2iam:k8s/k8s.go (PodByIP)',
      advice: 'give kube2iam `--node`, and exempt the metadata service from proxies',
    },
    ({ answers }) => [...askedDirectly(answers), ...seenAsNode(answers)],
  ),
];

function isOnHost(outcome: Outcome): boolean {
  return stationOf(outcome, 'imds', ({ reason }) => reason === 'hostNetwork') !== undefined;
}
