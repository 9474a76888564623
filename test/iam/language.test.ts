import { fc, test } from '@fast-check/vitest';
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
import { compilePattern, matchesPattern, type PatternSyntax } from '../../src/iam/pattern.ts';
import { serviceAccountSubjects } from '../../src/iam/serviceAccountSubjects.ts';
import { subjectText } from './arbitraries.ts';

const pattern = fc
  .tuple(subjectText, fc.constantFrom<PatternSyntax['wildcards']>('none', 'text', 'arn'))
  .map(([text, wildcards]) => compilePattern(text, { wildcards, variables: 'literal' }));

const language: fc.Arbitrary<Language> = fc.letrec<{ language: Language }>((tie) => ({
  language: fc.oneof(
    { maxDepth: 3 },
    pattern.map((tokens) => languageOf(tokens, 'asWritten')),
    fc.array(subjectText, { maxLength: 3 }).map(languageOfTexts),
    fc.tuple(tie('language'), tie('language')).map(([a, b]) => union(a, b)),
    fc.tuple(tie('language'), tie('language')).map(([a, b]) => intersection(a, b)),
    tie('language').map(complement),
  ),
})).language;

const text = fc.oneof(subjectText, fc.constant(''));

describe('laws', () => {
  test.prop([pattern, text])('the automaton of a pattern holds what the pattern matches', (tokens, word) => {
    expect(holds(languageOf(tokens, 'asWritten'), word)).toBe(matchesPattern(tokens, word));
  });

  test.prop([pattern, text])('in any case, letters of both cases fit', (tokens, word) => {
    const lower = tokens.map((token) =>
      token.kind === 'text' ? { ...token, text: token.text.toLowerCase() } : token,
    );
    expect(holds(languageOf(tokens, 'any'), word)).toBe(matchesPattern(lower, word.toLowerCase()));
  });

  test.prop([fc.array(subjectText), text])('a list of texts holds exactly these', (texts, word) => {
    expect(holds(languageOfTexts(texts), word)).toBe(texts.includes(word));
  });

  test.prop([language, language, text])(
    'union, intersection and complement are or, and, not',
    (a, b, word) => {
      const [inA, inB] = [holds(a, word), holds(b, word)];
      expect(holds(union(a, b), word)).toBe(inA || inB);
      expect(holds(intersection(a, b), word)).toBe(inA && inB);
      expect(holds(complement(a), word)).toBe(!inA);
    },
  );

  test.prop([language, text])('a shortest text is held, and none shorter is', (a, word) => {
    const shortest = shortestText(a);
    if (shortest.kind === 'text') expect(holds(a, shortest.text)).toBe(true);
    if (shortest.kind === 'none' || (shortest.kind === 'text' && word.length < shortest.text.length)) {
      expect(holds(a, word)).toBe(false);
    }
  });

  test.prop([language])('nothing is both in a language and outside it', (a) => {
    expect(shortestText(intersection(a, complement(a))).kind).not.toBe('text');
    expect(shortestText(complement(union(a, complement(a)))).kind).not.toBe('text');
  });
});

describe('limits', () => {
  it('gives a search up rather than run for ever', () => {
    const wild = compilePattern(`*a${'?'.repeat(18)}`, { wildcards: 'text', variables: 'literal' });
    const other = compilePattern(`*b${'?'.repeat(18)}`, { wildcards: 'text', variables: 'literal' });
    const both = intersection(languageOf(wild, 'asWritten'), languageOf(other, 'asWritten'));
    expect(shortestText(both).kind).toBe('tooLarge');
  });

  it('knows nothing and anything', () => {
    expect(shortestText(nothing)).toEqual({ kind: 'none' });
    expect(shortestText(anything)).toEqual({ kind: 'text', text: '' });
  });
});

describe('subjects of service accounts', () => {
  it.each<[string, boolean]>([
    ['system:serviceaccount:pay:api', true],
    ['system:serviceaccount:pay:api.v1-b', true],
    ['system:serviceaccount:a--b:c', true],
    ['system:serviceaccount:a.b:c', false],
    ['system:serviceaccount:pay:', false],
    ['system:serviceaccount::api', false],
    ['system:serviceaccount:pay-:api', false],
    ['system:serviceaccount:pay:a..b', false],
    ['system:serviceaccount:pay:a-', false],
    ['system:node:x', false],
  ])('%s', (subject, expected) => {
    expect(holds(serviceAccountSubjects, subject)).toBe(expected);
  });
});
