import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cniIds } from '../../src/model/cni.ts';
import { factDefinitions } from '../../src/model/factDefinitions.ts';
import { clause, conditionWords } from '../../src/report/conditions.ts';
import { roleNamer } from '../../src/report/identityWords.ts';
import type { Condition, FactCondition } from '../../src/resolve/condition.ts';
import { fault, open, sdkIs, trust } from './answers.ts';

const { name } = roleNamer(['arn:aws:iam::111122223333:role/app']);
const refuses = trust('refuses');
const stsFails = fault('sts', ['timeout', 'refused'], ['answers', 'timeout', 'refused', 'serverError']);
const stsHolds = fault('sts', ['answers', 'timeout'], ['answers', 'timeout']);

describe('conditionWords', () => {
  it.each<{ condition: Condition; words: string | undefined }>([
    { condition: [[]], words: undefined },
    { condition: [], words: undefined },
    { condition: [[refuses]], words: 'if the trust policy of app refuses' },
    {
      condition: [[sdkIs('java-v2', 'js-v2', 'php'), refuses]],
      words: 'if the SDK is java-v2, js-v2 or php and the trust policy of app refuses',
    },
    { condition: [[stsFails]], words: 'if STS times out or refuses connections' },
    // A fault that did not happen is not worth a word; what is left is the rest of the condition.
    { condition: [[stsHolds]], words: undefined },
    { condition: [[stsHolds, refuses]], words: 'if the trust policy of app refuses' },
    {
      condition: [[open('imds.httpPutResponseHopLimit', ['1'], ['1', '2'])], [refuses]],
      words: 'if the IMDS hop limit is 1, or if the trust policy of app refuses',
    },
    // What all alternatives share is said once.
    {
      condition: [
        [sdkIs('php'), refuses],
        [open('webhook', ['missed'], ['injects', 'missed']), refuses],
      ],
      words:
        'if the trust policy of app refuses and either the SDK is php, or the pod identity webhook misses the pod',
    },
    // One alternative holds whenever the shared part does.
    { condition: [[refuses], [refuses, sdkIs('php')]], words: 'if the trust policy of app refuses' },
  ])('says `$words`', ({ condition, words }) => {
    expect(conditionWords(condition, { name })).toBe(words);
  });

  it('counts the alternatives for which there is no room', () => {
    const condition = [[refuses], [sdkIs('php')], [open('webhook', ['missed'], ['injects', 'missed'])]];
    expect(conditionWords(condition, { name, alternatives: 1 })).toBe(
      'if the trust policy of app refuses (or in 2 more ways)',
    );
  });
});

describe('clause', () => {
  const cnisBut = (...without: readonly string[]): FactCondition =>
    open(
      'cni',
      cniIds.filter((id) => !without.includes(id)),
      cniIds,
    );

  it('names the few that are left out instead of the many that are in', () => {
    expect(clause(cnisBut('cilium', 'antrea'))).toBe('the CNI is any but cilium and antrea');
  });

  it('cuts a long list and says how much is missing', () => {
    const seven = open('cni', cniIds.slice(0, 7), cniIds);
    expect(clause(seven, { values: 3 })).toBe(
      'the CNI is aws-vpc-cni, aws-vpc-cni-policy-standard, aws-vpc-cni-policy-strict … (4 more)',
    );
  });

  it('has a predicate for every value of every fact', () => {
    const clauses = [...factDefinitions.values()].flatMap(({ name: fact, options, faults = [] }) =>
      [...options, ...faults].map((value) =>
        clause({ question: { name: fact, scope: 'a b' }, values: [value], options, why: 'open' }),
      ),
    );
    expect(clauses.filter((words) => !/^[\w ,./-]+$/.test(words))).toEqual([]);
  });

  it('more values never turn a clause into another subject', () => {
    const some = fc.subarray([...cniIds], { minLength: 1 });
    fc.assert(
      fc.property(some, (values) => {
        expect(clause(open('cni', values, cniIds))).toMatch(/^the CNI is (any but )?[a-z]/);
      }),
    );
  });
});
