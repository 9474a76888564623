import { lookUpFact, type Ask } from '../model/fact.ts';
import type { World } from '../model/world.ts';
import type { CniProfile, PodInterface } from './cni/profile.ts';
import type { CniProfiles } from './cni/profiles.ts';
import type { PacketSource } from './path.ts';
import { hasBranchInterface } from './podSecurityGroups.ts';

/** Everything that decides on a packet of one pod. */
export interface Scene {
  readonly world: World;
  readonly ask: Ask;
  readonly source: PacketSource;
  readonly cni: CniInquiry;
}

/** The CNI, which is asked for only where it makes a difference. */
export interface CniInquiry {
  /** The CNI when somebody stated it, looked at without asking. */
  readonly stated: CniProfile | undefined;
  /** The CNI when it was asked for already or when somebody stated it; asking then opens no question. */
  readonly known: () => CniProfile | undefined;
  readonly ask: () => CniProfile;
}

/** Sets the scene for one packet. */
export function sceneOf(world: World, ask: Ask, source: PacketSource, profiles: CniProfiles): Scene {
  let asked: CniProfile | undefined;
  const inquire = (): CniProfile => (asked ??= profileNamed(profiles, ask({ name: 'cni' })));
  const name = lookUpFact(world, { name: 'cni' }).value;
  const stated = name === undefined ? undefined : profileNamed(profiles, name);
  return {
    world,
    ask,
    source,
    cni: { stated, known: () => asked ?? (stated && inquire()), ask: inquire },
  };
}

/** Finds the interface of the node by which the packets of a pod come in. */
export function interfaceOf(profile: CniProfile, source: PacketSource, world: World): PodInterface['face'] {
  return podInterfaceOf(profile, source, world).face;
}

/** Finds the same with what is known of its name. */
export function podInterfaceOf(profile: CniProfile, { pod }: PacketSource, world: World): PodInterface {
  const [usual, ...others] = profile.hostInterfaces.value;
  return others.find(({ ofPodsWith }) => ofPodsWith && hasBranchInterface(world, pod)) ?? usual;
}

function profileNamed(profiles: CniProfiles, name: string): CniProfile {
  const profile = Object.values(profiles).find(({ id }) => id === name);
  if (!profile) throw new Error(`no CNI is called \`${name}\`; facts are checked where they are read`);
  return profile;
}
