import type { BuiltInChain, Chain, Rule, RuleSet, Table, TableName, Target } from '../../model/iptables.ts';
import type { ObjectRef } from '../../model/objectRef.ts';
import { nextCandidate } from './chainIndex.ts';
import { matchesRule } from './match.ts';
import type { Host, Packet } from './packet.ts';
import { applyToPacket } from './target.ts';

/** A rule that matched a packet. */
export interface RuleHit {
  readonly table: TableName;
  readonly chain: string;
  readonly rule: Rule;
}

/** How a packet came through a built-in chain of one table and the chains that it jumps to. */
export interface Passage {
  readonly table: TableName;
  readonly chain: BuiltInChain;
  readonly verdict: 'accept' | 'drop' | 'reject';
  readonly packet: Packet;
  /** The last of them decided, unless `byPolicy`. */
  readonly hits: readonly RuleHit[];
  /** The packet reached the end of the built-in chain. */
  readonly byPolicy: boolean;
  /** Where that chain stands. */
  readonly ref?: ObjectRef;
}

/**
 * Leads a packet through a built-in chain of one table, and the chains that it jumps to.
 *
 * Where a match cannot be judged both ways are followed; only when they end differently is it asked.
 *
 * @source iptables(8): chains end in a verdict, in RETURN, or at their end; a built-in one then in its policy
 */
export function passTable(
  rules: RuleSet,
  name: TableName,
  builtIn: BuiltInChain,
  packet: Packet,
  host: Host,
): Passage {
  const table = rules.tables[name];
  const start = { table: name, chain: builtIn, packet, hits: [] };
  if (!table?.[builtIn]) return { ...start, verdict: 'accept', byPolicy: true };
  const scene: Scene = { table, name, builtIn, host };
  let at: Position = { stack: [{ chain: builtIn, index: 0 }], packet, hits: [] };
  for (;;) {
    const next = advance(scene, at);
    if (next.kind === 'end') return next.passage;
    const same = settle(scene, next, lookAhead);
    if (same) return same;
    const chosen = decide(scene, next);
    if (chosen.kind === 'end') return chosen.passage;
    at = chosen.position;
  }
}

interface Scene {
  readonly table: Table;
  readonly name: TableName;
  readonly builtIn: BuiltInChain;
  readonly host: Host;
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

type Next =
  | { readonly kind: 'end'; readonly passage: Passage }
  | { readonly kind: 'position'; readonly position: Position };

/** A rule of which nobody can tell what it does with the packet. */
interface Doubt {
  readonly kind: 'doubt';
  readonly rule: Rule;
  /** The packet does not match. */
  readonly passed: Position;
  /** It matches; for a target that is not understood, the packet is noted and goes on. */
  readonly taken: Next;
  readonly about: 'match' | 'target';
}

/** How many doubts in a row are followed both ways before the first of them is asked about. */
const lookAhead = 4;

/** The kernel refuses rules that run in a circle; a packet that so many rules matched has met one. */
const hitLimit = 1000;

/** The chain of a table that jumps to one that it does not declare. */
const noRules: Chain = { rules: [] };

/** Leads the packet on to the end of the table or to the next doubt. */
function advance(scene: Scene, from: Position): Extract<Next, { kind: 'end' }> | Doubt {
  let at = from;
  for (;;) {
    const frame = at.stack.at(-1);
    if (!frame || at.hits.length > hitLimit) return atPolicy(scene, at);
    const chain = scene.table[frame.chain] ?? noRules;
    const { destination } = at.packet;
    let index = nextCandidate(chain, frame.index, destination);
    let matches = 'no';
    // The rules that do not match are by far the most.
    for (; index < chain.rules.length; index = nextCandidate(chain, index + 1, destination)) {
      const rule = chain.rules[index];
      matches = rule ? matchesRule(rule, at.packet, scene.host) : 'no';
      if (matches === 'yes' || (matches === 'unknown' && !isIdle(rule?.target))) break;
    }
    const rule = chain.rules[index];
    if (!rule) {
      at = returned(at);
      continue;
    }
    const passed = { ...at, stack: [...at.stack.slice(0, -1), { ...frame, index: index + 1 }] };
    const noted = { ...passed, hits: [...at.hits, { table: scene.name, chain: frame.chain, rule }] };
    const taken = apply(scene, noted, rule.target);
    const about = rule.target?.kind === 'unknown' ? 'target' : 'match';
    if (matches === 'unknown' || about === 'target') return { kind: 'doubt', rule, passed, taken, about };
    if (taken.kind === 'end') return taken;
    at = taken.position;
  }
}

/** Gives the end that a packet comes to whichever way a doubt turns out, or nothing when it matters. */
function settle(scene: Scene, { passed, taken, about }: Doubt, depth: number): Passage | undefined {
  if (about === 'target' || depth === 0) return undefined;
  const without = endOf(scene, passed, depth - 1);
  const within = without && (taken.kind === 'end' ? taken.passage : endOf(scene, taken.position, depth - 1));
  if (!without || !within || without.verdict !== within.verdict) return undefined;
  return JSON.stringify(without.packet) === JSON.stringify(within.packet) ? without : undefined;
}

function endOf(scene: Scene, from: Position, depth: number): Passage | undefined {
  const next = advance(scene, from);
  return next.kind === 'end' ? next.passage : settle(scene, next, depth);
}

function decide(scene: Scene, { rule, passed, taken, about }: Doubt): Next {
  const details = { scope: rule.text, ...(rule.ref ? { about: rule.ref } : {}) };
  const skip: Next = { kind: 'position', position: passed };
  if (matchesRule(rule, passed.packet, scene.host) === 'unknown') {
    if (scene.host.ask({ name: 'iptablesMatch', ...details }) === 'fitsNot') return skip;
    if (about === 'match') return taken;
  }
  const noted = taken.kind === 'position' ? taken.position : passed;
  switch (scene.host.ask({ name: 'iptablesTarget', ...details })) {
    case 'accepted':
      return { kind: 'end', passage: ended(scene, noted, 'accept') };
    case 'dropped':
      return { kind: 'end', passage: ended(scene, noted, 'drop') };
    default:
      return { kind: 'position', position: noted };
  }
}

function atPolicy(scene: Scene, at: Position): Extract<Next, { kind: 'end' }> {
  const verdict = scene.table[scene.builtIn]?.policy === 'DROP' ? 'drop' : 'accept';
  const { ref } = scene.table[scene.builtIn] ?? {};
  const passage = { ...ended(scene, at, verdict), byPolicy: true };
  return { kind: 'end', passage: ref ? { ...passage, ref } : passage };
}

function ended(scene: Scene, { packet, hits }: Position, verdict: Passage['verdict']): Passage {
  return { table: scene.name, chain: scene.builtIn, verdict, packet, hits, byPolicy: false };
}

function returned(at: Position): Position {
  return { ...at, stack: at.stack.slice(0, -1) };
}

function isIdle(target: Target | undefined): boolean {
  return target === undefined || target.kind === 'passes';
}

/** Carries out a target on a packet whose position already stands behind the rule. */
function apply(scene: Scene, at: Position, target: Target | undefined): Next {
  const { stack } = at;
  const on = (position: Position): Next => ({ kind: 'position', position });
  const end = (verdict: Passage['verdict'], packet: Packet = at.packet): Next => ({
    kind: 'end',
    passage: ended(scene, { ...at, packet }, verdict),
  });
  if (!target) return on(at);
  switch (target.kind) {
    case 'passes':
    case 'unknown':
      return on(at);
    case 'ACCEPT':
      return end('accept');
    case 'DROP':
      return end('drop');
    case 'REJECT':
      return end('reject');
    case 'RETURN':
      return on(returned(at));
    case 'jump':
      return on({ ...at, stack: [...stack, { chain: target.chain, index: 0 }] });
    case 'goto':
      return on({ ...at, stack: [...stack.slice(0, -1), { chain: target.chain, index: 0 }] });
    default: {
      const { packet, ends } = applyToPacket(target, at.packet, scene.host);
      if (ends === undefined) return on({ ...at, packet });
      return end(ends, packet);
    }
  }
}
