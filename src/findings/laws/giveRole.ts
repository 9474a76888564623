import { roleArnAnnotation } from '../../model/builder.ts';
import type { Patch } from '../../model/patch.ts';
import { indexOf, type World } from '../../model/world.ts';

/** Proposes to annotate a service account with a role, or to create it so where the input does not show it. */
export function giveRole(world: World, namespace: string, name: string, roleArn: string): Patch {
  const object = { kind: 'ServiceAccount', namespace, name };
  return indexOf(world).serviceAccount(namespace, name)
    ? { kind: 'annotation', object, on: 'metadata', key: roleArnAnnotation, value: roleArn }
    : { kind: 'serviceAccount', object, roleArn };
}
