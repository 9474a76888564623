import { workloadOf } from '../workloads.ts';
import { describeRef } from '../../model/objectRef.ts';
import type { Fix } from '../../model/patch.ts';
import type { Workload } from '../../model/workload.ts';
import { indexOf } from '../../model/world.ts';
import { roleArnAnnotation } from '../../model/builder.ts';
import type { Rule } from '../finding.ts';
import { agentRepliesRule, weighedByAgent, type AgentReply } from '../laws/agentReplies.ts';
import { objectOf } from '../laws/notInjected.ts';
import { bindingKeys, trustPodIdentity } from '../laws/podIdentityTrust.ts';
import { roleName } from '../laws/trustPolicy.ts';

const bestPractices = 'aws/aws-eks-best-practices:latest/bpg/security/iam.adoc';

/** What the agent weighed about the trust policy of the role. */
function trustOf(
  reply: AgentReply,
): Extract<AgentReply['evidence'][number], { kind: 'assumption' }> | undefined {
  const found = weighedByAgent(reply, 'assumption');
  return found?.action === 'AssumeRoleForPodIdentity' ? found : undefined;
}

/** Proposes to except the agent's addresses, where the container itself lists what is excepted, or nothing is. */
function agentWithoutProxy({ kind, namespace, name, template }: Workload, container: string): readonly Fix[] {
  const { env = [] } = template.containers.find((each) => each.name === container) ?? {};
  const own = env.find((each) => /^no_proxy$/i.test(each.name));
  if (own && own.source.kind !== 'value') return [];
  const listed = own?.source.kind === 'value' && own.source.value !== '' ? `${own.source.value},` : '';
  const value = `${listed}169.254.170.23,fd00:ec2::23`;
  const variable = own?.name ?? 'NO_PROXY';
  return [
    {
      title: `set ${variable}=${value} in container ${container} of ${namespace}/${name}`,
      patches: [{ kind: 'env', object: { kind, namespace, name }, container, name: variable, value }],
    },
  ];
}

/** Conflicts in which the agent of EKS Pod Identity replies otherwise than meant. */
export const podIdentityRules: readonly Rule[] = [
  agentRepliesRule(
    {
      id: 'pi-agent-missing',
      title: 'no agent of EKS Pod Identity answers on the node',
      severity: 'outage',
      expects: 'the association to work on every node',
      gets: 'a refused connection: an error with SDKs that stop (go, botocore, java-v1, cpp, ruby, rust), the node role with java-v2 and js-v2',
      source: 'aws/eks-pod-identity-agent:charts/eks-pod-identity-agent/values.yaml',
      advice: 'let the agent run on every kind of node that such pods run on',
    },
    (reply) => {
      const absent = weighedByAgent(reply, 'agentAbsent') ?? weighedByAgent(reply, 'agentUnsupported');
      return absent?.at && { at: absent.at, why: `no agent answers on ${absent.at.name}`, fixes: [] };
    },
  ),
  agentRepliesRule(
    {
      id: 'pi-proxy-env',
      title: 'the request for credentials goes to an HTTP proxy',
      severity: 'outage',
      expects: 'a proxy for the traffic of the application alone',
      gets: 'an error of the proxy, which does not reach the agent of the node, with SDKs that read `HTTP_PROXY` for it (go-v1, go-v2); botocore, java-v2, js-v3, cpp and rust ask the agent itself',
      source:
        'awsdocs/amazon-eks-user-guide#872, awsdocs/amazon-eks-user-guide#878, aws/aws-sdk-go-v2:aws/transport/http/client.go',
      advice: 'name the addresses of the agent in `NO_PROXY`: 169.254.170.23 and fd00:ec2::23',
    },
    (reply, { world }) => {
      const behind = weighedByAgent(reply, 'agentBehindProxy');
      const { container } = reply.answer.subject;
      const workload = workloadOf(world, reply.answer);
      if (!behind || !workload) return undefined;
      return {
        at: workload.template.ref,
        why: `container ${container.name} of ${workload.namespace}/${workload.name} sends its request for credentials to \`${behind.proxy}\``,
        fixes: agentWithoutProxy(workload, container.name),
      };
    },
  ),
  agentRepliesRule(
    {
      id: 'pi-association-deleted',
      title: 'a pod holds the variables of an association that is gone',
      severity: 'outage',
      expects: 'no credentials, once the association is deleted',
      gets: 'an error of the agent in pods of before, and in new pods whatever the service account is annotated with',
      source: 'aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go (buildPodPatchConfig)',
      advice: 'delete association and annotation together, and roll the workload',
    },
    (reply, { world }) => {
      const missing = weighedByAgent(reply, 'associationMissing');
      const workload = workloadOf(world, reply.answer);
      if (!missing?.at || !workload?.template.status) return undefined;
      const { namespace } = workload;
      const account = indexOf(world).serviceAccount(namespace, missing.at.name);
      const role = account?.annotations[roleArnAnnotation];
      return {
        at: workload.template.ref,
        why: `${describeRef(missing.at)} has no association any more${role === undefined ? '' : `, and new pods get \`${role}\``}`,
        fixes: [
          {
            title: `recreate ${workload.kind} ${namespace}/${workload.name}`,
            patches: [{ kind: 'recreate', object: objectOf(workload) }],
          },
        ],
      };
    },
  ),
  agentRepliesRule(
    {
      id: 'pi-trust-wrong',
      title: 'the role of an association does not let EKS Pod Identity assume it',
      severity: 'outage',
      expects: 'the role of the association',
      gets: 'an error of the agent: final with SDKs that stop, the node role with java-v2 and js-v2',
      source: `awsdocs/amazon-eks-user-guide:latest/ug/manage-access/aws-access/pod-id-role.adoc, ${bestPractices}`,
      advice: 'allow `sts:AssumeRole` and `sts:TagSession` to `pods.eks.amazonaws.com`',
    },
    (reply, { world }) => {
      const trust = trustOf(reply);
      if (trust?.decision.kind !== 'denied' || trust.decision.by !== 'trustPolicy') return undefined;
      const document = indexOf(world).role(trust.roleArn)?.trustPolicy;
      return (
        document && {
          at: trust.decision.because[0]?.at ?? document.ref,
          why: `the trust policy of ${roleName(trust.roleArn)} does not let EKS Pod Identity assume it and tag the session`,
          fixes: trustPodIdentity(world, trust.roleArn),
        }
      );
    },
  ),
  agentRepliesRule(
    {
      id: 'pi-trust-too-wide',
      title: 'a role trusts EKS Pod Identity of any cluster',
      severity: 'privilegeEscalation',
      expects: 'the role to be for this cluster',
      gets: 'the role in any cluster, for whoever may create associations there and pass the role',
      source: `${bestPractices} (confused deputy)`,
      advice: 'test `aws:SourceAccount`, and `aws:SourceArn` or the tag `eks-cluster-arn`',
    },
    (reply, { world }) => {
      const trust = trustOf(reply);
      if (trust?.decision.kind !== 'allowed') return undefined;
      const open = trust.decision.because.find(
        ({ applies, effect, matchedAs, conditions }) =>
          applies &&
          effect === 'Allow' &&
          matchedAs === 'service' &&
          !conditions.some(({ key }) => bindingKeys.test(key)),
      );
      return (
        open && {
          at: open.at,
          why: `the trust policy of ${roleName(trust.roleArn)} admits EKS Pod Identity of every cluster and account that may name it`,
          severity: 'privilegeEscalation',
          fixes: trustPodIdentity(world, trust.roleArn),
        }
      );
    },
  ),
  agentRepliesRule(
    {
      id: 'pi-cross-account-role',
      title: 'an association names a role of another account',
      severity: 'outage',
      expects: 'a role across accounts, as by IRSA',
      gets: 'no credentials of the agent: EKS assumes roles of the account of the cluster alone',
      source: `${bestPractices} (roles across accounts)`,
      advice:
        'associate a role of the cluster’s account, and go on from there: with a target role of the association, or by `sts:AssumeRole`',
    },
    (reply) => {
      const foreign = weighedByAgent(reply, 'associationAcrossAccounts');
      return (
        foreign?.at && {
          at: foreign.at,
          why: `${describeRef(foreign.at)} names \`${foreign.roleArn}\`, which is of another account than the cluster`,
          fixes: [],
        }
      );
    },
  ),
];
