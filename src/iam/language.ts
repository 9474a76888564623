import type { Pattern } from './pattern.ts';

/**
 * A set of texts that a finite automaton can tell: the automaton in one of its states.
 *
 * It is built as it is walked, so that union, intersection and complement cost nothing until one asks.
 */
export interface Language {
  /** Languages with the same key are the same. A function, as most are walked through and never compared. */
  readonly key: () => string;
  readonly holdsEmptyText: boolean;
  /** The letters that it tells apart; all others lead to one and the same place. */
  readonly letters: readonly string[];
  /** The rest of those texts that begin with the letter. */
  readonly after: (letter: string) => Language;
}

/** No text at all. */
export const nothing: Language = {
  key: () => '0',
  holdsEmptyText: false,
  letters: [],
  after: () => nothing,
};

/** Every text. */
export const anything: Language = {
  key: () => '1',
  holdsEmptyText: true,
  letters: [],
  after: () => anything,
};

/** Every text of the one or the other. */
export function union(a: Language, b: Language): Language {
  if (b === nothing || a === anything) return a;
  if (a === nothing || b === anything) return b;
  return {
    key: () => `(${a.key()}|${b.key()})`,
    holdsEmptyText: a.holdsEmptyText || b.holdsEmptyText,
    letters: [...new Set([...a.letters, ...b.letters])],
    after: (letter) => union(a.after(letter), b.after(letter)),
  };
}

/** Every text of both. */
export function intersection(a: Language, b: Language): Language {
  if (b === anything || a === nothing) return a;
  if (a === anything || b === nothing) return b;
  return {
    key: () => `(${a.key()}&${b.key()})`,
    holdsEmptyText: a.holdsEmptyText && b.holdsEmptyText,
    letters: [...new Set([...a.letters, ...b.letters])],
    after: (letter) => intersection(a.after(letter), b.after(letter)),
  };
}

/** Every text that the language does not hold. */
export function complement(language: Language): Language {
  if (language === nothing) return anything;
  if (language === anything) return nothing;
  return {
    key: () => `!${language.key()}`,
    holdsEmptyText: !language.holdsEmptyText,
    letters: language.letters,
    after: (letter) => complement(language.after(letter)),
  };
}

/**
 * Exactly these texts.
 *
 * A tree of their letters, grown as it is walked: a list of hundreds costs no more than its longest text.
 */
export function languageOfTexts(texts: readonly string[]): Language {
  return texts.length === 0 ? nothing : branch(texts, 0);
}

function branch(texts: readonly string[], depth: number): Language {
  const byLetter = new Map<string, string[]>();
  for (const text of texts) {
    const letter = text.charAt(depth);
    const group = byLetter.get(letter);
    if (group) group.push(text);
    else byLetter.set(letter, [text]);
  }
  const holdsEmptyText = byLetter.delete('');
  const grown = new Map<string, Language>();
  return {
    key: () => `{${texts.map((text) => text.slice(depth)).join('\u0000')}}`,
    holdsEmptyText,
    letters: [...byLetter.keys()],
    after: (letter) => {
      const group = byLetter.get(letter);
      if (!group) return nothing;
      const rest = grown.get(letter) ?? branch(group, depth + 1);
      grown.set(letter, rest);
      return rest;
    },
  };
}

/**
 * Every text that matches a pattern.
 *
 * @param pattern - with its variables filled in
 * @param letterCase - whether the letters of literal text stand for both their cases
 * @example
 * const pattern = compilePattern('a*', { wildcards: 'text', variables: 'literal' });
 * holds(languageOf(pattern, 'asWritten'), 'abc') // => true
 */
export function languageOf(pattern: Pattern, letterCase: 'asWritten' | 'any'): Language {
  const steps = pattern.flatMap((token): Step[] => {
    if (token.kind === 'text') return token.text.split('').map((letter) => letterStep(letter, letterCase));
    if (token.kind === 'wildcard') return [{ kind: 'wildcard', count: token.count, within: token.within }];
    return [{ kind: 'letter', letters: [] }];
  });
  const id = steps.map(describeStep).join('');
  return walk(steps, id, reach(steps, [0]));
}

type Step =
  | { readonly kind: 'letter'; readonly letters: readonly string[] }
  | { readonly kind: 'wildcard'; readonly count: 'one' | 'many'; readonly within: 'text' | 'segment' };

function letterStep(letter: string, letterCase: 'asWritten' | 'any'): Step {
  if (letterCase === 'asWritten') return { kind: 'letter', letters: [letter] };
  return { kind: 'letter', letters: [...new Set([letter.toLowerCase(), letter.toUpperCase()])] };
}

/** Writes a step so that no two different ones are written alike: control characters stand for no letter. */
function describeStep(step: Step): string {
  if (step.kind === 'letter') return `${step.letters.join('')}\u0000`;
  return `\u0001${step.count === 'many' ? '*' : '?'}${step.within === 'segment' ? ':' : ''}\u0000`;
}

/** The automaton of a pattern; its state is the set of steps that may come next. */
function walk(steps: readonly Step[], id: string, at: readonly number[]): Language {
  if (at.length === 0) return nothing;
  return {
    key: () => `${id}@${at.join(',')}`,
    holdsEmptyText: at.includes(steps.length),
    letters: [...new Set(at.flatMap((position) => lettersOf(steps[position])))],
    after: (letter) => {
      const next = at.flatMap((position) => {
        const step = steps[position];
        if (!step || !passes(step, letter)) return [];
        return step.kind === 'wildcard' && step.count === 'many' ? [position] : [position + 1];
      });
      return walk(steps, id, reach(steps, next));
    },
  };
}

/** Adds the positions that are reached by letting a `*` stand for nothing. */
function reach(steps: readonly Step[], from: readonly number[]): readonly number[] {
  const reached = new Set<number>();
  for (const start of from) {
    for (let at = start; !reached.has(at); at++) {
      reached.add(at);
      const step = steps[at];
      if (step?.kind !== 'wildcard' || step.count !== 'many') break;
    }
  }
  return [...reached].toSorted((a, b) => a - b);
}

function lettersOf(step: Step | undefined): readonly string[] {
  if (!step) return [];
  if (step.kind === 'letter') return step.letters;
  return step.within === 'segment' ? [':'] : [];
}

function passes(step: Step, letter: string): boolean {
  return step.kind === 'letter' ? step.letters.includes(letter) : step.within === 'text' || letter !== ':';
}

/** Tells whether the language holds a text. */
export function holds(language: Language, text: string): boolean {
  return text.split('').reduce((rest, letter) => rest.after(letter), language).holdsEmptyText;
}

/** A shortest text of a language; or that there is none; or that the search was given up. */
export type Witness =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'none' }
  /** The automaton has too many states. */
  | { readonly kind: 'tooLarge' };

/** States that a search visits before it gives up. */
const stateLimit = 20_000;

/**
 * Finds a shortest text of a language.
 *
 * @example
 * shortestText(nothing) // => { kind: 'none' }
 */
export function shortestText(language: Language): Witness {
  const seen = new Set([language.key()]);
  let border: readonly { readonly language: Language; readonly text: string }[] = [{ language, text: '' }];
  while (border.length > 0) {
    const found = border.find((state) => state.language.holdsEmptyText);
    if (found) return { kind: 'text', text: found.text };
    const next: { language: Language; text: string }[] = [];
    for (const state of border) {
      for (const letter of [...state.language.letters, otherLetter(state.language.letters)]) {
        const rest = state.language.after(letter);
        const key = rest.key();
        if (rest === nothing || seen.has(key)) continue;
        if (seen.size >= stateLimit) return { kind: 'tooLarge' };
        seen.add(key);
        next.push({ language: rest, text: state.text + letter });
      }
    }
    border = next;
  }
  return { kind: 'none' };
}

/** A letter that stands for those which a language does not tell apart: a plain one, if there is one. */
function otherLetter(told: readonly string[]): string {
  const plain = 'xyzabcdefghijklmnopqrstuvw0123456789'.split('').find((letter) => !told.includes(letter));
  if (plain !== undefined) return plain;
  let code = 0x4e00;
  while (told.includes(String.fromCharCode(code))) code++;
  return String.fromCharCode(code);
}
