import { describe, expect, test } from 'vitest';
import { isProfileFile, parseProfileFile } from '../../src/sdkChain/profileFile.ts';

type Profiles = readonly (readonly [string, readonly (readonly [string, string])[]])[];

function profilesIn(text: string, file: 'credentials' | 'config'): Profiles {
  return [...parseProfileFile(text, file)].map(([name, keys]) => [name, [...keys]]);
}

describe('the profiles of a file', () => {
  const one: Profiles = [['x', [['a', '1']]]];
  const table: readonly (readonly [string, 'credentials' | 'config', string, Profiles])[] = [
    ['a comment is no setting', 'credentials', '[x]\n# b = 2\n; c = 3\na = 1', one],
    ['an indented comment is no setting', 'credentials', '[x]\n  # b = 2\na = 1', one],
    ['an indented line belongs to the setting above', 'credentials', '[x]\na = 1\n  b = 2', one],
    ['lines may end as on Windows', 'credentials', '[x]\r\n\r\na = 1\r\n', one],
    ['a setting may be written with a colon', 'credentials', '[x]\na: 1', one],
    ['a value may hold what separates', 'credentials', '[x]\na = 1=2:3', [['x', [['a', '1=2:3']]]]],
    [
      'a value may hold brackets',
      'credentials',
      '[x]\na = [y]\nb = 2',
      [
        [
          'x',
          [
            ['a', '[y]'],
            ['b', '2'],
          ],
        ],
      ],
    ],
    [
      'a name may hold brackets',
      'credentials',
      '[x]\na[y] = 1\nb = 2',
      [
        [
          'x',
          [
            ['a[y]', '1'],
            ['b', '2'],
          ],
        ],
      ],
    ],
    ['a value ends before blanks', 'credentials', '[x]\na = 1  \t', one],
    [
      'a value ends before a comment',
      'credentials',
      '[x]\na = 1 # b\nc = 2 ; d',
      [
        [
          'x',
          [
            ['a', '1'],
            ['c', '2'],
          ],
        ],
      ],
    ],
    ['a sign without a blank is of the value', 'credentials', '[x]\na = 1#b;c', [['x', [['a', '1#b;c']]]]],
    ['a value may be empty', 'credentials', '[x]\na =', [['x', [['a', '']]]]],
    ['names are told apart by no case', 'credentials', '[x]\nA = 0\na = 1', one],
    ['the name of a profile keeps its case', 'credentials', '[X]\na = 1', [['X', [['a', '1']]]]],
    ['blanks around a name do not count', 'credentials', '[ x ]\na = 1', one],
    [
      'a profile may hold nothing',
      'credentials',
      '[x]\n[y]',
      [
        ['x', []],
        ['y', []],
      ],
    ],
    ['settings before the first profile are of none', 'credentials', 'b = 2\n[x]\na = 1', one],
    ['two words name no profile among credentials', 'credentials', '[profile y]\nb = 2\n[x]\na = 1', one],
    ['a profile that stands twice is one', 'credentials', '[x]\na = 0\n[y]\n[x]\na = 1', [...one, ['y', []]]],
    ['other sections of a config file are none', 'config', '[sso-session y]\nb = 2\n[profile x]\na = 1', one],
    ['a word alone names no profile of a config file', 'config', '[y]\nb = 2\n[profile x]\na = 1', one],
    ['save the default', 'config', '[default]\na = 1', [['default', [['a', '1']]]]],
    ['the default may be named in full', 'config', '[profile default]\na = 1', [['default', [['a', '1']]]]],
    ['blanks around words do not count', 'config', '[ profile \t x ]\na = 1', one],
    ['a name may stand in quotation marks', 'config', '[profile "x"]\na = 1', one],
    ['or in single ones', 'config', "[profile 'x']\na = 1", one],
    ['a mark within a name is of the name', 'config', `[profile x"y'z]\na = 1`, [[`x"y'z`, [['a', '1']]]]],
    ['a quoted name may hold blanks', 'config', '[profile "x y"]\na = 1', [['x y', [['a', '1']]]]],
  ];
  test.each(table)('%s', (_, file, text, profiles) => {
    expect(profilesIn(text, file)).toStrictEqual(profiles);
  });
});

describe('a profile file', () => {
  test.each([
    ['may be empty', ''],
    ['has heads and settings', '[x]\na = 1\nb: 2'],
    ['may have comments, blank and indented lines', '# a\n; b\n\n[x]\ns3 =\n  anything at all\n\tand more'],
    ['may end its lines as on Windows', '[x]\r\na = 1\r\n'],
    ['may have a setting without a value', '[x]\na ='],
  ])('%s', (_, text) => {
    expect(isProfileFile(text)).toBe(true);
  });

  test.each([
    ['a line that is neither', '[x]\nrubbish'],
    ['a line that is neither, first', 'rubbish\n[x]'],
    ['a line that is neither, on Windows', '[x]\r\nrubbish\r\na = 1'],
    ['a head that does not end', '[x\na = 1'],
    ['a setting without a name', '[x]\n= 1'],
    ['JSON', '{\n}'],
  ])('has not %s', (_, text) => {
    expect(isProfileFile(text)).toBe(false);
  });
});
