import { parseArn } from '../../model/arn.ts';
import type { Cluster } from '../../model/world.ts';
import { child, complain, descend, items, text, textMap, truth, type Field } from '../field.ts';
import type { ExportedAssociation, Found, NodeGroup } from '../found.ts';
import { withoutUndefined } from '../withoutUndefined.ts';

/** Reads `aws eks describe-cluster`. @source Amazon EKS API, data type Cluster */
export function readCluster(field: Field): Partial<Cluster> {
  const cluster = child(field, 'cluster');
  const name = text(child(cluster, 'name'));
  const arn = parseArn(text(child(cluster, 'arn')) ?? '');
  const issuer = text(descend(cluster, 'identity', 'oidc', 'issuer'));
  const family = text(descend(cluster, 'kubernetesNetworkConfig', 'ipFamily'));
  const knownFamily = (['ipv4', 'ipv6'] as const).find((known) => known === family);
  return withoutUndefined({
    name,
    accountId: arn?.accountId,
    region: arn?.region,
    partition: arn?.partition,
    oidcIssuer: issuer?.replace(/^https:\/\//, ''),
    ipFamily: knownFamily,
    kubernetesVersion: text(child(cluster, 'version')),
    ref: { kind: 'Cluster', name: name ?? '', position: cluster.position },
  });
}

/** Reads `aws eks list-pod-identity-associations`: every association of a cluster, without the roles. */
export function readAssociationList(field: Field): Partial<Found> {
  const associations = items(child(field, 'associations')).flatMap((item) => readAssociation(item) ?? []);
  const more = child(field, 'nextToken');
  if (more.value !== undefined) {
    const message = 'more pages follow, so that what is absent may exist';
    complain(more, { code: 'partial-export', severity: 'warning', message });
  }
  return { associations, complete: more.value === undefined ? [{ podIdentityAssociations: true }] : [] };
}

/** Reads one association. @source Amazon EKS API, data type PodIdentityAssociation */
export function readAssociation(field: Field): ExportedAssociation | undefined {
  const namespace = text(child(field, 'namespace'));
  const serviceAccount = text(child(field, 'serviceAccount'));
  if (namespace === undefined || serviceAccount === undefined) {
    const message = 'an association needs a `namespace` and a `serviceAccount`';
    complain(field, { code: 'missing-field', severity: 'error', message });
    return undefined;
  }
  const ref = { kind: 'PodIdentityAssociation', namespace, name: serviceAccount, position: field.position };
  const association = withoutUndefined({
    ref,
    namespace,
    serviceAccount,
    roleArn: text(child(field, 'roleArn')),
    targetRoleArn: text(child(field, 'targetRoleArn')),
    disableSessionTags: truth(child(field, 'disableSessionTags')),
    createdAt: text(child(field, 'createdAt')),
  });
  return withoutUndefined({ association, clusterName: text(child(field, 'clusterName')) });
}

/** Reads `aws eks describe-nodegroup`. @source Amazon EKS API, data type Nodegroup */
export function readNodeGroup(field: Field): NodeGroup {
  const name = text(child(field, 'nodegroupName')) ?? '';
  return withoutUndefined({
    ref: { kind: 'NodeGroup', name, position: field.position },
    name,
    clusterName: text(child(field, 'clusterName')),
    roleArn: text(child(field, 'nodeRole')),
    labels: textMap(child(field, 'labels')),
  });
}
