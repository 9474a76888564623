import { describe, expect, test } from 'vitest';
import type { ProfileGate, ProfileGateFailure, ProfileSource } from '../../src/sdkChain/entry.ts';
import { profileStations } from '../../src/sdkChain/flow/profile.ts';
import { runChain } from '../../src/sdkChain/run.ts';
import { fakeInput, type FakeWorld } from './fakeWorld.ts';
import { containerRow, imdsRow, profileRow, sdkOf, stops, told, webIdentityRow } from './ownSdk.ts';

const credentials = '/home/app/.aws/credentials';
const half = 'aws_access_key_id = AKIAFILE\n';
const keys = `${half}aws_secret_access_key = secret\n`;

function gateMinding(...failures: readonly ProfileGateFailure[]): ProfileGate {
  return {
    kind: 'profileGate',
    id: 'gate',
    source: 'own/sdk:gate',
    strength: 'source',
    lookup: { files: ['credentials'], nameFrom: ['AWS_PROFILE'] },
    rules: stops(...failures),
  };
}

const read = `read ${credentials} (profile) -> text`;
const passes = 'error of the chain: no credentials';
const stopsAt = (failure: ProfileGateFailure): readonly string[] => [
  read,
  `gate stops: ${failure}: ${failure} ${failure}`,
  `error of gate: ${failure} ${failure}`,
];

interface Case {
  readonly name: string;
  readonly minds: readonly ProfileGateFailure[];
  readonly text: string | null;
  readonly profile?: string;
  readonly lines: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: 'a named profile that is missing stops',
    minds: ['profileMissing'],
    text: `[b]\n${keys}`,
    profile: 'a',
    lines: stopsAt('profileMissing'),
  },
  {
    name: 'a named profile that exists passes',
    minds: ['profileMissing', 'unparsable', 'halfPair'],
    text: `[a]\n${keys}`,
    profile: 'a',
    lines: [read, passes],
  },
  {
    name: 'nobody reads the files where nobody names a profile and only a missing one matters',
    minds: ['profileMissing'],
    text: `rubbish\n[default]\n${half}`,
    lines: [passes],
  },
  {
    name: 'a missing profile stops also in a file that is no profile file, where that does not matter',
    minds: ['profileMissing'],
    text: `rubbish\n[b]\n${half}`,
    profile: 'a',
    lines: stopsAt('profileMissing'),
  },
  {
    name: 'a file that is no profile file stops, and comes before a missing profile',
    minds: ['profileMissing', 'unparsable'],
    text: `rubbish\n[b]\n${keys}`,
    profile: 'a',
    lines: stopsAt('unparsable'),
  },
  {
    name: 'a file that is no profile file stops though nobody names a profile',
    minds: ['unparsable'],
    text: 'rubbish',
    lines: stopsAt('unparsable'),
  },
  {
    name: 'half a pair in the default profile stops',
    minds: ['halfPair'],
    text: `[default]\n${half}`,
    lines: stopsAt('halfPair'),
  },
  {
    name: 'half a pair in the named profile stops',
    minds: ['profileMissing', 'halfPair'],
    text: `[a]\n${half}`,
    profile: 'a',
    lines: stopsAt('halfPair'),
  },
  {
    name: 'half a pair in another profile passes',
    minds: ['profileMissing', 'halfPair'],
    text: `[default]\n${keys}[b]\n${half}`,
    lines: [read, passes],
  },
  {
    name: 'half a pair passes where that does not matter',
    minds: ['profileMissing', 'unparsable'],
    text: `[a]\n${half}`,
    profile: 'a',
    lines: [read, passes],
  },
  {
    name: 'a secret without a key id passes',
    minds: ['halfPair'],
    text: '[default]\naws_secret_access_key = secret',
    lines: [read, passes],
  },
  {
    name: 'a file whose text nobody knows passes unread',
    minds: ['profileMissing', 'unparsable', 'halfPair'],
    text: null,
    profile: 'a',
    lines: [passes],
  },
];

describe('the check of the profile before the chain', () => {
  test.each(cases)('$name', ({ minds, text, profile, lines }) => {
    const variables = { HOME: '/home/app', ...(profile === undefined ? {} : { AWS_PROFILE: profile }) };
    const world: FakeWorld = { variables, files: { [credentials]: text } };
    expect(told(runChain(sdkOf([gateMinding(...minds)]), fakeInput(world)))).toStrictEqual(lines);
  });
});

describe('where a profile may lead', () => {
  const table: readonly (readonly [string, readonly ProfileSource[], readonly string[]])[] = [
    ['static keys', ['static'], []],
    ['web identity', ['webIdentity'], ['webIdentity']],
    ['a credential source', ['credentialSource'], ['container', 'imds']],
    ['a source profile, which may hold each', ['sourceProfile'], ['webIdentity', 'container', 'imds']],
  ];
  test.each(table)('%s', (_, takes, sources) => {
    const row = profileRow({ takes });
    const sdk = sdkOf([row, webIdentityRow({}), containerRow, imdsRow]);
    const asked = profileStations(row, sdk).map(({ id }) => id.split('/')[1] ?? 'the profile itself');
    expect([...new Set(asked)]).toStrictEqual(['the profile itself', ...sources, 'roles']);
  });

  test('its failures lead on where a rule says so, those it never minds nowhere', () => {
    const row = profileRow({ takes: ['static'], rules: stops('unparsable', 'lastingKeys') });
    const [first] = profileStations(row, sdkOf([row]));
    expect(first?.on).toStrictEqual({
      absent: { kind: 'nextProvider' },
      found: { kind: 'station', id: 'profile/roles' },
      profileMissing: { kind: 'stop' },
      sourceMissing: { kind: 'stop' },
      broken: { kind: 'stop' },
      ssoUnavailable: { kind: 'stop' },
      sourceFailed: { kind: 'stop' },
      unparsable: { kind: 'stop' },
      lastingKeys: { kind: 'stop' },
    });
  });
});
