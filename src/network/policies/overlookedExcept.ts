import { oncePer } from '../../model/oncePer.ts';
import type { ObjectRef } from '../../model/objectRef.ts';
import type { World } from '../../model/world.ts';
import type { EnforcingEngine } from '../cni/profile.ts';
import { networkPolicyShares } from './networkPolicy.ts';
import type { Saying } from './peer.ts';
import { weigh, type PolicyEvidence } from './ruling.ts';

/**
 * Finds the rules that admit a packet only because the engine of this cluster overlooks exceptions.
 *
 * @returns nothing where the version is not shown, or is new enough, or the exceptions make no difference
 */
export function overlooksExcept(
  world: World,
  { exceptsSince }: EnforcingEngine,
  saying: Saying,
  evidence: PolicyEvidence,
): { readonly refs: readonly ObjectRef[]; readonly source: string } | undefined {
  if (!exceptsSince || evidence.kind !== 'isolated') return undefined;
  const { image, version } = exceptsSince.value;
  if (!isOlder(imagesOf(world), image, version)) return undefined;
  const seen = weigh(networkPolicyShares(withoutExcepts(world), saying));
  if (seen.kind !== 'allowed') return undefined;
  return { refs: seen.by.map(({ ref }) => ref), source: exceptsSince.source };
}

const imagesOf = oncePer(({ workloads }: World): readonly string[] =>
  workloads.flatMap(({ template }) => template.containers.flatMap(({ image }) => image ?? [])),
);

function isOlder(images: readonly string[], program: string, version: readonly number[]): boolean {
  const tags = images.flatMap((image) => {
    const [, name = '', tag = ''] = /([^/:@]+):v?(\d+\.\d+\.\d+)/.exec(image) ?? [];
    return name === program ? [tag.split('.').map(Number)] : [];
  });
  return tags.some((tag) => {
    const at = version.findIndex((part, index) => part !== tag[index]);
    return at >= 0 && (tag[at] ?? 0) < (version[at] ?? 0);
  });
}

const withoutExcepts = oncePer((world: World): World => ({
  ...world,
  networkPolicies: world.networkPolicies.map((policy) => ({
    ...policy,
    egress: policy.egress.map((rule) => ({
      ...rule,
      peers: rule.peers.map((peer) => (peer.kind === 'ipBlock' ? { ...peer, except: [] } : peer)),
    })),
  })),
}));
