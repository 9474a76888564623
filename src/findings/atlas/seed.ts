import { kube2iamDefaults } from '../../model/kube2iam.ts';
import type { Mechanism } from '../../model/identity.ts';
import { matchesSelector } from '../../model/labels.ts';
import type { NetworkPolicy } from '../../model/kubernetes.ts';
import { annotationRef, describeRef, type ObjectRef, isSameObject } from '../../model/objectRef.ts';
import type { Fix } from '../../model/patch.ts';
import type { Workload } from '../../model/workload.ts';
import type { Outcome } from '../../resolve/answer.ts';
import type { Rule } from '../finding.ts';
import { causeRule, exchangesOf, wherePossibly, type Sighting } from '../law.ts';
import { admitsOnlyMetadata } from '../laws/metadataBlock.ts';
import { consequences, severityOf } from '../laws/consequences.ts';
import { withoutDefaultRole } from '../laws/defaultRole.ts';
import { objectOf } from '../laws/notInjected.ts';
import {
  byContainer,
  mechanismWords,
  nameIdentity,
  workloadNames,
  type ContainerAnswers,
} from '../workloads.ts';

/** Web identity fails, and the next provider is answered by kube2iam with its default role. */
const fallsToDefaultRole: Rule = causeRule(
  {
    id: 'seed1-irsa-falls-back',
    title: 'where IRSA fails, kube2iam gives its default role',
    severity: 'wrongIdentity',
    expects: 'the role of the service account, or an error',
    gets: 'an error with SDKs that stop (go, botocore, js-v3, ruby, rust), and the default role of kube2iam with those that go on (java-v1, java-v2, js-v2, cpp)',
    source: 'aws/aws-sdk-java-v2#1915, metarank/metarank#1511',
    advice:
      'mend what STS refuses, and let kube2iam have no default role; ask `sts get-caller-identity` with the SDK of the application itself',
  },
  ({ world, answers }) =>
    byContainer(world, answers).flatMap(({ intentions, answers: own, name }): readonly Sighting[] => {
      const irsa = intentions.find(({ mechanism }) => mechanism === 'irsa');
      const affected = irsa ? wherePossibly(own, isDefaultRoleAfterFailure) : [];
      const outcome = affected[0]?.outcomes.find(isDefaultRoleAfterFailure);
      if (!irsa || !outcome) return [];
      const today = affected.filter(({ outcomes: [usual] }) => usual && isDefaultRoleAfterFailure(usual));
      const when = today.length === 0 ? 'goes on, should IRSA fail,' : 'goes on';
      return [
        {
          at: irsa.at,
          message: `${name} asks for \`${irsa.role}\` by IRSA and ${when} to kube2iam’s default role: ${nameIdentity(outcome.identity)} with ${affected.map(({ sdk }) => sdk.family).join(', ')}`,
          severity: today.length === 0 ? 'latent' : 'wrongIdentity',
          answers: affected,
          fixes: world.kube2iam.map(withoutDefaultRole),
        },
      ];
    }),
);

function isDefaultRoleAfterFailure(outcome: Outcome): boolean {
  const exchanges = exchangesOf(outcome);
  const failed = exchanges.some(({ request, reply }) => request.kind === 'sts' && reply.kind !== 'ok');
  const byDefault = exchanges.some(({ evidence }) =>
    evidence.some((found) => found.kind === 'roleChosen' && found.by === 'defaultRole'),
  );
  return failed && byDefault && outcome.mechanism === 'kube2iam';
}

const imdsBlock = '169.254.169.254/32';

/** A policy that was meant as a block works as a list of what is allowed. */
const blockAsWritten: Rule = causeRule(
  {
    id: 'seed1-block-imds-as-written',
    title: 'an egress policy that names the metadata service allows it, and nothing else',
    severity: 'wrongIdentity',
    expects: 'the metadata service to be blocked',
    gets: 'the reverse: DNS and STS are cut, SDKs that stop get nothing, and those that go on (java-v1, java-v2, js-v2, cpp) find the one open door',
    source: 'aws/aws-network-policy-agent#120, uswitch/kiam#160',
    advice:
      'allow `0.0.0.0/0` except `169.254.169.254/32`, and make sure that the CNI enforces it before DNAT',
  },
  ({ world, answers }) =>
    world.networkPolicies.filter(admitsOnlyMetadata).flatMap((policy): readonly Sighting[] => {
      const isCutOff = (outcome: Outcome): boolean => isCutOffFromSts(outcome, policy.ref);
      const affected = wherePossibly(answers, isCutOff);
      if (affected.length === 0) return [];
      return [
        {
          at: policy.ref,
          message: `${describeRef(policy.ref)} allows only 169.254.169.254 and cuts off STS; ${workloadNames(affected).join(', ')}: ${consequences(affected, isCutOff)}`,
          severity: severityOf(affected, isCutOff),
          answers: affected,
          fixes: [exceptMetadata(policy)],
        },
      ];
    }),
);

function isCutOffFromSts(outcome: Outcome, policy: ObjectRef): boolean {
  return exchangesOf(outcome).some(({ ways }) =>
    ways.some(
      ({ to, path }) =>
        to.kind !== 'address' &&
        path.steps.some(
          ({ action, at, also = [] }) =>
            action === 'drops' && [at, ...also].some((object) => object && isSameObject(object, policy)),
        ),
    ),
  );
}

function exceptMetadata(policy: NetworkPolicy): Fix {
  const peer = { kind: 'ipBlock', cidr: '0.0.0.0/0', except: [imdsBlock] } as const;
  return {
    title: `let ${describeRef(policy.ref)} allow 0.0.0.0/0 except ${imdsBlock}`,
    patches: [
      {
        kind: 'networkPolicy',
        policy: { ...policy, egress: [{ ref: policy.ref, peers: [peer], ports: [] }] },
      },
    ],
  };
}

/** A right policy does not hold for pods on the network of the host. */
const blockCorrected: Rule = causeRule(
  {
    id: 'seed1-block-imds-corrected',
    title: 'a policy that closes the metadata service does not hold for a hostNetwork pod',
    severity: 'latent',
    expects: 'no pod of the namespace to reach the metadata service',
    gets: 'packets of the host network meet no NetworkPolicy and no hop limit, so such a pod keeps the node role within reach',
    source: 'aws/aws-network-policy-agent#92, aws/aws-eks-best-practices#84',
    advice:
      'keep hostNetwork out of the namespace; for the other pods add hop limit 1 with tokens required, which no policy can undo',
  },
  ({ world, answers }) =>
    world.workloads
      .filter(({ template }) => template.hostNetwork)
      .flatMap((workload): readonly Sighting[] => {
        const policy = world.networkPolicies.find(
          (each) =>
            each.namespace === workload.namespace &&
            exceptsMetadata(each) &&
            matchesSelector(each.podSelector, workload.template.labels),
        );
        if (!policy) return [];
        return [
          {
            at: workload.template.ref,
            message: `${describeRef(policy.ref)} closes the metadata service, and ${workload.namespace}/${workload.name} is on the host network, where it does not hold`,
            answers: answers.filter(
              ({ subject }) =>
                subject.namespace === workload.namespace &&
                subject.workload.kind === workload.kind &&
                subject.workload.name === workload.name,
            ),
            fixes: [
              {
                title: `take ${workload.namespace}/${workload.name} off the host network`,
                patches: [{ kind: 'podSpec', object: objectOf(workload), set: { hostNetwork: false } }],
              },
            ],
          },
        ];
      }),
);

function exceptsMetadata({ policyTypes, egress }: NetworkPolicy): boolean {
  const peers = egress.flatMap((rule) => rule.peers);
  return (
    policyTypes.includes('Egress') &&
    peers.some((peer) => peer.kind === 'ipBlock' && peer.except.includes(imdsBlock))
  );
}

/** One pod asks for a role in two ways. */
const bothAnnotations: Rule = causeRule(
  {
    id: 'seed3-both-annotations',
    title: 'one pod asks for a role by kube2iam and by a newer mechanism',
    severity: 'latent',
    expects: 'the newer of the two mechanisms',
    gets: 'the newer one with every SDK that knows it; where that fails, an error with SDKs that stop, and silently the kube2iam role with java-v1, java-v2, js-v2 and cpp; with an SDK too old for it always the kube2iam role',
    source: 'external-secrets/kubernetes-external-secrets#240',
    advice: 'remove the pod annotation in the same rollout that annotates the service account',
  },
  ({ world, answers }) => {
    const containersOf = new Map<Workload, ContainerAnswers[]>();
    for (const container of byContainer(world, answers)) {
      const { workload } = container;
      containersOf.set(workload, [...(containersOf.get(workload) ?? []), container]);
    }
    return [...containersOf].flatMap(([workload, containers]): readonly Sighting[] => {
      const intentions = containers.find((container) => container.intentions.length > 1)?.intentions ?? [];
      const old = intentions.find(({ mechanism }) => asksMetadata.has(mechanism));
      const newer = intentions.find(({ mechanism }) => !asksMetadata.has(mechanism));
      if (!old || !newer) return [];
      const key = world.kube2iam[0]?.flags.iamRoleKey ?? kube2iamDefaults.iamRoleKey;
      const name = `${workload.namespace}/${workload.name}`;
      return [
        {
          at: annotationRef(workload.template, key),
          message: `${name} asks for \`${newer.role}\` by ${mechanismWords[newer.mechanism]} and for \`${old.role}\` by ${mechanismWords[old.mechanism]}`,
          answers: containers.flatMap((container) => container.answers),
          fixes: [
            {
              title: `remove the annotation ${key} from ${name}`,
              patches: [{ kind: 'annotation', object: objectOf(workload), on: 'template', key }],
            },
          ],
        },
      ];
    });
  },
);

/** Mechanisms that answer at the metadata address, by the annotation of the pod. */
const asksMetadata: ReadonlySet<Mechanism> = new Set(['kube2iam', 'kiam']);

/** Conflicts of the first sketches of such clusters, as they were written and as they were corrected. */
export const seedRules: readonly Rule[] = [
  fallsToDefaultRole,
  blockAsWritten,
  blockCorrected,
  bothAnnotations,
];
