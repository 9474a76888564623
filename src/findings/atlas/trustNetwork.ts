import { webhookKeys } from '../../admission/webhookFacts.ts';
import { roleArnAnnotation } from '../../model/builder.ts';
import { annotationRef, describeRef } from '../../model/objectRef.ts';
import { indexOf } from '../../model/world.ts';
import type { PathStep } from '../../network/path.ts';
import type { Outcome } from '../../resolve/answer.ts';
import type { Rule } from '../finding.ts';
import { causeRule, eachContainer, exchangesOf, whereUsually, type Sighting } from '../law.ts';
import { consequences, severityOf } from '../laws/consequences.ts';

/** The SDK dials the global endpoint, to which this network has no way. */
const globalEndpoint: Rule = causeRule(
  {
    id: 'sts-global-endpoint-private-vpc',
    title: 'the SDK dials the global endpoint of STS, which the network does not reach',
    severity: 'outage',
    expects: 'the role of the service account, by the STS of the region',
    gets: 'a time-out with SDKs whose default is the global endpoint (go-v1, java-v1, js-v2, php, and older botocore and ruby): an error, or the next provider with java-v1 and js-v2',
    source:
      'aws/amazon-vpc-cni-k8s#647, aws/containers-roadmap#586, awsdocs/amazon-eks-user-guide#337, kubernetes-sigs/aws-ebs-csi-driver#609, aws-controllers-k8s/community#1040',
    advice:
      'annotate the service account with `eks.amazonaws.com/sts-regional-endpoints: "true"`; an application that builds its own session may ignore it',
  },
  eachContainer(({ workload, answers, name }, { world }): Sighting | undefined => {
    const affected = whereUsually(answers, isLostToGlobalHost);
    const { namespace, serviceAccountName } = workload.template;
    const account = indexOf(world).serviceAccount(namespace, serviceAccountName);
    if (affected.length === 0 || !account) return undefined;
    const key = webhookKeys.regionalSts;
    return {
      at: annotationRef(account, account.annotations[key] === undefined ? roleArnAnnotation : key),
      message: `${name} dials \`sts.amazonaws.com\`, and nothing comes back; it gets ${consequences(affected)}`,
      severity: severityOf(affected),
      answers: affected,
      fixes: [
        {
          title: `let pods of service account ${namespace}/${serviceAccountName} dial the STS of their region`,
          patches: [
            {
              kind: 'annotation',
              object: { kind: 'ServiceAccount', namespace, name: serviceAccountName },
              on: 'metadata',
              key,
              value: 'true',
            },
          ],
        },
      ],
    };
  }),
);

function isLostToGlobalHost(outcome: Outcome): boolean {
  return exchangesOf(outcome).some(
    ({ request, reply, evidence }) =>
      request.kind === 'sts' &&
      request.endpoint.kind === 'global' &&
      reply.kind === 'timeout' &&
      evidence.some(({ kind }) => kind === 'stsFault'),
  );
}

/** The security groups of the pod's own interface let nothing out to STS. */
const securityGroups: Rule = causeRule(
  {
    id: 'sts-blocked-by-security-group',
    title: 'the security groups of the pod do not let it reach STS',
    severity: 'outage',
    expects: 'the role of the service account',
    gets: 'a time-out at STS: an error with SDKs that stop, the next provider with java-v1, java-v2, js-v2 and cpp',
    source: 'aws/amazon-vpc-cni-k8s#1796',
    advice: 'let a group of the pod open 443 to STS, or to the endpoint of STS in the VPC',
  },
  eachContainer(({ answers, name }): Sighting | undefined => {
    const affected = whereUsually(answers, (outcome) => dropOf(outcome) !== undefined);
    const [usual] = affected[0]?.outcomes ?? [];
    const drop = usual && dropOf(usual);
    if (!drop?.at) return undefined;
    const groups = (drop.also ?? []).map((ref) => `\`${ref.name}\``).join(', ');
    return {
      at: drop.at,
      message: `${describeRef(drop.at)} puts ${name} behind ${groups}, which let no HTTPS out; it gets ${consequences(affected)}`,
      severity: severityOf(affected),
      answers: affected,
    };
  }),
);

function dropOf(outcome: Outcome): PathStep | undefined {
  return exchangesOf(outcome)
    .flatMap(({ ways }) => ways.flatMap(({ path }) => path.steps))
    .find(({ reason }) => reason === 'securityGroupsDrop');
}

/** Conflicts in which STS would give the role and is not reached. */
export const trustNetworkRules: readonly Rule[] = [globalEndpoint, securityGroups];
