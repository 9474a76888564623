import { matchesRule } from './match.ts';
import type { HostNetwork, Packet } from './packet.ts';
import type { BuiltInChain, Rule, RuleSet, Table, TableName, Target } from './rule.ts';

/** A rule that matched a packet. */
export interface RuleHit {
  readonly table: TableName;
  readonly chain: string;
  readonly rule: Rule;
}

/**
 * How a packet came through one or more chains.
 *
 * `undecided`: the last of `hits` holds a match that nobody can judge, and it makes a difference.
 */
export interface Passage {
  readonly verdict: 'accept' | 'drop' | 'reject' | 'undecided';
  readonly packet: Packet;
  readonly hits: readonly RuleHit[];
}

/**
 * Leads a packet through a built-in chain of one table, and the chains that it jumps to.
 *
 * Where a match cannot be judged both ways are followed; when they end alike it made no difference.
 *
 * @source iptables(8): chains end in a verdict, in RETURN, or at their end; a built-in one then in its policy
 */
export function passTable(
  rules: RuleSet,
  name: TableName,
  builtIn: BuiltInChain,
  packet: Packet,
  host: HostNetwork,
): Passage {
  const table = rules.tables[name];
  if (!table?.[builtIn]) return { verdict: 'accept', packet, hits: [] };
  const position: Position = { stack: [{ chain: builtIn, index: 0 }], packet, hits: [] };
  return run({ table, name, builtIn, host }, position, forkLimit);
}

interface Scene {
  readonly table: Table;
  readonly name: TableName;
  readonly builtIn: BuiltInChain;
  readonly host: HostNetwork;
}

/** Where a packet stands inside a table: the innermost chain comes last. */
interface Position {
  readonly stack: readonly Frame[];
  readonly packet: Packet;
  readonly hits: readonly RuleHit[];
}

interface Frame {
  readonly chain: string;
  readonly index: number;
}

/** How often one packet may meet a match that nobody can judge; above it the passage is undecided. */
const forkLimit = 12;

/** The kernel refuses rules that run in a circle; a packet that so many rules matched has met one. */
const hitLimit = 1000;

function run(scene: Scene, from: Position, forks: number): Passage {
  let at = from;
  while (at.hits.length < hitLimit) {
    const frame = at.stack.at(-1);
    if (!frame) return { verdict: endPolicy(scene), packet: at.packet, hits: at.hits };
    const rule = scene.table[frame.chain]?.rules[frame.index];
    if (!rule) {
      at = returned(at);
      continue;
    }
    const passed = step(at, frame);
    const matches = matchesRule(rule, at.packet, scene.host);
    if (matches === 'no' || (matches === 'unknown' && isIdle(rule.target))) {
      at = passed;
      continue;
    }
    const hit: RuleHit = { table: scene.name, chain: frame.chain, rule };
    const taken = apply(scene, noted(passed, hit), rule.target);
    if (rule.target?.kind === 'unknown') return { verdict: 'undecided', packet: at.packet, hits: taken.hits };
    if (matches === 'unknown') return fork(scene, passed, taken, hit, forks);
    if ('verdict' in taken) return taken;
    at = taken;
  }
  return { verdict: 'undecided', packet: at.packet, hits: at.hits };
}

function fork(
  scene: Scene,
  passed: Position,
  taken: Position | Passage,
  hit: RuleHit,
  forks: number,
): Passage {
  const undecided: Passage = { verdict: 'undecided', packet: passed.packet, hits: [...passed.hits, hit] };
  if (forks === 0) return undecided;
  const without = run(scene, passed, forks - 1);
  const within = 'verdict' in taken ? taken : run(scene, taken, forks - 1);
  if (without.verdict === 'undecided') return without;
  if (within.verdict === 'undecided') return within;
  const alike =
    without.verdict === within.verdict && JSON.stringify(without.packet) === JSON.stringify(within.packet);
  return alike ? without : undecided;
}

function returned(at: Position): Position {
  return { ...at, stack: at.stack.slice(0, -1) };
}

function step(at: Position, frame: Frame): Position {
  return { ...at, stack: [...at.stack.slice(0, -1), { ...frame, index: frame.index + 1 }] };
}

function endPolicy(scene: Scene): 'accept' | 'drop' {
  return scene.table[scene.builtIn]?.policy === 'DROP' ? 'drop' : 'accept';
}

function noted(at: Position, hit: RuleHit): Position {
  return { ...at, hits: [...at.hits, hit] };
}

function isIdle(target: Target | undefined): boolean {
  return target === undefined || target.kind === 'passes';
}

/** Carries out a target on a packet whose position already stands behind the rule. */
function apply(scene: Scene, at: Position, target: Target | undefined): Position | Passage {
  const { packet, hits, stack } = at;
  switch (target?.kind) {
    case undefined:
    case 'passes':
    case 'unknown':
      return at;
    case 'ACCEPT':
      return { verdict: 'accept', packet, hits };
    case 'DROP':
      return { verdict: 'drop', packet, hits };
    case 'REJECT':
      return { verdict: 'reject', packet, hits };
    case 'RETURN':
      return returned(at);
    case 'jump':
      return { ...at, stack: [...stack, { chain: target.chain, index: 0 }] };
    case 'goto':
      return { ...at, stack: [...stack.slice(0, -1), { chain: target.chain, index: 0 }] };
    case 'MARK':
      return { ...at, packet: { ...packet, mark: ((packet.mark & ~target.mask) ^ target.value) >>> 0 } };
    case 'NOTRACK':
      return { ...at, packet: { ...packet, connection: { state: 'untracked' } } };
    case 'DNAT':
      return { verdict: 'accept', packet: translated(packet, target.address, target.port), hits };
    case 'REDIRECT': {
      const own = packet.inInterface ? scene.host.incomingAddress : '127.0.0.1';
      if (own === undefined) return { verdict: 'drop', packet, hits };
      return { verdict: 'accept', packet: translated(packet, own, target.port), hits };
    }
  }
}

function translated(packet: Packet, address: string | undefined, port: number | undefined): Packet {
  return {
    ...packet,
    destination: address ?? packet.destination,
    destinationPort: port ?? packet.destinationPort,
  };
}
