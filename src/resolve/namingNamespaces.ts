import type { Kube2iam } from '../model/kube2iam.ts';
import type { ClusterNode } from '../model/node.ts';
import type { World } from '../model/world.ts';
import { roleSettings } from '../services/kube2iamRole.ts';
import { namespaceRestriction } from '../services/namespaceRestriction.ts';
import { nodeIdentity } from '../services/imds.ts';
import { anyNode } from './placement.ts';
import { sourcesOf } from './roleGraph.ts';

/** Where a pod that names a role in its annotation would be given it by kube2iam. */
export interface NamingNamespaces {
  readonly daemon: Kube2iam;
  /** `every`: the daemon restricts no namespace. */
  readonly namespaces: 'every' | readonly string[];
}

/**
 * Lists for each kube2iam that may assume a role the namespaces in which it is enough to name it: whoever
 * creates pods there can have it.
 *
 * Left out are daemons whose node's role leads nowhere near, and those that no namespace satisfies.
 *
 * @source jtblin/kube2iam:README.md (namespace restrictions); jtblin/kube2iam:mappings/mapper.go
 */
export function namingNamespaces(world: World, roleArn: string): readonly NamingNamespaces[] {
  const callers = sourcesOf(world, roleArn);
  const nodes = world.nodes.length > 0 ? world.nodes : [anyNode('ec2')];
  const node = nodes.find((one) => {
    const identity = nodeIdentity(world, one);
    return identity.kind === 'role' && identity.arn !== roleArn && callers.has(identity.arn);
  });
  if (!node) return [];
  return world.kube2iam.flatMap((daemon): readonly NamingNamespaces[] => {
    if (daemon.startupFaults.length > 0) return [];
    const namespaces = allowedIn(world, daemon, node, roleArn);
    return namespaces.length === 0 ? [] : [{ daemon, namespaces }];
  });
}

function allowedIn(
  world: World,
  { flags }: Kube2iam,
  node: ClusterNode,
  roleArn: string,
): NamingNamespaces['namespaces'] {
  if (!flags.namespaceRestrictions) return 'every';
  const settings = roleSettings(world, node, flags);
  const names = world.namespaces.map(({ name }) => name);
  return names.filter(
    (namespace) => namespaceRestriction(world, flags, settings, { roleArn, namespace }).allowed,
  );
}
