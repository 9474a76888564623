import { describe, expect, it } from 'vitest';
import { decideCondition, type ConditionContext } from '../../../src/iam/conditions/condition.ts';
import { parseOperatorName, type OperatorName } from '../../../src/iam/conditions/operators.ts';
import { parseConditions } from '../../../src/iam/conditions/parse.ts';
import type { ConditionEvidence } from '../../../src/iam/decision.ts';
import type { Policy } from '../../../src/iam/policy.ts';
import type { JsonValue } from '../../../src/model/aws.ts';

describe('the name of an operator', () => {
  it.each<[string, string, Omit<OperatorName, 'operator'>]>([
    ['StringEquals', 'StringEquals', { qualifier: 'none', whenAbsent: 'asOperator' }],
    ['stringequalsifexists', 'StringEquals', { qualifier: 'none', whenAbsent: 'holds' }],
    ['ForAnyValue:StringLike', 'StringLike', { qualifier: 'ForAnyValue', whenAbsent: 'asOperator' }],
    ['forallvalues:ArnLikeIfExists', 'ArnLike', { qualifier: 'ForAllValues', whenAbsent: 'holds' }],
    ['Null', 'Null', { qualifier: 'none', whenAbsent: 'asOperator' }],
  ])('%s is taken apart', (written, operator, parts) => {
    expect(parseOperatorName(written)).toMatchObject({ operator: { name: operator }, ...parts });
  });

  it.each(['', 'StringEqual', 'NullIfExists', 'ForSomeValues:StringLike', 'IfExists', 'StringEquals\n'])(
    '%j is none',
    (written) => {
      expect(parseOperatorName(written)).toBeUndefined();
    },
  );
});

describe('a value of a policy', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['StringEquals', ['', 'a', '*'], []],
    [
      'ArnLike',
      ['arn:aws:iam::1:role', 'arn:aws:iam::1:role/a:b', '${aws:PrincipalArn}'],
      ['', '*', 'arn:aws:iam::1'],
    ],
    ['BinaryEquals', ['', 'QQ', 'QQ=', 'QQ==', 'a+/9'], ['QQ===', '!QQ', 'QQ!', 'Q=Q']],
    ['Bool', ['true', 'FALSE', '${aws:SecureTransport}'], ['', '1', 'untrue', 'trues', '${a:b}s', 'x${a:b}']],
    ['Null', ['true', 'False'], ['', '${a:b}', 'untrue', 'falsely']],
    ['NumericEquals', ['0', '-1', '+3', '12.25'], ['', 'one', '1.', '.5', '1x', 'x1', '--1', '1.2.3']],
    [
      'DateEquals',
      [
        '2024',
        '2024-02',
        '2024-02-03',
        '2024-02-03T04:05Z',
        '2024-02-03T04:05:06.78+01:00',
        '12345',
        '1704067200.25',
      ],
      [
        '',
        '123',
        '12345x',
        'x12345',
        '12345.',
        '12345.x',
        '2024-13-01',
        '2024-02-03T04:05',
        '3 February 2024',
      ],
    ],
    [
      'IpAddress',
      [
        '10.0.0.1',
        '10.0.0.0/8',
        '0.0.0.0/0',
        '10.0.0.0/32',
        '::',
        '::1/128',
        '1:2:3:4:5:6:7:8',
        '1:2:3:4:5:6:7::',
        'FE80::a',
      ],
      [
        '',
        '10.0.0',
        '10.0.0.256',
        '10.0.0.0/33',
        '10.0.0.0/',
        '10.0.0.0/x8',
        '10.0.0.0/8x',
        '10.0.0.0/1000',
        '10.0.0.0/8/8',
        '::/129',
        '::1/64/64',
        '1::2::3',
        '1:2:3:4:5:6:7',
        '1:2:3:4:5:6:7:8:9',
        '1:2:3:4:5:6:7:8::',
        '12345::',
        'g::',
        '::1g',
        '::g1',
      ],
    ],
  ])('of %s is readable or not', (name, readable, unreadable) => {
    const operator = parseOperatorName(name)?.operator;
    const reads = (texts: readonly string[]): readonly string[] =>
      texts.filter((text) => operator?.reads(text));
    expect([reads(readable), reads(unreadable)]).toEqual([readable, []]);
  });
});

function decide(
  operator: string,
  expected: JsonValue,
  context: ConditionContext,
  version: Policy['version'] = '2012-10-17',
): ConditionEvidence | undefined {
  const [condition] = parseConditions({ [operator]: { 'Test:Key': expected } }, '', version).value ?? [];
  return condition && decideCondition(condition, context);
}

const present = (...values: readonly string[]): ConditionContext => ({
  keys: new Map([['test:key', values]]),
  openKeys: [{ key: 'test:open', presence: 'sometimes' }],
});

describe('a comparison', () => {
  it.each<[string, string, readonly string[], readonly string[]]>([
    ['StringEqualsIgnoreCase', 'a', ['a', 'A'], ['b', 'aa', '']],
    ['NumericEquals', '2', ['2', '2.0', '+2'], ['3', '1', 'x']],
    ['NumericEquals', 'x', [], ['x', '1']],
    ['NumericNotEquals', '2', ['3', '1'], ['2', '2.0']],
    ['NumericLessThan', '2', ['1', '-3'], ['2', '3', 'x']],
    ['NumericLessThanEquals', '2', ['1', '2'], ['3', '10', 'x']],
    ['NumericGreaterThan', '2', ['3', '10'], ['2', '1', 'x']],
    ['NumericGreaterThanEquals', '2', ['2', '3'], ['1', '-10', 'x']],
    ['DateEquals', '1704067200', ['2024-01-01T00:00:00Z', '2024'], ['2024-01-02', '1704067200x']],
    ['DateLessThan', '2024', ['2023-12-31'], ['2024-01-01', '2024-01-02']],
    ['DateGreaterThanEquals', '2024', ['2024-01-01', '2025'], ['2023-12-31']],
    ['BinaryEquals', 'QQ==', ['QQ==', 'QQ'], ['Qg==', 'Q=Q', '']],
    ['Bool', 'true', ['true', 'TRUE'], ['false', '']],
    ['ArnLike', 'arn:aws:iam::*:role/a', ['arn:aws:iam::1:role/a'], ['arn:aws:iam::1:role/b']],
    ['IpAddress', '10.0.0.0/30', ['10.0.0.0', '10.0.0.3'], ['10.0.0.4', '::a00:0', 'x']],
    ['IpAddress', 'x', [], ['x', '10.0.0.1']],
    ['IpAddress', '2001:db8::/127', ['2001:db8::', '2001:DB8:0::1'], ['2001:db8::2', 'x', '10.0.0.1']],
    ['NotIpAddress', '10.0.0.0/8', ['11.0.0.0', '::1'], ['10.1.1.1']],
  ])('%s %s', (operator, expected, hold, fail) => {
    const holding = (values: readonly string[]): readonly string[] =>
      values.filter((value) => decide(operator, expected, present(value))?.holds);
    expect([holding(hold), holding(fail)]).toEqual([hold, []]);
  });
});

describe('the evidence of a condition', () => {
  const absent: ConditionContext = { keys: new Map(), openKeys: [] };
  const open = (presence: 'always' | 'sometimes'): ConditionContext => ({
    keys: new Map(),
    openKeys: [{ key: 'test:key', presence }],
  });
  const undetermined = { holds: false, undetermined: true } as const;

  it.each<[string, string, readonly string[], ConditionContext, Partial<ConditionEvidence>]>([
    ['a value that fits', 'StringEquals', ['a', 'b'], present('b'), { actual: ['b'], holds: true }],
    ['a value that does not fit', 'StringEquals', ['a'], present('b'), { actual: ['b'], holds: false }],
    [
      'one of two values that fits',
      'StringEquals',
      ['a'],
      present('a', 'b'),
      { actual: ['a', 'b'], holds: true },
    ],
    [
      'one of two values that is excluded',
      'StringNotEquals',
      ['a'],
      present('a', 'b'),
      { actual: ['a', 'b'], holds: false },
    ],
    ['an absent key', 'StringEquals', ['a'], absent, { holds: false }],
    ['an absent key that a negation asks for', 'StringNotEquals', ['a'], absent, { holds: true }],
    ['an absent key, if it exists', 'StringEqualsIfExists', ['a'], absent, { holds: true }],
    [
      'an empty value of any',
      'ForAnyValue:StringNotEquals',
      ['a'],
      present(''),
      { actual: [''], holds: false },
    ],
    [
      'an empty value of all',
      'ForAllValues:StringEquals',
      ['a'],
      present('', 'a'),
      { actual: ['', 'a'], holds: true },
    ],
    [
      'a value that fails of all',
      'ForAllValues:StringEquals',
      ['a'],
      present('a', 'b'),
      { actual: ['a', 'b'], holds: false },
    ],
    ['an open key', 'StringEquals', ['a'], open('always'), undetermined],
    [
      'an open variable',
      'StringEquals',
      ['a', '${test:open}'],
      present('a'),
      { actual: ['a'], ...undetermined },
    ],
    [
      'a variable that is missing',
      'StringEquals',
      ['a', '${test:none}'],
      present('a'),
      { actual: ['a'], holds: false },
    ],
    [
      'a missing variable beside an open one',
      'StringEquals',
      ['${test:open}', '${test:none}'],
      present('a'),
      { actual: ['a'], holds: false },
    ],
    ['the absence of a key that is there', 'Null', ['true'], present('a'), { actual: ['a'], holds: false }],
    ['the presence of an open key', 'Null', ['FALSE'], open('always'), { holds: true }],
    ['the presence of a key that may be absent', 'Null', ['false'], open('sometimes'), undetermined],
    ['the presence of an absent key', 'Null', ['false'], absent, { holds: false }],
  ])('%s', (_, operator, expected, context, evidence) => {
    expect(decide(operator, expected, context)).toStrictEqual({
      operator,
      key: 'Test:Key',
      expected,
      ...evidence,
    });
  });

  it.each<[Policy['version'], string, boolean]>([
    ['2008-10-17', '${test:key}', true],
    ['2008-10-17', 'a', false],
    ['2012-10-17', 'a', true],
  ])('a variable in version %s against %s', (version, actual, holds) => {
    expect(decide('StringEquals', '${test:key}', present(actual), version)?.holds).toBe(holds);
  });
});
