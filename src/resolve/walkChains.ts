import type { Reply } from '../model/exchange.ts';
import type { Ask } from '../model/fact.ts';
import type { Credentials } from '../model/identity.ts';
import type { World } from '../model/world.ts';
import { groupOutcomes } from './condition.ts';
import { explore, isIncomplete } from './explore.ts';
import { chainLimit, reachedText, type Reach, type ReachHolder, type ReachHop } from './reach.ts';
import { assumableBy, externalIdOf } from './roleGraph.ts';

/** Credentials in somebody's hand, and the means to assume further roles with them. */
export interface Foothold {
  readonly credentials: Credentials;
  readonly assume: (call: ChainCall) => Reply;
}

/** A call of `sts:AssumeRole` made on purpose. */
export interface ChainCall {
  readonly roleArn: string;
  readonly source: Credentials;
  readonly sessionName: string;
  readonly externalId?: string;
}

/** Where chains begin: a way to first credentials, or a role that somebody holds already. */
export interface ChainStart {
  readonly holder: ReachHolder;
  /** `ownRole`: the first credentials are the holder's own, and obtaining them counts as no hop. */
  readonly begins: 'firstHop' | 'ownRole';
  readonly via?: ReachHop['via'];
  /** Gives nothing when it does not work out under these facts. */
  readonly obtain: (ask: Ask) => Foothold | undefined;
}

/** Narrows {@link walkChains}. */
export interface ChainGoal {
  readonly roleArn: string;
  /** The roles from which a chain leads to it. */
  readonly sources: ReadonlySet<string>;
}

/** The name of a session whose opener may choose any: policies cannot rely on one. */
export const anySession = '<any>';

/**
 * Follows every chain of roles from a start, the shortest first, and says under which condition each comes about.
 *
 * Where the start has several beginnings, as with a rule that may be there or not, each is followed for itself: what
 * follows one holds under its condition alone.
 *
 * @param goal - only chains that end there are told
 */
export function walkChains(world: World, start: ChainStart, goal?: ChainGoal): readonly Reach[] {
  return beginnings(world, start).flatMap((beginning) => walkFrom(world, start, beginning, goal));
}

function walkFrom(
  world: World,
  start: ChainStart,
  beginning: Chain,
  goal: ChainGoal | undefined,
): readonly Reach[] {
  const seen = new Set([reachedText(beginning.last.identity)]);
  const found: Chain[] = [beginning];
  // The list grows while it is walked.
  for (const chain of found) {
    const next = nextRoles(world, chain, goal).filter((arn) => !seen.has(arn));
    if (chain.steps >= chainLimit) {
      chain.beyond.push(...next);
      continue;
    }
    for (const roleArn of next) {
      const longer = extend(world, start, chain, roleArn);
      if (!longer) continue;
      seen.add(roleArn);
      found.push(longer);
    }
  }
  return found.flatMap(({ hops, last, when, incomplete, beyond }): readonly Reach[] => {
    const { identity } = last;
    const [first, ...others] = hops;
    if (!first || (goal && reachedText(identity) !== goal.roleArn)) return [];
    return [{ holder: start.holder, identity, hops: [first, ...others], when, incomplete, beyond }];
  });
}

/** A chain as far as it was followed. */
interface Chain extends Pick<Reach, 'when' | 'incomplete'> {
  readonly hops: readonly ReachHop[];
  readonly last: Credentials;
  /** How many roles were assumed one from the other. */
  readonly steps: number;
  readonly beyond: string[];
}

function beginnings(world: World, start: ChainStart): readonly Chain[] {
  const exploration = explore(world, (ask) => start.obtain(ask)?.credentials);
  const groups = groupOutcomes(exploration, (credentials) =>
    credentials ? `${reachedText(credentials.identity)} by ${credentials.mechanism}` : '',
  );
  const incomplete = isIncomplete(exploration);
  return groups.flatMap(({ representative: last, when }): readonly Chain[] => {
    if (!last) return [];
    const via = start.via === undefined ? {} : { via: start.via };
    const hop: ReachHop = { by: last.mechanism, ...via, identity: last.identity };
    const hops = start.begins === 'firstHop' ? [hop] : [];
    return [{ hops, last, when, incomplete, steps: 0, beyond: [] }];
  });
}

function nextRoles(world: World, { last }: Chain, goal: ChainGoal | undefined): readonly string[] {
  const next = assumableBy(world, last.identity);
  return goal ? next.filter((arn) => goal.sources.has(arn)) : next;
}

/** Goes the whole way again with one role more: what the first hops rest on, the last one rests on too. */
function extend(world: World, start: ChainStart, chain: Chain, roleArn: string): Chain | undefined {
  const assumed = chain.hops.filter(({ by }) => by === 'assumeRole');
  const arns = [
    ...assumed.flatMap(({ identity }) => (identity.kind === 'role' ? identity.arn : [])),
    roleArn,
  ];
  const origin = chain.hops.find(({ by }) => by !== 'assumeRole')?.identity;
  const exploration = explore(world, (ask) => {
    const foothold = start.obtain(ask);
    if (!foothold || (origin && reachedText(foothold.credentials.identity) !== reachedText(origin))) {
      return undefined;
    }
    return arns.reduce<Credentials | undefined>(
      (source, arn) => source && assumeNext(world, foothold, source, arn),
      foothold.credentials,
    );
  });
  const obtained = groupOutcomes(exploration, (credentials) => (credentials ? 'obtained' : '')).find(
    ({ representative }) => representative !== undefined,
  );
  if (!obtained?.representative) return undefined;
  const { representative: last, when } = obtained;
  const hop: ReachHop = { by: 'assumeRole', identity: last.identity };
  const incomplete = isIncomplete(exploration);
  return { hops: [...chain.hops, hop], last, when, incomplete, steps: chain.steps + 1, beyond: [] };
}

function assumeNext(
  world: World,
  { assume }: Foothold,
  source: Credentials,
  roleArn: string,
): Credentials | undefined {
  const externalId = externalIdOf(world, roleArn);
  const reply = assume({
    roleArn,
    source,
    sessionName: anySession,
    ...(externalId === undefined ? {} : { externalId }),
  });
  return credentialsIn(reply);
}

/** Takes the credentials out of a reply, if it holds any. */
export function credentialsIn(reply: Reply): Credentials | undefined {
  return reply.kind === 'ok' && reply.body.kind === 'credentials' ? reply.body.credentials : undefined;
}
