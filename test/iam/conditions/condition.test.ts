import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { decideCondition } from '../../../src/iam/conditions/condition.ts';
import { conditionOperators } from '../../../src/iam/conditions/operators.ts';
import { parseConditions } from '../../../src/iam/conditions/parse.ts';
import type { Policy } from '../../../src/iam/policy.ts';
import type { OpenKey } from '../../../src/iam/requestContext.ts';
import type { JsonValue } from '../../../src/model/aws.ts';

const principalKeys: Readonly<Record<string, readonly string[]>> = {
  'aws:username': ['ann'],
  'aws:principaltag/star': ['*'],
  'test:list': ['a', 'b'],
};

/** Decides one condition on `test:key`. Without `actual` the request has no such key. */
function decide(
  operator: string,
  expected: JsonValue,
  actual?: readonly string[] | OpenKey['presence'],
  version: Policy['version'] = '2012-10-17',
): boolean | 'open' {
  const [condition] = parseConditions({ [operator]: { 'test:key': expected } }, '', version).value ?? [];
  if (!condition) throw new Error(`no condition ${operator}`);
  const keys = new Map(Object.entries(principalKeys));
  if (Array.isArray(actual)) keys.set('test:key', actual);
  const openKeys: OpenKey[] =
    typeof actual === 'string' ? [{ key: 'test:key', presence: actual as OpenKey['presence'] }] : [];
  const evidence = decideCondition(condition, { keys, openKeys });
  return evidence.undetermined ? 'open' : evidence.holds;
}

describe('one value against one value', () => {
  it.each<[string, string, string, boolean]>([
    ['StringEquals', 'a', 'a', true],
    ['StringEquals', 'a', 'A', false],
    ['StringEquals', 'a*', 'ab', false],
    ['StringEquals', '*', '*', true],
    ['StringEqualsIgnoreCase', 'aB', 'Ab', true],
    ['StringLike', 'a*c', 'abbc', true],
    ['StringLike', 'a?c', 'ac', false],
    ['StringLike', '*', '', true],
    ['StringLike', 'a.c', 'abc', false],
    ['StringLike', '**a**', 'xay', true],
    ['NumericEquals', '1.0', '1', true],
    ['NumericLessThan', '2', '10', false],
    ['NumericLessThanEquals', '2', '2', true],
    ['NumericGreaterThan', '2', '10', true],
    ['NumericEquals', '', '0', false],
    ['DateEquals', '2024-01-01T00:00:00Z', '1704067200', true],
    ['DateLessThan', '2024-01-01', '2023-12-31T23:59:59+00:00', true],
    ['DateGreaterThan', '2024', '2024-01-01T00:00:01Z', true],
    ['DateEquals', '1 January 2024', '1704067200', false],
    ['Bool', 'true', 'true', true],
    ['Bool', 'True', 'true', true],
    ['Bool', 'true', 'false', false],
    ['BinaryEquals', 'QQ==', 'QQ', true],
    ['IpAddress', '203.0.113.0/24', '203.0.113.255', true],
    ['IpAddress', '203.0.113.0/24', '203.0.114.0', false],
    ['IpAddress', '203.0.113.9', '203.0.113.9', true],
    ['IpAddress', '0.0.0.0/0', '198.51.100.1', true],
    ['IpAddress', '203.0.113.0/33', '203.0.113.0', false],
    ['IpAddress', '2001:DB8:1234:5678::/64', '2001:db8:1234:5678::1', true],
    ['IpAddress', '2001:db8::/32', '2001:db9::', false],
    ['IpAddress', '::/0', '203.0.113.1', false],
    ['IpAddress', '::1', '0:0:0:0:0:0:0:1', true],
    ['ArnEquals', 'arn:aws:iam::1:role/*', 'arn:aws:iam::1:role/a/b', true],
    ['ArnLike', 'arn:aws:s:*:1:f/*', 'arn:aws:s:us:9:store:1:f/x', false],
    ['StringLike', 'arn:aws:s:*:1:f/*', 'arn:aws:s:us:9:store:1:f/x', true],
    ['ArnLike', 'arn:aws:s:::a:*', 'arn:aws:s:::a:b:c', true],
  ])('%s %s: %s', (operator, expected, actual, holds) => {
    expect(decide(operator, expected, [actual])).toBe(holds);
  });
});

describe('no value and several values', () => {
  it.each<[string, JsonValue, readonly string[] | undefined, boolean]>([
    ['StringEquals', 'a', undefined, false],
    ['StringNotEquals', 'a', undefined, true],
    ['StringEqualsIfExists', 'a', undefined, true],
    ['StringEqualsIfExists', 'a', ['b'], false],
    ['StringEquals', ['a', 'b'], ['b'], true],
    ['StringNotEquals', ['a', 'b'], ['b'], false],
    ['NotIpAddress', '10.0.0.0/8', undefined, true],
    ['ForAnyValue:StringEquals', 'a', ['a', 'x'], true],
    ['ForAnyValue:StringEquals', 'a', undefined, false],
    ['ForAnyValue:StringNotEquals', 'a', ['a', 'x'], true],
    ['ForAnyValue:StringNotEquals', 'a', undefined, false],
    ['ForAnyValue:StringEqualsIfExists', 'a', undefined, false],
    ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b'], true],
    ['ForAllValues:StringEquals', 'a', ['a', 'x'], false],
    ['ForAllValues:StringEquals', 'a', undefined, true],
    ['ForAllValues:StringEquals', 'a', [''], true],
    ['ForAllValues:StringNotEquals', 'a', ['x', 'y'], true],
    ['ForAllValues:StringNotEquals', 'a', ['a', 'y'], false],
    ['Null', 'true', undefined, true],
    ['Null', 'true', ['a'], false],
    ['Null', false, ['a'], true],
    ['Null', ['true', 'false'], ['a'], true],
  ])('%s %j: %j', (operator, expected, actual, holds) => {
    expect(decide(operator, expected, actual)).toBe(holds);
  });
});

describe('variables', () => {
  it.each<[string, string, string, boolean]>([
    ['StringEquals', '${aws:username}', 'ann', true],
    ['StringEquals', '${AWS:UserName}', 'ann', true],
    ['StringLike', 'home/${aws:username}/*', 'home/ann/x', true],
    ['StringEquals', '${aws:none}', '', false],
    ['StringNotEquals', '${aws:none}', 'x', false],
    ['StringEquals', "${aws:none, 'all'}", 'all', true],
    ['StringEquals', "${aws:username, 'all'}", 'ann', true],
    ['StringLike', '${*}', '*', true],
    ['StringLike', '${*}', 'x', false],
    ['StringLike', 'a${?}', 'a?', true],
    ['StringEquals', '${$}{aws:username}', '${aws:username}', true],
    ['StringLike', '${aws:PrincipalTag/star}', 'x', false],
    ['StringEquals', '${test:list}', 'a', false],
    ['Bool', '${aws:username}', 'ann', true],
  ])('%s %s: %s', (operator, expected, actual, holds) => {
    expect(decide(operator, expected, [actual])).toBe(holds);
  });

  it('are letters in the older version of the language', () => {
    expect(decide('StringEquals', '${aws:username}', ['ann'], '2008-10-17')).toBe(false);
    expect(decide('StringEquals', '${aws:username}', ['${aws:username}'], '2008-10-17')).toBe(true);
  });
});

describe('a value that is not known', () => {
  it.each<[string, string, OpenKey['presence'], boolean | 'open']>([
    ['StringEquals', 'a', 'always', 'open'],
    ['StringNotEqualsIfExists', 'a', 'sometimes', 'open'],
    ['Null', 'false', 'always', true],
    ['Null', 'true', 'always', false],
    ['Null', 'true', 'sometimes', 'open'],
  ])('%s %s, there %s', (operator, expected, presence, outcome) => {
    expect(decide(operator, expected, presence)).toBe(outcome);
  });
});

const plainText = fc.string({ maxLength: 4 }).filter((text) => !/[*?$]/.test(text));

describe('laws', () => {
  test.prop([plainText, plainText])(
    'StringEquals and StringLike agree on texts without wildcards',
    (expected, actual) => {
      for (const value of [actual, expected]) {
        expect(decide('StringLike', expected, [value])).toBe(decide('StringEquals', expected, [value]));
      }
    },
  );

  const pairs = conditionOperators.flatMap(({ name }) => {
    const negated = conditionOperators.find(
      (other) => other.name.replace('Not', '') === name && other.name !== name,
    );
    return negated ? [[name, negated.name] as const] : [];
  });
  const text = fc.constantFrom(
    'a',
    'a*',
    '1',
    '2.5',
    '2024-01-01',
    '10.0.0.1',
    '10.0.0.0/8',
    'arn:aws:s:::a',
    'arn:aws:s:::*',
  );
  test.prop([fc.constantFrom(...pairs), fc.array(text, { minLength: 1, maxLength: 3 }), text])(
    'a negated operator holds exactly when the other does not',
    ([name, negated], expected, actual) => {
      expect(decide(negated, expected, [actual])).toBe(!decide(name, expected, [actual]));
      expect(decide(negated, expected)).toBe(!decide(name, expected));
    },
  );

  test.prop([
    fc.constantFrom(...conditionOperators.map(({ name }) => name).filter((name) => name !== 'Null')),
    text,
    text,
  ])('a set operator changes nothing for a key of one value', (name, expected, actual) => {
    const plain = decide(name, expected, [actual]);
    expect(decide(`ForAnyValue:${name}`, expected, [actual])).toBe(plain);
    expect(decide(`ForAllValues:${name}`, expected, [actual])).toBe(plain);
  });
});
