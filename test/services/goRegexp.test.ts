import { describe, expect, it } from 'vitest';
import { goRegexp } from '../../src/model/goRegexp.ts';

/** What Go 1.26 answers; nothing where it refuses the pattern. */
const rows: readonly (readonly [pattern: string, text: string, matches: boolean | undefined])[] = [
  ['dev', 'developer', true],
  ['^dev$', 'developer', false],
  ['(?i)DEV', 'developer', true],
  ['role/(?i)APP', 'role/app', true],
  ['role/(?i)APP', 'ROLE/app', false],
  ['^(?i).*/[a-c]PP$', 'role/Bpp', true],
  ['(a)\\((?i)B', 'a(b', true],
  ['(?U)a+', 'a', true],
  ['(?s).', '\n', true],
  ['\\Adev\\z', 'dev', true],
  ['\\Qa.b\\E+', 'a.bb', true],
  ['\\Qa.b\\E', 'axb', false],
  ['\\Qa.b', 'a.b', true],
  ['[[:alpha:]]+-\\d', 'app-1', true],
  ['[^[:digit:]]', '12', false],
  ['[[:foo:]]', 'f', undefined],
  ['[:alpha:]', 'p', true],
  ['(?P<team>a+)b', 'aab', true],
  ['(?<n>a)', 'a', true],
  ['a{2}', 'aa', true],
  ['a{,2}', 'a{,2}', true],
  ['a{2,1}', 'a', undefined],
  ['a{1001}', 'a', undefined],
  ['{app}', '{app}', true],
  ['a]', 'a]', true],
  ['[]a]', ']', true],
  ['[^]a]', 'b', true],
  ['[\\]]', ']', true],
  ['[[a]', '[', true],
  ['[{}]', '{', true],
  ['[a&&b]', '&', true],
  ['[a-z-_]', '_', true],
  ['[a\\-z]', '-', true],
  ['[--a]', '.', true],
  ['[\\d-x]', '-', true],
  ['[a-\\d]', 'a', undefined],
  ['[z-a]', 'a', undefined],
  ['a\\-b\\_\\:', 'a-b_:', true],
  ['role/[\\w+=,.@-]+$', 'arn:aws:iam::1:role/a.b', true],
  ['\\x61', 'a', true],
  ['\\x{61}', 'a', true],
  ['\\pL', 'a', true],
  ['(?=a)', 'a', undefined],
  ['(?<!a)b', 'b', undefined],
  ['(a)\\1', 'aa', undefined],
  ['\\y', 'y', undefined],
  ['\\', 'x', undefined],
  ['(', 'x', undefined],
  ['*', 'x', undefined],
  ['a**', 'x', undefined],
];

describe('regular expressions as Go reads them', () => {
  it.each(rows)('%s on %j', (pattern, text, matches) => {
    expect(goRegexp(pattern)?.test(text)).toBe(matches);
  });
});
