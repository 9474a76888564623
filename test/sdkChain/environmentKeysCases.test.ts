import { describe, expect, test } from 'vitest';
import type { EnvironmentKeysProvider } from '../../src/sdkChain/entry.ts';
import { holdStaticKeys } from '../../src/sdkChain/flow/environmentKeys.ts';
import type { SetWhen } from '../../src/sdkChain/providerRow.ts';
import { runChain } from '../../src/sdkChain/run.ts';
import { isSetAs, startWalk } from '../../src/sdkChain/walk.ts';
import { fakeInput } from './fakeWorld.ts';
import { continues, sdkOf, stops, told } from './ownSdk.ts';

function keysRow(more: Partial<EnvironmentKeysProvider>): EnvironmentKeysProvider {
  return {
    kind: 'environmentKeys',
    id: 'environment',
    source: 'own/sdk:environment',
    strength: 'source',
    accessKeyId: ['AWS_ACCESS_KEY_ID', 'AWS_ACCESS_KEY'],
    secretAccessKey: ['AWS_SECRET_ACCESS_KEY', 'AWS_SECRET_KEY'],
    setWhen: 'nonEmpty',
    names: 'firstSet',
    ...more,
  };
}

interface Case {
  readonly name: string;
  readonly row?: Partial<EnvironmentKeysProvider>;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly lines: readonly string[];
}

const id = { AWS_ACCESS_KEY_ID: 'AKIAENV' };
const secret = { AWS_SECRET_ACCESS_KEY: 'secret' };
const [halfStops] = stops('halfPair');
const [halfContinues] = continues('halfPair');
const has = (key: string, ...by: readonly string[]): readonly string[] => [
  `environment selected by ${by.join(', ')} of ${by.map(() => 'Pod api').join(', ')}`,
  `environment has keys ${key} of Pod (env)`,
  'credentials of environment',
];
const wants = (...missing: readonly string[]): readonly string[] => [
  `environment not configured: ${missing.join(', ')}`,
  'error of the chain: no credentials',
];

const cases: readonly Case[] = [
  {
    name: 'a pair of keys',
    variables: { ...id, ...secret },
    lines: has('AKIAENV', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'),
  },
  {
    name: 'a pair of keys that nobody knows',
    variables: { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined },
    lines: has('unknown', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'),
  },
  {
    name: 'a pair under other names',
    variables: { AWS_ACCESS_KEY: 'AKIAOLD', AWS_SECRET_KEY: 'secret' },
    lines: has('AKIAOLD', 'AWS_ACCESS_KEY', 'AWS_SECRET_KEY'),
  },
  {
    name: 'an empty variable hides nothing where the first that is set counts',
    variables: { AWS_ACCESS_KEY_ID: '', AWS_ACCESS_KEY: 'AKIAOLD', ...secret },
    lines: has('AKIAOLD', 'AWS_ACCESS_KEY', 'AWS_SECRET_ACCESS_KEY'),
  },
  {
    name: 'an empty variable hides the names after it where the first that is present counts',
    row: { names: 'firstPresent' },
    variables: { AWS_ACCESS_KEY_ID: '', AWS_ACCESS_KEY: 'AKIAOLD', ...secret },
    lines: wants('AWS_ACCESS_KEY_ID'),
  },
  {
    name: 'the first name that is present gives the value',
    row: { names: 'firstPresent' },
    variables: { AWS_ACCESS_KEY: 'AKIAOLD', ...secret },
    lines: has('AKIAOLD', 'AWS_ACCESS_KEY', 'AWS_SECRET_ACCESS_KEY'),
  },
  {
    name: 'nothing, where the first that is present counts',
    row: { names: 'firstPresent', setWhen: 'nonBlank' },
    variables: {},
    lines: wants('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'),
  },
  { name: 'nothing', variables: {}, lines: wants('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY') },
  { name: 'a key id alone', variables: id, lines: wants('AWS_SECRET_ACCESS_KEY') },
  { name: 'a secret alone', variables: secret, lines: wants('AWS_ACCESS_KEY_ID') },
  {
    name: 'a secret alone, where half a pair is an error',
    row: halfStops ? { halfPair: halfStops } : {},
    variables: secret,
    lines: wants('AWS_ACCESS_KEY_ID'),
  },
  {
    name: 'a key id alone, where half a pair is an error',
    row: halfStops ? { halfPair: halfStops } : {},
    variables: id,
    lines: [
      'environment selected by AWS_ACCESS_KEY_ID of Pod api',
      'environment stops: halfPair: halfPair halfPair',
      'error of environment: halfPair halfPair',
    ],
  },
  {
    name: 'a key id alone, where half a pair lets the next be tried',
    row: halfContinues ? { halfPair: halfContinues } : {},
    variables: id,
    lines: [
      'environment selected by AWS_ACCESS_KEY_ID of Pod api',
      'environment continues: halfPair: halfPair halfPair',
      'error of the chain: no credentials',
    ],
  },
  {
    name: 'a pair that is passed over for a named profile',
    row: { skippedWhenSet: ['AWS_PROFILE'] },
    variables: { ...id, ...secret, AWS_PROFILE: 'a' },
    lines: wants(),
  },
  {
    name: 'nothing, which is passed over for a named profile: no variable would help',
    row: { skippedWhenSet: ['AWS_PROFILE'] },
    variables: { AWS_PROFILE: 'a' },
    lines: wants(),
  },
  {
    name: 'a pair that an empty name of a profile leaves in place',
    row: { skippedWhenSet: ['AWS_PROFILE'] },
    variables: { ...id, ...secret, AWS_PROFILE: '' },
    lines: has('AKIAENV', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'),
  },
];

describe('the environment holds', () => {
  test.each(cases)('$name', ({ row = {}, variables, lines }) => {
    expect(told(runChain(sdkOf([keysRow(row)]), fakeInput({ variables })))).toStrictEqual(lines);
  });
});

describe('the keys of a variable', () => {
  const from = { kind: 'Pod', namespace: 'pay', name: 'api' };
  test.each([
    ['that is in sight', id, { kind: 'static', accessKeyId: 'AKIAENV', from }],
    ['whose text nobody knows', { AWS_ACCESS_KEY_ID: undefined }, { kind: 'static', from }],
    ['that is missing', {}, { kind: 'static' }],
  ])('%s', (_, variables, identity) => {
    const walk = startWalk(sdkOf([]), fakeInput({ variables }));
    holdStaticKeys(walk, 'AWS_ACCESS_KEY_ID');
    expect(walk.held.credentials).toStrictEqual({ identity, mechanism: 'env' });
  });
});

describe('a variable counts as set when it must be', () => {
  const table: readonly (readonly [SetWhen, readonly boolean[]])[] = [
    // missing, empty, blank, 0, text, text that nobody knows
    ['present', [false, true, true, true, true, true]],
    ['nonEmpty', [false, false, true, true, true, true]],
    ['nonBlank', [false, false, false, true, true, true]],
    ['truthy', [false, false, true, false, true, true]],
  ];
  test.each(table)('%s', (when, expected) => {
    const variables = { empty: '', blank: ' \t', zero: '0', text: 'x', hidden: undefined };
    const walk = startWalk(sdkOf([]), fakeInput({ variables }));
    const names = ['missing', 'empty', 'blank', 'zero', 'text', 'hidden'];
    expect(names.map((name) => isSetAs(walk, name, when))).toStrictEqual(expected);
  });
});
