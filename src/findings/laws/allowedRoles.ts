import type { Kube2iam } from '../../model/kube2iam.ts';
import type { Fix } from '../../model/patch.ts';
import { indexOf, type World } from '../../model/world.ts';

/** The roles that a namespace lists, or nothing when it lists none that can be read. */
export function listedRoles(world: World, { flags }: Kube2iam, namespace: string): readonly string[] {
  const text = indexOf(world).namespace(namespace)?.annotations[flags.namespaceKey] ?? '';
  try {
    const decoded: unknown = JSON.parse(text);
    return Array.isArray(decoded) ? decoded.filter((role): role is string => typeof role === 'string') : [];
  } catch {
    return [];
  }
}

/** Proposes that a namespace lists roles beside those that it lists already. */
export function allowRoles(world: World, daemon: Kube2iam, namespace: string, roles: readonly string[]): Fix {
  const all = [...new Set([...listedRoles(world, daemon, namespace), ...roles])];
  return listRoles(daemon, namespace, all);
}

/** Proposes the whole list of roles of a namespace. */
export function listRoles({ flags }: Kube2iam, namespace: string, roles: readonly string[]): Fix {
  return {
    title: `let namespace ${namespace} list ${roles.join(', ')}`,
    patches: [
      {
        kind: 'annotation',
        object: { kind: 'Namespace', name: namespace },
        on: 'metadata',
        key: flags.namespaceKey,
        value: JSON.stringify(roles),
      },
    ],
  };
}
