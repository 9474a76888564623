import type { PrincipalEntry } from '../iam/principal.ts';
import type { NamingNamespaces } from '../resolve/namingNamespaces.ts';
import type { Reach, ReachHolder, ReachHop } from '../resolve/reach.ts';
import { conditionWords } from './conditions.ts';
import { identityWords, mechanismNames, type RoleNamer } from './identityWords.ts';
import { shortKind } from './kindNames.ts';
import { listOf } from './lists.ts';

/** Says by what steps an identity is obtained: `IMDS (node) -> AssumeRole`. */
export function wayWords(hops: Reach['hops'], name: RoleNamer): string {
  return hops
    .map((hop, at) =>
      at === hops.length - 1 ? hopWords(hop) : `${hopWords(hop)} (${identityWords(hop.identity, name)})`,
    )
    .join(' -> ');
}

function hopWords({ by, via }: ReachHop): string {
  const mechanism = by === 'assumeRole' ? 'AssumeRole' : mechanismNames[by];
  return via === 'nodePort' ? `${mechanism} at the node's own port` : mechanism;
}

/** Says when a way is open, and that it was not followed to its end. */
export function provisoWords({ when, incomplete, beyond }: Reach, name: RoleNamer): string {
  const condition = conditionWords(when, { name, alternatives: 1, values: 6 });
  return [
    ...(condition === undefined ? [] : [condition]),
    ...(incomplete ? ['(some combinations were left out: there are too many)'] : []),
    ...(beyond.length > 0 ? [`(goes on to ${beyond.map(name).join(', ')}: not followed further)`] : []),
  ].join(' ');
}

/** Names a holder: `sa pay/api`, `deploy pay/api`, `node ip-10-0-1-11`, `role app`. */
export function holderWords(holder: ReachHolder, name: RoleNamer): string {
  switch (holder.kind) {
    case 'pod':
      return `${shortKind(holder.workload.kind)} ${holder.namespace}/${holder.workload.name}`;
    case 'serviceAccount':
      return `sa ${holder.namespace}/${holder.name}`;
    case 'node':
      return `node ${holder.name}`;
    case 'role':
      return `role ${name(holder.arn)}`;
  }
}

/** Says in which namespaces it is enough to name a role. */
export function namingWords({ daemon, namespaces }: NamingNamespaces): string {
  const where = namespaces === 'every' ? 'every namespace' : `namespace ${listOf(namespaces, 'and')}`;
  return `kube2iam (${daemon.namespace}/${daemon.name}) gives it to every pod of ${where} that names it`;
}

/** Names a principal of a trust policy. */
export function principalWords(entry: PrincipalEntry): string {
  switch (entry.kind) {
    case 'everyone':
      return 'everyone in every account';
    case 'account':
      return `account ${entry.accountId}`;
    case 'role':
    case 'session':
    case 'user':
      return `${entry.kind} ${entry.arn}`;
    case 'uniqueId':
    case 'canonicalUser':
      return entry.id;
    case 'service':
      return `service ${entry.service}`;
    case 'federated':
      return `provider ${entry.provider}`;
  }
}
