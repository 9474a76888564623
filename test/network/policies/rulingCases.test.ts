import { describe, expect, it } from 'vitest';
import type { ObjectRef } from '../../../src/model/objectRef.ts';
import { always, asked, never, type Condition } from '../../../src/network/policies/condition.ts';
import {
  decide,
  weigh,
  type PolicyRule,
  type PolicyShare,
  type PolicyVerdict,
} from '../../../src/network/policies/ruling.ts';
import { tiers } from '../../../src/network/policies/tiers.ts';

const refOf = (name: string): ObjectRef => ({ kind: 'Policy', name });
const maybe = (name: string): Condition => asked(refOf(name));
const rule = (action: PolicyRule['action'], name: string, fits: Condition = always): PolicyRule => ({
  ref: refOf(name),
  action,
  fits,
  peer: 'addresses',
});

const share = (
  name: string,
  rules: readonly PolicyRule[],
  parts: Partial<PolicyShare> = {},
): PolicyShare => ({
  policy: refOf(name),
  applies: always,
  tier: tiers.namespaces,
  order: 0,
  name,
  rules,
  reading: 'ordered',
  otherwise: 'deny',
  ...parts,
});
const union = { reading: 'union' } as const;
const goesOn = { otherwise: 'nextTier' } as const;
const admin = { tier: tiers.admin, ...goesOn };
const baseline = { tier: tiers.baseline, ...goesOn };

const unselected: PolicyVerdict = { kind: 'unselected' };
const allowed = (by: PolicyRule, ...also: readonly PolicyRule[]): PolicyVerdict => ({
  kind: 'allowed',
  by: [by, ...also],
});
const denied = (by: PolicyRule): PolicyVerdict => ({ kind: 'denied', by });
const isolated = (first: string, ...more: readonly string[]): PolicyVerdict => ({
  kind: 'isolated',
  silent: [refOf(first), ...more.map(refOf)],
});

describe('what is known of every rule', () => {
  const yes = rule('allow', 'yes');
  const yesToo = rule('allow', 'yesToo');
  const no = rule('deny', 'no');
  const misses = rule('deny', 'misses', never);
  const pass = rule('pass', 'pass');
  it.each<[string, readonly PolicyShare[], PolicyVerdict]>([
    ['no policy', [], unselected],
    ['a policy without rules', [share('a', [])], isolated('a')],
    ['… that leaves the rest to the next tier', [share('a', [], goesOn)], unselected],
    ['a rule that misses', [share('a', [misses])], isolated('a')],
    ['… in a policy that leaves the rest to the next tier', [share('a', [misses], goesOn)], unselected],
    ['the first of two rules: deny', [share('a', [no, yes])], denied(no)],
    ['the first of two rules: allow', [share('a', [yes, no])], allowed(yes)],
    ['an ordered rule is named alone', [share('a', [yes, yesToo])], allowed(yes)],
    ['of a union all that fit are named', [share('a', [yes, yesToo], union)], allowed(yes, yesToo)],
    [
      '… over several policies, without those that miss',
      [share('a', [rule('allow', 'x', never), yes], union), share('b', [yesToo], union)],
      allowed(yes, yesToo),
    ],
    [
      '… and without the ordered rules of the tier',
      [share('a', [yes], union), share('b', [yesToo])],
      allowed(yes),
    ],
    [
      'an ordered rule is named without those of a union',
      [share('a', [yes]), share('b', [yesToo], union)],
      allowed(yes),
    ],
    ['the silent policies are named by name', [share('b', []), share('a', [])], isolated('a', 'b')],
    [
      '… and by their order first',
      [share('a', [], { order: 2 }), share('b', [], { order: 1 })],
      isolated('b', 'a'),
    ],
    [
      '… without those that leave the rest to the next tier',
      [share('a', [], goesOn), share('b', [])],
      isolated('b'),
    ],
    ['a lower order first', [share('a', [yes], { order: 2 }), share('b', [no], { order: 1 })], denied(no)],
    [
      'the last of all without an order',
      [share('a', [no], { order: Infinity }), share('b', [yes], { order: 9 })],
      allowed(yes),
    ],
    ['names decide among equals', [share('b', [no]), share('a', [yes])], allowed(yes)],
    ['a tier before another', [share('a', [yes]), share('b', [no], admin)], denied(no)],
    [
      'tiers of one order go by name',
      [
        share('a', [yes], { tier: { name: 'z', order: 1 } }),
        share('b', [no], { tier: { name: 'y', order: 1 } }),
      ],
      denied(no),
    ],
    ['pass leaves the tier', [share('a', [pass, no], admin), share('b', [yes])], allowed(yes)],
    ['pass leaves a tier that would deny', [share('a', [pass]), share('b', [no], baseline)], denied(no)],
    ['pass in the last tier', [share('a', [pass])], unselected],
    ['isolation ends before the baseline', [share('a', []), share('b', [yes], baseline)], isolated('a')],
    [
      'what the namespaces do not select goes to the baseline',
      [share('a', [misses], admin), share('b', [no], baseline)],
      denied(no),
    ],
    ['a policy that does not apply', [share('a', [no], { applies: never })], unselected],
  ])('%s', (_title, shares, verdict) => {
    expect(weigh(shares)).toStrictEqual(verdict);
    expect(
      decide(shares, ({ scope = '' }) => {
        throw new Error(`nobody is asked: ${scope}`);
      }),
    ).toStrictEqual(verdict);
  });
});

describe('what hangs on answers', () => {
  const allow = rule('allow', 'allow', maybe('allow'));
  const deny = rule('deny', 'deny', maybe('deny'));
  const pass = rule('pass', 'pass', maybe('pass'));
  const allowAll = rule('allow', 'allowAll');
  const denyAll = rule('deny', 'denyAll');

  interface Case {
    readonly what: string;
    readonly shares: readonly PolicyShare[];
    /** Policies whose parts fit. */
    readonly fit?: readonly string[];
    readonly asks: readonly string[];
    readonly verdict: PolicyVerdict;
  }
  it.each<Case>([
    {
      what: 'an allowance fits',
      shares: [share('a', [allow])],
      fit: ['allow'],
      asks: ['allow'],
      verdict: allowed(allow),
    },
    { what: 'an allowance misses', shares: [share('a', [allow])], asks: ['allow'], verdict: isolated('a') },
    {
      what: 'a denial fits',
      shares: [share('a', [deny], goesOn)],
      fit: ['deny'],
      asks: ['deny'],
      verdict: denied(deny),
    },
    { what: 'a denial misses', shares: [share('a', [deny], goesOn)], asks: ['deny'], verdict: unselected },
    {
      what: 'a denial before what allows all',
      shares: [share('a', [deny, allowAll])],
      asks: ['deny'],
      verdict: allowed(allowAll),
    },
    {
      what: 'pass goes to the next tier',
      shares: [share('a', [pass], admin), share('b', [])],
      asks: [],
      verdict: isolated('b'),
    },
    {
      what: 'pass spares a denial of its tier',
      shares: [share('a', [pass, denyAll], admin), share('b', [allowAll])],
      fit: ['pass'],
      asks: ['pass'],
      verdict: allowed(allowAll),
    },
    {
      what: '… unless it misses',
      shares: [share('a', [pass, denyAll], admin), share('b', [allowAll])],
      asks: ['pass'],
      verdict: denied(denyAll),
    },
    {
      what: 'whether a policy applies at all',
      shares: [share('a', [denyAll], { applies: maybe('policy') })],
      fit: ['policy'],
      asks: ['policy'],
      verdict: denied(denyAll),
    },
    {
      what: '… which leaves everything open when not',
      shares: [share('a', [], { applies: maybe('policy') })],
      asks: ['policy'],
      verdict: unselected,
    },
    {
      what: '… and isolates when it does',
      shares: [share('a', [], { applies: maybe('policy') })],
      fit: ['policy'],
      asks: ['policy'],
      verdict: isolated('a'),
    },
    {
      what: 'a rule may fit of a policy that may apply',
      shares: [share('a', [deny], { applies: maybe('policy'), ...goesOn })],
      fit: ['policy', 'deny'],
      asks: ['policy', 'deny'],
      verdict: denied(deny),
    },
  ])('$what', ({ shares, fit = [], asks, verdict }) => {
    const seen = new Set<string>();
    const outcome = decide(shares, ({ scope = '' }) => {
      const name = scope.replace('Policy ', '');
      seen.add(name);
      return fit.includes(name) ? 'fits' : 'fitsNot';
    });
    expect({ outcome, asks: [...seen] }).toStrictEqual({ outcome: verdict, asks });
    const [first, ...more] = shares.map(({ policy }) => policy);
    expect(weigh(shares)).toStrictEqual(
      asks.length === 0 ? verdict : { kind: 'open', selecting: [first, ...more] },
    );
  });

  it.each<[string, readonly PolicyShare[], PolicyVerdict]>([
    ['an allowance before what allows all', [share('a', [allow, allowAll])], allowed(allowAll)],
    ['… in a union: the surer rule is named', [share('a', [allow, allowAll], union)], allowed(allowAll)],
    ['a denial before isolation', [share('a', [deny])], isolated('a')],
    ['a denial before one of everything', [share('a', [deny, denyAll])], denied(denyAll)],
    ['an allowance where nothing else stops it', [share('a', [allow], goesOn)], unselected],
    ['pass where nothing follows', [share('a', [pass], goesOn)], unselected],
    [
      'what a denial of an earlier tier settles',
      [share('a', [allow]), share('b', [denyAll], admin)],
      denied(denyAll),
    ],
  ])('nothing is asked where all answers end alike: %s', (_title, shares, verdict) => {
    expect(weigh(shares)).toStrictEqual(verdict);
    expect(
      decide(shares, ({ scope = '' }) => {
        throw new Error(`nobody is asked: ${scope}`);
      }),
    ).toStrictEqual(verdict);
  });
});
