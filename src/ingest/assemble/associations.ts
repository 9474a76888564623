import type { PodIdentityAssociation } from '../../model/aws.ts';
import type { Cluster } from '../../model/world.ts';
import type { Report } from '../field.ts';
import type { Found } from '../found.ts';
import { complainOf } from './complainOf.ts';

/**
 * Joins the list of associations with their descriptions: the list has no roles, a description has.
 *
 * Those of another cluster than the one described are left out.
 */
export function assembleAssociations(
  found: Found,
  cluster: Cluster,
  report: Report,
): readonly PodIdentityAssociation[] {
  const byAccount = new Map<string, PodIdentityAssociation>();
  for (const { association, clusterName } of found.associations) {
    if (cluster.name !== undefined && clusterName !== undefined && clusterName !== cluster.name) {
      const message = `the association belongs to the cluster \`${clusterName}\``;
      complainOf(report, 'note', 'other-cluster', association.ref, message);
      continue;
    }
    const key = `${association.namespace}/${association.serviceAccount}`;
    byAccount.set(key, { ...byAccount.get(key), ...association });
  }
  return [...byAccount.values()];
}
