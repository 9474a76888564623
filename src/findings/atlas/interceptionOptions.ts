import { describeRef } from '../../model/objectRef.ts';
import type { Outcome } from '../../resolve/answer.ts';
import type { Rule } from '../finding.ts';
import { causeRule, eachContainer, exchangesOf, whereUsually, type Sighting } from '../law.ts';
import { byGround } from '../laws/daemonReplies.ts';
import { closeMetadata } from '../laws/metadataBlock.ts';
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

/** Conflicts about the options of the metadata service. */
export const interceptionOptionRules: readonly Rule[] = [
  causeRule(hop1Optional, ({ answers }) =>
    byGround(
      hop1Optional,
      whereUsually(answers, (outcome) => outcome.mechanism === 'imds' && tokenIsLost(outcome)).flatMap(
        (answer) => {
          const [usual] = answer.outcomes;
          const placed = usual?.trace.find(({ kind }) => kind === 'placement');
          if (placed?.kind !== 'placement') return [];
          const { node } = placed.placement;
          return [
            {
              answer,
              ground: {
                at: node.imds.ref ?? node.ref,
                why: `${describeRef(node.ref)} has hop limit 1 and does not require tokens`,
                fixes: [closeMetadata],
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
        fixes: [closeMetadata],
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
    ({ answers }) => {
      const direct = whereUsually(
        answers,
        (outcome) =>
          outcome.mechanism === 'kube2iam' &&
          exchangesOf(outcome).some(({ ways }) =>
            ways.some(
              ({ path }) =>
                path.end.kind === 'arrives' &&
                path.end.at.kind === 'kube2iam' &&
                !path.steps.some(({ action }) => action === 'rewrites'),
            ),
          ),
      );
      const [first] = direct;
      if (!first) return [];
      return [
        {
          at: first.subject.at,
          message: `${workloadNames(direct).join(', ')} asks the port of kube2iam on a node directly, and is answered without any rule`,
          answers: direct,
        },
      ];
    },
  ),
];

function isOnHost(outcome: Outcome): boolean {
  return stationOf(outcome, 'imds', ({ reason }) => reason === 'hostNetwork') !== undefined;
}
