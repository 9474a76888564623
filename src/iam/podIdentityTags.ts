import { indexOf, type World } from '../model/world.ts';

/** Session tags by name; `undefined` where the input does not show the value. */
export type SessionTags = Readonly<Record<string, string | undefined>>;

/** The association whose session is tagged. */
interface TaggedSession {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Absent: made from the facts of the cluster, when those suffice. */
  readonly clusterArn?: string;
}

/**
 * The session tags that EKS Pod Identity sends along, for the role of an association and for its target role alike;
 * none when the association switches them off.
 *
 * @source awsdocs/amazon-eks-user-guide:latest/ug/manage-access/aws-access/pod-id-abac.adoc; a target role may ask for
 *   all of them: latest/ug/manage-access/aws-access/pod-id-assign-target-role.adoc
 */
export function podIdentityTags(world: World, session: TaggedSession): SessionTags {
  const { namespace, serviceAccount } = session;
  const arn = session.clusterArn ?? clusterArnOf(world);
  if (indexOf(world).association(namespace, serviceAccount)?.disableSessionTags === true) return {};
  return {
    'eks-cluster-arn': arn,
    'eks-cluster-name': arn?.split('cluster/')[1] ?? world.cluster.name,
    'kubernetes-namespace': namespace,
    'kubernetes-service-account': serviceAccount,
    // Made when the pod runs.
    'kubernetes-pod-name': undefined,
    'kubernetes-pod-uid': undefined,
  };
}

/** The cluster's ARN, when the input shows all of its parts. */
export function clusterArnOf(world: World): string | undefined {
  const { name, accountId, region, partition } = world.cluster;
  if (name === undefined || accountId === undefined || region === undefined) return undefined;
  return `arn:${partition}:eks:${region}:${accountId}:cluster/${name}`;
}
