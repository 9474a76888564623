import { describe, expect, it } from 'vitest';
import {
  anything,
  complement,
  holds,
  intersection,
  languageOf,
  languageOfTexts,
  nothing,
  shortestText,
  union,
  type Language,
} from '../../src/iam/language.ts';
import { compilePattern, type PatternSyntax } from '../../src/iam/pattern.ts';

function written(text: string, wildcards: PatternSyntax['wildcards'] = 'text'): Language {
  return languageOf(compilePattern(text, { wildcards, variables: 'literal' }), 'asWritten');
}

function inAnyCase(text: string): Language {
  return languageOf(compilePattern(text, { wildcards: 'text', variables: 'literal' }), 'any');
}

const walked = (language: Language, text: string): Language =>
  text.split('').reduce((rest, letter) => rest.after(letter), language);

const a = written('a*');
const b = written('b*');

describe('the simplest languages', () => {
  it.each<[string, Language, Language]>([
    ['nothing adds nothing from the right', union(a, nothing), a],
    ['nothing adds nothing from the left', union(nothing, a), a],
    ['anything takes in all from the right', union(a, anything), anything],
    ['anything takes in all from the left', union(anything, a), anything],
    ['anything leaves all from the right', intersection(a, anything), a],
    ['anything leaves all from the left', intersection(anything, a), a],
    ['nothing takes all from the right', intersection(a, nothing), nothing],
    ['nothing takes all from the left', intersection(nothing, a), nothing],
    ['outside nothing is anything', complement(nothing), anything],
    ['outside anything is nothing', complement(anything), nothing],
    ['a list without texts is nothing', languageOfTexts([]), nothing],
    ['a letter that does not fit leaves nothing', written('a').after('b'), nothing],
    ['a letter too many leaves nothing', walked(written('a'), 'aa'), nothing],
    ['a letter that no text has leaves nothing', languageOfTexts(['a']).after('b'), nothing],
  ])('%s', (_, made, expected) => {
    expect(made).toBe(expected);
  });
});

describe('keys', () => {
  it('tell every language from every other', () => {
    const keys = [
      nothing,
      anything,
      a,
      b,
      union(a, b),
      union(b, a),
      intersection(a, b),
      intersection(b, a),
      complement(a),
      complement(b),
      languageOfTexts(['ab', 'c']),
      languageOfTexts(['a', 'bc']),
      written(''),
      written('*'),
      written('?'),
      written('*', 'arn'),
      written('?', 'arn'),
      written('*', 'none'),
      written('?', 'none'),
      written('a'),
      written('b'),
      written('aA'),
      inAnyCase('a'),
    ].map((language) => language.key());
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).not.toContain('');
  });

  it('tell every place in a pattern from every other', () => {
    const start = `aa${'b'.repeat(20)}`;
    const pattern = written(`*${start}c`);
    expect(walked(pattern, start).key()).not.toBe(walked(pattern, 'aa').key());
  });

  it('are the same where the rest is the same', () => {
    expect(walked(written('a*'), 'ax').key()).toBe(walked(written('a*'), 'a').key());
  });
});

describe('the letters that a language tells apart', () => {
  it.each<[string, Language, readonly string[]]>([
    ['those of either side of a union, each once', union(written('a'), inAnyCase('A')), ['a', 'A']],
    ['those of both sides of a union', union(written('a'), written('b')), ['a', 'b']],
    ['those of both sides of an intersection', intersection(written('a'), written('b')), ['a', 'b']],
    ['those of what a complement leaves out', complement(written('a')), ['a']],
    ['the first ones of a list', languageOfTexts(['ab', 'ac', 'b', '']), ['a', 'b']],
    ['one for a letter without case', inAnyCase('1'), ['1']],
    ['none for a wildcard', written('*'), []],
    ['the colon for a wildcard of one component', written('*', 'arn'), [':']],
    ['the colon for one letter of one component', written('?', 'arn'), [':']],
    ['none at the end of a pattern', written('a').after('a'), []],
  ])('%s', (_, language, letters) => {
    expect(language.letters).toEqual(letters);
  });
});

describe('what a language holds', () => {
  it.each<[string, Language, readonly string[], readonly string[]]>([
    ['a list', languageOfTexts(['ab', 'ac', '']), ['ab', 'ac', ''], ['a', 'b', 'abc']],
    ['letters as written', written('aB'), ['aB'], ['Ab', 'ab', 'AB']],
    ['letters in any case', inAnyCase('aB'), ['aB', 'Ab', 'ab', 'AB'], ['a', 'abb']],
    ['a question mark', written('?'), ['a', ':'], ['', 'ab']],
    ['a star', written('*'), ['', 'a', 'a:b'], []],
    ['a star among letters', written('a*b'), ['ab', 'a:b', 'abb'], ['', 'a', 'b', 'ba']],
    ['a question mark within a component', written('?', 'arn'), ['a'], ['', ':', 'ab']],
    ['a star within a component', written('a*:b', 'arn'), ['a:b', 'axx:b'], ['a:x:b', 'ab']],
    ['a star in the last component', written(':::::*', 'arn'), [':::::', ':::::a:b'], ['::::']],
    ['wildcards that are letters', written('*?', 'none'), ['*?'], ['', 'ab']],
    ['the empty pattern', written(''), [''], ['a']],
    [
      'a variable that was not filled in',
      languageOf([{ kind: 'variable', key: 'aws:userid' }], 'asWritten'),
      [],
      ['', 'a', 'ab', 'aws:userid'],
    ],
  ])('%s', (_, language, inside, outside) => {
    expect([...inside, ...outside].filter((text) => holds(language, text))).toEqual(inside);
  });
});

describe('a shortest text', () => {
  const plain = 'abcdefghijklmnopqrstuvwxyz0123456789'.split('');

  it.each<[string, Language, string | undefined]>([
    ['of one letter that may be any', written('?'), 'x'],
    [
      'of one letter that may not be the first choice',
      intersection(written('?'), complement(written('x'))),
      'y',
    ],
    ['without a plain letter', complement(languageOfTexts(['', ...plain])), '\u4e00'],
    [
      'without the first letter that is not plain',
      complement(languageOfTexts(['', ...plain, '\u4e00'])),
      '\u4e01',
    ],
    ['of a list', languageOfTexts(['abc', 'ab', 'abcd']), 'ab'],
    ['of letters in any case', inAnyCase('A'), 'a'],
    ['around a colon', written('?:?', 'arn'), 'x:x'],
    ['of two that do not meet', intersection(a, b), undefined],
    ['of an unfilled variable', languageOf([{ kind: 'variable', key: 'aws:userid' }], 'any'), undefined],
  ])('%s', (_, language, text) => {
    expect(shortestText(language)).toEqual(text === undefined ? { kind: 'none' } : { kind: 'text', text });
  });

  /** Texts of one length, with a dead end beside every letter. */
  const ofLength = (length: number, read = 0): Language => ({
    key: () => `at ${read}`,
    holdsEmptyText: read === length,
    letters: ['-'],
    after: (letter) => (letter === '-' ? nothing : ofLength(length, read + 1)),
  });

  it('is found in the last state that a search visits', () => {
    expect(shortestText(ofLength(19_999))).toEqual({ kind: 'text', text: 'x'.repeat(19_999) });
  });

  it('is not looked for beyond', () => {
    expect(shortestText(ofLength(20_000))).toEqual({ kind: 'tooLarge' });
  });
});
