import { describe, expect, test } from 'vitest';
import type { ProfileLookup } from '../../src/sdkChain/entry.ts';
import { profileName, profilePlaces, readProfiles, visibleRegion } from '../../src/sdkChain/profileLookup.ts';
import type { ChainInput } from '../../src/sdkChain/run.ts';
import { startWalk } from '../../src/sdkChain/walk.ts';
import { fakeInput, type FakeWorld } from './fakeWorld.ts';
import { sdkOf } from './ownSdk.ts';

const home = { HOME: '/home/app' };
const credentials = '/home/app/.aws/credentials';
const config = '/home/app/.aws/config';
const both: ProfileLookup = { files: ['credentials', 'config'], nameFrom: ['AWS_PROFILE'] };
const pod = { kind: 'Pod', namespace: 'pay', name: 'api' };

/** What is read, in the order in which it is asked for, and what comes of it. */
interface Read {
  readonly asked?: readonly string[];
  readonly profiles?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly paths?: readonly string[];
  readonly unread?: number;
  readonly unparsable?: readonly string[];
  readonly hidden?: true;
}

interface Case extends Read {
  readonly name: string;
  readonly lookup?: ProfileLookup;
  readonly world: FakeWorld;
  readonly hiddenFiles?: 'asked' | 'passedOver';
}

function check({ lookup = both, world, hiddenFiles = 'asked', ...read }: Case): void {
  const input = fakeInput(world);
  const walk = startWalk(sdkOf([]), input);
  const found = readProfiles(walk, 'profile', lookup, hiddenFiles);
  const { asked = [], profiles = {}, paths = asked, unread = 0, unparsable = [], hidden } = read;
  expect({ ...found, byName: [...found.byName].map(([name, keys]) => [name, [...keys]]) }).toStrictEqual({
    byName: Object.entries(profiles).map(([name, keys]) => [name, Object.entries(keys)]),
    unread,
    unparsable,
    paths,
    refs: paths.map(() => pod),
    ...(hidden ? { hidden: pod } : {}),
  });
  expect(input.asked).toStrictEqual(asked.map((path) => ({ kind: 'readFile', path, purpose: 'profile' })));
}

const text = '[default]\na = 1';
const found = { default: { a: '1' } };

const places: readonly Case[] = [
  {
    name: 'the credentials file of HOME',
    world: { variables: home, files: { [credentials]: text } },
    asked: [credentials],
    profiles: found,
  },
  {
    name: 'HOME may end in a slash',
    world: { variables: { HOME: '/home/app/' }, files: { [credentials]: text } },
    asked: [credentials],
    profiles: found,
  },
  {
    name: 'files elsewhere are none of HOME',
    world: { variables: home, files: { '/root/.aws/credentials': text, '/root/.aws/config': text } },
  },
  {
    name: 'where nobody knows HOME, any .aws will do',
    world: { files: { '/data/x': text, '/root/.aws/config': text } },
    asked: ['/root/.aws/config'],
    profiles: found,
  },
  {
    name: 'both files, the keys of the credentials file first in line',
    world: {
      variables: home,
      files: { [config]: '[default]\na = 0\nb = 2\n[profile x]', [credentials]: text },
    },
    asked: [config, credentials],
    profiles: { default: { a: '1', b: '2' }, x: {} },
  },
  {
    name: 'each file where its variable says',
    world: {
      variables: { ...home, AWS_SHARED_CREDENTIALS_FILE: '/x/keys', AWS_CONFIG_FILE: '/x/conf' },
      files: { '/x/keys': text, '/x/conf': '[profile x]', [config]: text, [credentials]: text },
    },
    asked: ['/x/conf', '/x/keys'],
    profiles: { x: {}, default: { a: '1' } },
  },
  {
    name: 'nothing where a variable leads to no file',
    world: { variables: { ...home, AWS_CONFIG_FILE: '/x/conf' }, files: { [config]: text } },
  },
  {
    name: 'an empty variable leads to HOME',
    world: { variables: { ...home, AWS_CONFIG_FILE: '' }, files: { [config]: text } },
    asked: [config],
    profiles: found,
  },
  {
    name: 'only the files that are looked for',
    lookup: { files: ['credentials'], nameFrom: [] },
    world: { variables: home, files: { [config]: '[profile x]', [credentials]: text } },
    asked: [credentials],
    profiles: found,
  },
  {
    name: 'no config file without the variable that it needs',
    lookup: { ...both, configNeeds: 'AWS_SDK_LOAD_CONFIG' },
    world: { variables: home, files: { [config]: '[profile x]', [credentials]: text } },
    asked: [credentials],
    profiles: found,
  },
  {
    name: 'the config file with the variable that it needs',
    lookup: { ...both, configNeeds: 'AWS_SDK_LOAD_CONFIG' },
    world: { variables: { ...home, AWS_SDK_LOAD_CONFIG: '1' }, files: { [config]: text } },
    asked: [config],
    profiles: found,
  },
  {
    name: 'the path of the credentials file is not heeded without the variable that it needs',
    lookup: { ...both, credentialsPathNeeds: 'AWS_SDK_LOAD_CONFIG' },
    world: {
      variables: { ...home, AWS_SHARED_CREDENTIALS_FILE: '/x/keys', AWS_CONFIG_FILE: '/x/conf' },
      files: { '/x/keys': '[x]', [credentials]: text, '/x/conf': '[profile y]' },
    },
    asked: ['/x/conf', credentials],
    profiles: { y: {}, ...found },
  },
  {
    name: 'the path of the credentials file is heeded with the variable that it needs',
    lookup: { ...both, credentialsPathNeeds: 'AWS_SDK_LOAD_CONFIG' },
    world: {
      variables: { ...home, AWS_SHARED_CREDENTIALS_FILE: '/x/keys', AWS_SDK_LOAD_CONFIG: '1' },
      files: { '/x/keys': '[x]', [credentials]: text },
    },
    asked: ['/x/keys'],
    profiles: { x: {} },
  },
  {
    name: 'no profiles at all without a file that must exist',
    lookup: { ...both, mustExist: ['config'] },
    world: { variables: home, files: { [credentials]: text } },
  },
  {
    name: 'nor when the other one, already read, must go with it',
    lookup: { ...both, mustExist: ['credentials'] },
    world: { variables: home, files: { [config]: text } },
    asked: [config],
    paths: [],
  },
  {
    name: 'a file that must exist and does',
    lookup: { ...both, mustExist: ['config', 'credentials'] },
    world: { variables: home, files: { [config]: '[profile x]', [credentials]: text } },
    asked: [config, credentials],
    profiles: { x: {}, ...found },
  },
];

const texts: readonly Case[] = [
  {
    name: 'a hidden one, asked for',
    world: { variables: home, files: { [credentials]: null } },
    asked: [credentials],
    hidden: true,
  },
  {
    name: 'a hidden one, passed over',
    hiddenFiles: 'passedOver',
    world: { variables: home, files: { [credentials]: null, [config]: text } },
    asked: [config],
    profiles: found,
    unread: 1,
  },
  {
    name: 'hidden ones in a mounted directory, passed over',
    hiddenFiles: 'passedOver',
    world: { variables: home, hiddenDirectories: ['/home/app/.aws'] },
    unread: 2,
  },
  {
    name: 'hidden ones in a mounted directory, asked for',
    world: { variables: home, hiddenDirectories: ['/home/app/.aws'] },
    asked: [config, credentials],
    hidden: true,
  },
  {
    name: 'those of a mounted directory written with a slash at its end',
    hiddenFiles: 'passedOver',
    world: { variables: home, hiddenDirectories: ['/etc', '/home/app/.aws/'] },
    unread: 2,
  },
  {
    name: 'those of a mounted directory, where nobody knows HOME',
    world: { hiddenDirectories: ['/root/.aws-old', '/root/.aws'] },
    asked: ['/root/.aws/config', '/root/.aws/credentials'],
    hidden: true,
  },
  {
    name: 'those of a mounted directory with a slash, where nobody knows HOME',
    lookup: { files: ['config'], nameFrom: [] },
    world: { hiddenDirectories: ['/root/.aws/'], files: { '/x/config': text } },
    asked: ['/root/.aws/config'],
    paths: [],
  },
  {
    name: 'hidden ones where nobody knows HOME, passed over',
    hiddenFiles: 'passedOver',
    world: { hiddenDirectories: ['/root/.aws'] },
    unread: 2,
  },
  {
    name: 'none of a mounted directory that is not .aws',
    world: { hiddenDirectories: ['/root/.aws/sso', '/root/x.aws'] },
  },
  {
    name: 'none of a directory mounted higher up',
    world: { variables: home, hiddenDirectories: ['/home/app'] },
  },
  {
    name: 'one that cannot be read: as if it held nothing',
    world: { variables: home, files: { [config]: false, [credentials]: text } },
    asked: [config, credentials],
    paths: [credentials],
    profiles: found,
  },
  {
    name: 'an empty one',
    world: { variables: home, files: { [credentials]: '' } },
    asked: [credentials],
  },
  {
    name: 'one that is no profile file, for what can be read of it',
    world: { variables: home, files: { [config]: 'rubbish\n[default]\na = 1', [credentials]: '[x]' } },
    asked: [config, credentials],
    profiles: { ...found, x: {} },
    unparsable: [config],
  },
];

describe('the files of profiles are looked for:', () => {
  test.each(places)('$name', check);
});

describe('the files of profiles are read:', () => {
  test.each(texts)('$name', check);

  test('once in a run, and one that has gone meanwhile is none', () => {
    const fake = fakeInput({ variables: home, files: { [credentials]: text } });
    const asked: string[] = [];
    const exchange: ChainInput['exchange'] = ({ kind }) => {
      asked.push(kind);
      return { kind: 'fileMissing' };
    };
    const walk = startWalk(sdkOf([]), { ...fake, exchange });
    readProfiles(walk, 'gate', both, 'asked');
    expect(readProfiles(walk, 'profile', both, 'asked').paths).toStrictEqual([]);
    expect(asked).toStrictEqual(['readFile']);
    expect(walk.steps.map(({ kind, provider }) => [kind, provider])).toStrictEqual([['exchange', 'gate']]);
  });
});

describe('which profile is meant', () => {
  test.each([
    ['the default where nobody says', {}, { name: 'default', named: false }],
    ['the default where the variable is empty', { AWS_PROFILE: '' }, { name: 'default', named: false }],
    ['the one that the variable says', { AWS_PROFILE: 'a' }, { name: 'a', named: true }],
    [
      'the one that the first variable says',
      { AWS_PROFILE: 'a', AWS_DEFAULT_PROFILE: 'b' },
      { name: 'b', named: true },
    ],
    [
      'the reference to one that nobody knows',
      { AWS_PROFILE: undefined },
      { name: '$(AWS_PROFILE)', named: true },
    ],
  ])('%s', (_, variables, expected) => {
    const walk = startWalk(sdkOf([]), fakeInput({ variables }));
    const nameFrom = ['AWS_DEFAULT_PROFILE', 'AWS_PROFILE'];
    expect(profileName(walk, { files: ['config'], nameFrom })).toStrictEqual(expected);
  });

  test('the places where it is looked for are told as people know them', () => {
    expect(profilePlaces(both)).toStrictEqual(['~/.aws/credentials', '~/.aws/config']);
  });
});

describe('the region of a profile in sight', () => {
  const region = '[default]\nregion = eu-west-1\n[profile a]\nregion = eu-west-2\n[profile b]\noutput = json';
  test.each([
    ['of the default', {}, { [config]: region }, 'eu-west-1'],
    ['of the named one', { AWS_PROFILE: 'a' }, { [config]: region }, 'eu-west-2'],
    ['of one that says none', { AWS_PROFILE: 'b' }, { [config]: region }, undefined],
    ['of one that is missing', { AWS_PROFILE: 'c' }, { [config]: region }, undefined],
    ['of a file elsewhere', { AWS_CONFIG_FILE: '/x' }, { '/x': region, [config]: '' }, 'eu-west-1'],
    ['of a hidden file', {}, { [config]: null }, undefined],
    ['of no file', {}, {}, undefined],
    ['not of the credentials file', {}, { [credentials]: region }, undefined],
  ])('%s', (_, variables, files, expected) => {
    const walk = startWalk(sdkOf([]), fakeInput({ variables: { ...home, ...variables }, files }));
    expect(visibleRegion(walk)).toBe(expected);
  });
});
