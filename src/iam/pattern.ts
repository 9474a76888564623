import type { KeyState } from './requestContext.ts';

/**
 * One piece of a text as policies write it.
 *
 * A wildcard within a `segment` of an ARN does not cross a colon.
 */
export type PatternToken =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'wildcard'; readonly count: 'one' | 'many'; readonly within: 'text' | 'segment' }
  | { readonly kind: 'variable'; readonly key: string; readonly fallback?: string };

/** A text of a policy, cut into literal text, wildcards and policy variables. */
export type Pattern = readonly PatternToken[];

/** How the characters `*`, `?` and `$` of a text are to be read. */
export interface PatternSyntax {
  /** `arn`: in the first five components of an ARN a wildcard does not cross a colon. */
  readonly wildcards: 'none' | 'text' | 'arn';
  readonly variables: 'literal' | 'replaced';
}

/** Colons before the last component of an ARN, which alone may hold colons itself. */
const arnColons = 5;

/**
 * Cuts a text of a policy into tokens.
 *
 * @source Wildcards: awsdocs/iam-user-guide:doc_source/reference_policies_elements_condition_operators.md;
 *   variables, `${*}` and default values: awsdocs/iam-user-guide:doc_source/reference_policies_variables.md
 * @example
 * compilePattern('home/${aws:username}', { wildcards: 'text', variables: 'replaced' })
 * // => [{ kind: 'text', text: 'home/' }, { kind: 'variable', key: 'aws:username' }]
 */
export function compilePattern(source: string, syntax: PatternSyntax): Pattern {
  const tokens: PatternToken[] = [];
  let literal = '';
  let colons = 0;
  const flush = (): void => {
    if (literal !== '') tokens.push({ kind: 'text', text: literal });
    literal = '';
  };
  for (let at = 0; at < source.length; at++) {
    const char = source.charAt(at);
    const variable = syntax.variables === 'replaced' ? variableAt(source, at) : undefined;
    if (variable) {
      if (variable.token.kind === 'text') literal += variable.token.text;
      else {
        flush();
        tokens.push(variable.token);
      }
      at += variable.length - 1;
    } else if (syntax.wildcards !== 'none' && (char === '*' || char === '?')) {
      flush();
      const within = syntax.wildcards === 'arn' && colons < arnColons ? 'segment' : 'text';
      tokens.push({ kind: 'wildcard', count: char === '*' ? 'many' : 'one', within });
    } else {
      literal += char;
      if (char === ':') colons++;
    }
  }
  flush();
  return tokens;
}

/** Reads `${key}`, `${key, 'default'}` or an escaped `${*}`, `${?}`, `${$}`. */
function variableAt(source: string, at: number): { token: PatternToken; length: number } | undefined {
  const found = /^\$\{([^{}]+)\}/.exec(source.slice(at));
  if (!found) return undefined;
  const [whole, body = ''] = found;
  if (body === '*' || body === '?' || body === '$') {
    return { token: { kind: 'text', text: body }, length: whole.length };
  }
  const parts = /^\s*([^,]+?)\s*(?:,\s*'([^']*)'\s*)?$/.exec(body);
  if (!parts) return undefined;
  const [, key = '', fallback] = parts;
  const token: PatternToken = {
    kind: 'variable',
    key: key.toLowerCase(),
    ...(fallback === undefined ? {} : { fallback }),
  };
  return { token, length: whole.length };
}

/** A pattern whose variables were filled in; or why that cannot be done. */
export type FilledPattern =
  { readonly kind: 'filled'; readonly pattern: Pattern } | { readonly kind: 'missing' | 'open' };

/**
 * Fills in the policy variables. What a variable brings in is literal text, whatever characters it holds.
 *
 * @source A multivalued key cannot be a variable: "Single-valued vs. multivalued context keys" of
 *   https://docs.aws.amazon.com/IAM/latest/UserGuide/
 */
export function fillVariables(pattern: Pattern, lookUp: (key: string) => KeyState): FilledPattern {
  if (!pattern.some((token) => token.kind === 'variable')) return { kind: 'filled', pattern };
  const tokens: PatternToken[] = [];
  for (const token of pattern) {
    if (token.kind !== 'variable') {
      tokens.push(token);
      continue;
    }
    const state = lookUp(token.key);
    if (state.kind === 'open') return { kind: 'open' };
    const value = state.kind === 'present' && state.values.length === 1 ? state.values[0] : token.fallback;
    if (value === undefined) return { kind: 'missing' };
    tokens.push({ kind: 'text', text: value });
  }
  return { kind: 'filled', pattern: tokens };
}

/** Gives the text of a pattern that has no wildcards. */
export function literalText(pattern: Pattern): string {
  return pattern.map((token) => (token.kind === 'text' ? token.text : '')).join('');
}

/**
 * Matches a whole text against a pattern whose variables are filled in.
 *
 * Walks the tokens once and keeps every position of the text that is reachable, so that no pattern, however
 * many stars it has, takes more than tokens × characters steps.
 *
 * @example
 * const pattern = compilePattern('system:*:api', { wildcards: 'text', variables: 'literal' });
 * matchesPattern(pattern, 'system:x:y:api') // => true
 */
export function matchesPattern(pattern: Pattern, text: string): boolean {
  let reachable: readonly number[] = [0];
  for (const token of pattern) {
    reachable = advance(reachable, token, text);
    if (reachable.length === 0) return false;
  }
  return reachable.at(-1) === text.length;
}

/** Positions, in rising order, at which the text may stand after one more token. */
function advance(from: readonly number[], token: PatternToken, text: string): readonly number[] {
  switch (token.kind) {
    case 'text':
      return from.filter((at) => text.startsWith(token.text, at)).map((at) => at + token.text.length);
    case 'variable':
      return [];
    case 'wildcard': {
      const passes = (at: number): boolean =>
        at < text.length && (token.within === 'text' || text.charAt(at) !== ':');
      if (token.count === 'one') return from.filter(passes).map((at) => at + 1);
      const reached: number[] = [];
      for (const start of from) {
        const last = reached.at(-1);
        if (last !== undefined && start <= last) continue;
        reached.push(start);
        for (let at = start; passes(at); at++) reached.push(at + 1);
      }
      return reached;
    }
  }
}
