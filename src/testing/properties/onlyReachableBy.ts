import type { World } from '../../model/world.ts';
import type { ReachHolder } from '../../resolve/reach.ts';
import { whoCan } from '../../resolve/whoCan.ts';
import { propertyOf, type Property } from '../property.ts';

/**
 * Nobody but these can obtain a role, by any way that the world shows.
 *
 * @param subjects - service accounts as `namespace/name`, `namespace/*` for all of a namespace, ARNs of other
 * roles, and `node` for whoever reads the metadata of a node
 * @example
 * const role = 'arn:aws:iam::111122223333:role/ledger';
 * onlyReachableBy(role, ['pay/ledger']).check(world().build()) // => { kind: 'holds' }
 */
export function onlyReachableBy(roleArn: string, subjects: readonly string[]): Property {
  const who = subjects.length === 0 ? 'nobody' : `nobody but ${subjects.join(', ')}`;
  const law = `${who} can obtain ${roleArn}`;
  return propertyOf('onlyReachableBy', law, (world) => {
    const reach = whoCan(world, roleArn).find(({ holder }) => !isMeant(world, holder, roleArn, subjects));
    return reach && { kind: 'reach', roleArn, reach };
  });
}

function isMeant(world: World, holder: ReachHolder, roleArn: string, subjects: readonly string[]): boolean {
  switch (holder.kind) {
    case 'role':
      // A session of the role itself is what all the others come to.
      return holder.arn === roleArn || subjects.includes(holder.arn);
    case 'node':
      return subjects.includes('node');
    case 'serviceAccount':
      return isAccountMeant(holder.namespace, holder.name, subjects);
    case 'pod': {
      const { namespace, workload } = holder;
      const pod = world.workloads.find(
        (each) => each.namespace === namespace && each.kind === workload.kind && each.name === workload.name,
      );
      return isAccountMeant(namespace, pod?.template.serviceAccountName ?? 'default', subjects);
    }
  }
}

function isAccountMeant(namespace: string, name: string, subjects: readonly string[]): boolean {
  return subjects.includes(`${namespace}/${name}`) || subjects.includes(`${namespace}/*`);
}
