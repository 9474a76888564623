import { describe, expect, it } from 'vitest';
import {
  compilePattern,
  fillVariables,
  literalText,
  matchesPattern,
  type FilledPattern,
  type Pattern,
  type PatternSyntax,
  type PatternToken,
} from '../../src/iam/pattern.ts';
import type { KeyState } from '../../src/iam/requestContext.ts';

const like: PatternSyntax = { wildcards: 'text', variables: 'replaced' };
const arn: PatternSyntax = { wildcards: 'arn', variables: 'replaced' };
const text = (written: string): PatternToken => ({ kind: 'text', text: written });
const star: PatternToken = { kind: 'wildcard', count: 'many', within: 'text' };
const one: PatternToken = { kind: 'wildcard', count: 'one', within: 'text' };
const starOfSegment: PatternToken = { kind: 'wildcard', count: 'many', within: 'segment' };
const variable = (key: string, fallback?: string): PatternToken =>
  fallback === undefined ? { kind: 'variable', key } : { kind: 'variable', key, fallback };

describe('the tokens of a text', () => {
  it.each<[string, PatternSyntax, string, Pattern]>([
    ['none of an empty text', like, '', []],
    ['a wildcard alone', like, '*', [star]],
    ['wildcards among letters', like, 'a*b?', [text('a'), star, text('b'), one]],
    ['wildcards that are letters', { wildcards: 'none', variables: 'replaced' }, 'a*?', [text('a*?')]],
    [
      'wildcards before and after the fifth colon',
      arn,
      'a:b:c:d:*:*',
      [text('a:b:c:d:'), starOfSegment, text(':'), star],
    ],
    [
      'a variable, in lower case',
      like,
      'a${aws:UserName}b',
      [text('a'), variable('aws:username'), text('b')],
    ],
    ['a variable that is letters', { wildcards: 'text', variables: 'literal' }, '${a:b}', [text('${a:b}')]],
    ['a default', like, "${a:b, 'x y'}", [variable('a:b', 'x y')]],
    ['a default without a space', like, "${a:b,'x'}", [variable('a:b', 'x')]],
    ['a default between spaces', like, "${ a:b ,  'x' }", [variable('a:b', 'x')]],
    ['an empty default', like, "${a:b, ''}", [variable('a:b', '')]],
    ['a default without quotation marks', like, '${a:b, x}', [text('${a:b, x}')]],
    ['a default of no variable', like, "${,'x'}", [text("${,'x'}")]],
    ['a comma before a name', like, '${,a}', [text('${,a}')]],
    ['characters that were escaped', like, 'a${*}${?}${$}b', [text('a*?$b')]],
    ['a brace that is not closed', like, '${a', [text('${a')]],
  ])('%s', (_, syntax, source, tokens) => {
    expect(compilePattern(source, syntax)).toStrictEqual(tokens);
  });
});

describe('filling in variables', () => {
  const lookUp = (key: string): KeyState => {
    if (key === 'one') return { kind: 'present', values: ['*'] };
    if (key === 'two') return { kind: 'present', values: ['x', 'y'] };
    return key === 'open' ? { kind: 'open', presence: 'always' } : { kind: 'absent' };
  };

  it.each<[string, Pattern, FilledPattern]>([
    [
      'a value, as literal text',
      [text('a'), variable('one'), star],
      { kind: 'filled', pattern: [text('a'), text('*'), star] },
    ],
    ['a value rather than the default', [variable('one', 'd')], { kind: 'filled', pattern: [text('*')] }],
    ['the default of an absent key', [variable('none', 'd')], { kind: 'filled', pattern: [text('d')] }],
    ['the default for several values', [variable('two', 'd')], { kind: 'filled', pattern: [text('d')] }],
    ['an absent key without a default', [variable('none')], { kind: 'missing' }],
    ['several values without a default', [variable('two')], { kind: 'missing' }],
    ['an open key, even with a default', [variable('open', 'd')], { kind: 'open' }],
  ])('%s', (_, pattern, filled) => {
    expect(fillVariables(pattern, lookUp)).toStrictEqual(filled);
  });

  it('gives a pattern without variables back as it is', () => {
    const pattern = [text('a'), star];
    const filled = fillVariables(pattern, lookUp);
    expect(filled.kind === 'filled' && filled.pattern).toBe(pattern);
  });
});

describe('matching', () => {
  it.each<[string, Pattern, string, boolean]>([
    ['a star matches the empty text', [star], '', true],
    ['a star matches letters and colons', [star], 'a:b', true],
    ['a question mark does not match the empty text', [one], '', false],
    ['a question mark matches a colon', [one], ':', true],
    ['a star of a component stops at a colon', [starOfSegment], 'a:b', false],
    ['a text must be matched to its end', [text('a')], 'ab', false],
    [
      'a star of a component may begin at each place',
      [star, text('a'), starOfSegment, text('c')],
      'a:ac',
      true,
    ],
    ['stars may follow each other', [star, star, text('b')], 'aab', true],
    ['a variable that was not filled in matches no text', [variable('a:b')], 'x', false],
    ['a variable that was not filled in does not match the empty text', [variable('a:b')], '', false],
  ])('%s', (_, pattern, word, expected) => {
    expect(matchesPattern(pattern, word)).toBe(expected);
  });

  it('joins the literal texts of a pattern and nothing else', () => {
    expect(literalText([text('a'), star, text('b')])).toBe('ab');
  });
});
