import type { Ask } from '../../model/fact.ts';
import type { ObjectRef } from '../../model/objectRef.ts';
import { every, some, type Condition } from './condition.ts';

/** At least one. */
export type NonEmpty<Item> = readonly [Item, ...Item[]];

/** A rule of any kind of policy, held against one connection. */
export interface PolicyRule {
  readonly ref: ObjectRef;
  readonly action: 'allow' | 'deny' | 'pass';
  readonly fits: Condition;
  /** By what the rule knows the other end; engines may differ over addresses. */
  readonly peer: 'any' | 'pods' | 'addresses';
}

/**
 * What one policy that selects a pod adds to the order of judgement.
 *
 * Tiers are asked by their order, the policies of a tier by theirs, and what is alike by name.
 */
export interface PolicyShare {
  readonly policy: ObjectRef;
  /** Whether the policy selects the pod at all, where that cannot be foretold. */
  readonly applies: Condition;
  readonly tier: { readonly name: string; readonly order: number };
  readonly order: number;
  readonly name: string;
  readonly rules: readonly PolicyRule[];
  /** `ordered`: the first rule that fits decides; `union`: all rules allow, so that any may. */
  readonly reading: 'ordered' | 'union';
  /** What becomes of a connection that no rule of the whole tier fits. */
  readonly otherwise: 'deny' | 'nextTier';
}

/**
 * What policies say to a connection in one direction.
 *
 * - `unselected`: none has anything to say to it.
 * - `allowed`: these rules admit it.
 * - `denied`: this rule stops it.
 * - `isolated`: these policies select the pod, and none of their rules admits it.
 */
export type PolicyVerdict =
  | { readonly kind: 'unselected' }
  | { readonly kind: 'allowed'; readonly by: NonEmpty<PolicyRule> }
  | { readonly kind: 'denied'; readonly by: PolicyRule }
  | { readonly kind: 'isolated'; readonly silent: NonEmpty<ObjectRef> };

/** A verdict, or `open`: it hangs on what the input does not show. */
export type PolicyEvidence =
  PolicyVerdict | { readonly kind: 'open'; readonly selecting: NonEmpty<ObjectRef> };

/** One line of the whole order: a rule, or the end of a tier. */
interface Line {
  readonly fits: Condition;
  readonly decides: PolicyVerdict | 'pass';
  /** Where the lines of the next tier begin. */
  readonly nextTier: number;
}

/** Judges without asking anybody. */
export function weigh(shares: readonly PolicyShare[]): PolicyEvidence {
  const lines = linesOf(shares);
  const ends = endsFrom(lines);
  const refs = shares.map(({ policy }) => policy);
  if (isNonEmpty(refs) && (ends[0]?.size ?? 1) > 1) return { kind: 'open', selecting: refs };
  return walk(lines, ends, () => {
    throw new Error('nothing is open');
  });
}

/** Judges, and asks about a rule only where both answers lead to different ends. */
export function decide(shares: readonly PolicyShare[], ask: Ask): PolicyVerdict {
  const lines = linesOf(shares);
  return walk(lines, endsFrom(lines), ask);
}

/** A rule whose fit makes no difference to the end is passed over, so that a surer one is named. */
function walk(lines: readonly Line[], ends: readonly ReadonlySet<End>[], ask: Ask): PolicyVerdict {
  let at = 0;
  for (let line = lines[0]; line !== undefined; line = lines[at]) {
    const matters = line.fits.known === 'unknown' && (ends[at]?.size ?? 0) > 1;
    const fits = matters ? line.fits.settle(ask) : line.fits.known === 'yes';
    if (fits && line.decides !== 'pass') return line.decides;
    at = fits ? line.nextTier : at + 1;
  }
  return { kind: 'unselected' };
}

type End = 'passes' | 'stops';

/** How it can end from each line on, whatever the answers. */
function endsFrom(lines: readonly Line[]): readonly ReadonlySet<End>[] {
  const ends: ReadonlySet<End>[] = [];
  ends[lines.length] = new Set(['passes'] as const);
  for (const [back, line] of lines.toReversed().entries()) {
    const at = lines.length - 1 - back;
    const taken = line.decides === 'pass' ? ends[line.nextTier] : new Set([endOf(line.decides)]);
    const left = ends[at + 1];
    ends[at] = new Set([
      ...(line.fits.known === 'no' ? [] : (taken ?? [])),
      ...(line.fits.known === 'yes' ? [] : (left ?? [])),
    ]);
  }
  return ends;
}

function endOf(verdict: PolicyVerdict): End {
  return verdict.kind === 'denied' || verdict.kind === 'isolated' ? 'stops' : 'passes';
}

function linesOf(shares: readonly PolicyShare[]): readonly Line[] {
  const lines: Line[] = [];
  for (const tier of tiersOf(shares)) {
    const rules = tier.flatMap((share) => share.rules.map((rule) => ({ share, rule })));
    const isolating = tier.filter(({ otherwise }) => otherwise === 'deny');
    const silent = isolating.map(({ policy }) => policy);
    const nextTier = lines.length + rules.length + (isNonEmpty(silent) ? 1 : 0);
    const also = tier
      .filter(({ reading }) => reading === 'union')
      .flatMap((share) => share.rules.filter(({ fits }) => fits.known === 'yes'));
    for (const { share, rule } of rules) {
      const decides = decisionOf(rule, share.reading === 'union' ? also : []);
      lines.push({ fits: every([share.applies, rule.fits]), decides, nextTier });
    }
    if (isNonEmpty(silent)) {
      const fits = some(isolating.map(({ applies }) => applies));
      lines.push({ fits, decides: { kind: 'isolated', silent }, nextTier });
    }
  }
  return lines;
}

function decisionOf(rule: PolicyRule, also: readonly PolicyRule[]): Line['decides'] {
  switch (rule.action) {
    case 'allow':
      return { kind: 'allowed', by: [rule, ...also.filter((other) => other !== rule)] };
    case 'deny':
      return { kind: 'denied', by: rule };
    case 'pass':
      return 'pass';
  }
}

function tiersOf(shares: readonly PolicyShare[]): readonly (readonly PolicyShare[])[] {
  const tiers = new Map<string, PolicyShare[]>();
  for (const share of shares.toSorted(byOrder)) {
    const tier = tiers.get(share.tier.name);
    if (tier) tier.push(share);
    else tiers.set(share.tier.name, [share]);
  }
  return [...tiers.values()];
}

function byOrder(a: PolicyShare, b: PolicyShare): number {
  return (
    compare(a.tier.order, b.tier.order) ||
    compare(a.tier.name, b.tier.name) ||
    compare(a.order, b.order) ||
    compare(a.name, b.name)
  );
}

function compare<Value extends number | string>(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isNonEmpty<Item>(items: readonly Item[]): items is NonEmpty<Item> {
  return items.length > 0;
}
