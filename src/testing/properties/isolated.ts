import { parseRoleArn } from '../../model/arn.ts';
import { roleArnAnnotation } from '../../model/builder.ts';
import { kube2iamDefaults } from '../../model/kube2iam.ts';
import type { World } from '../../model/world.ts';
import { expandRole } from '../../services/kube2iamRole.ts';
import { reachOfWorkload } from '../../resolve/reachOf.ts';
import type { Witness } from '../../report/counterexample.ts';
import { propertyOf, type Property } from '../property.ts';

/**
 * Code in a pod of one namespace cannot obtain a role that is meant for the other, in neither direction;
 * not by accident and not on purpose.
 *
 * A role is meant for a namespace when a service account, an association, or a pod annotation in it names
 * it. A role that both name belongs to neither.
 *
 * @example
 * isolated('pay', 'shop').check(world().build()) // => { kind: 'holds' }
 */
export function isolated(first: string, second: string): Property {
  const law = `no pod of ${first} can obtain a role meant for ${second}, and none the other way round`;
  return propertyOf('isolated', law, (world) => {
    const own = rolesMeantFor(world, first);
    const others = rolesMeantFor(world, second);
    const only = (roles: ReadonlySet<string>, not: ReadonlySet<string>): ReadonlySet<string> =>
      new Set([...roles].filter((role) => !not.has(role)));
    return trespass(world, first, only(others, own)) ?? trespass(world, second, only(own, others));
  });
}

/**
 * No pod can obtain a role that only other namespaces name; not by accident and not on purpose.
 *
 * @example
 * noCrossNamespaceRole().check(world().build()) // => { kind: 'holds' }
 */
export function noCrossNamespaceRole(): Property {
  const law = 'no pod can obtain a role that only other namespaces name';
  return propertyOf('noCrossNamespaceRole', law, (world) => {
    const namespaces = [...new Set(world.workloads.map(({ namespace }) => namespace))];
    const meant = new Map(namespacesWithRoles(world).map((name) => [name, rolesMeantFor(world, name)]));
    for (const namespace of namespaces) {
      const own = meant.get(namespace) ?? new Set();
      const foreign = [...meant].flatMap(([name, roles]) => (name === namespace ? [] : [...roles]));
      const witness = trespass(world, namespace, new Set(foreign.filter((role) => !own.has(role))));
      if (witness) return witness;
    }
    return undefined;
  });
}

/** Finds a way by which a pod of a namespace obtains one of the roles. */
function trespass(world: World, namespace: string, roles: ReadonlySet<string>): Witness | undefined {
  if (roles.size === 0) return undefined;
  for (const workload of world.workloads.filter((each) => each.namespace === namespace)) {
    const reach = reachOfWorkload(world, workload).find(
      ({ identity }) => identity.kind === 'role' && roles.has(identity.arn),
    );
    if (reach?.identity.kind === 'role') return { kind: 'reach', roleArn: reach.identity.arn, reach };
  }
  return undefined;
}

function namespacesWithRoles(world: World): readonly string[] {
  const all = [...world.serviceAccounts, ...world.podIdentityAssociations, ...world.workloads];
  return [...new Set(all.map(({ namespace }) => namespace))];
}

/** Lists the ARNs that objects of a namespace name. */
function rolesMeantFor(world: World, namespace: string): ReadonlySet<string> {
  const inside = <Item extends { readonly namespace: string }>(items: readonly Item[]): readonly Item[] =>
    items.filter((item) => item.namespace === namespace);
  const { iamRoleKey, baseRoleArn } = world.kube2iam[0]?.flags ?? kube2iamDefaults;
  const named = [
    ...inside(world.serviceAccounts).map(({ annotations }) => annotations[roleArnAnnotation]),
    ...inside(world.podIdentityAssociations).flatMap(({ roleArn, targetRoleArn }) => [
      roleArn,
      targetRoleArn,
    ]),
    ...inside(world.workloads).map(({ template }) => {
      const written = template.annotations[iamRoleKey];
      return written && expandRole(baseRoleArn, written);
    }),
  ];
  return new Set(named.flatMap((arn) => (arn !== undefined && parseRoleArn(arn) ? arn : [])));
}
