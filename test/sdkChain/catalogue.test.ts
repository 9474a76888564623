import { describe, expect, test } from 'vitest';
import { sdkFamilies } from '../../src/model/sdk.ts';
import type { ResolvedProvider } from '../../src/sdkChain/behaviour.ts';
import { behavioursOf } from '../../src/sdkChain/behaviour.ts';
import { containerFailures, profileFailures, webIdentityFailures } from '../../src/sdkChain/entry.ts';
import { imdsGetFailures, imdsTokenFailures } from '../../src/sdkChain/imdsProvider.ts';
import { type Rule } from '../../src/sdkChain/providerRow.ts';
import { sdkCatalogue } from '../../src/sdkChain/registry.ts';
import { compareVersions } from '../../src/sdkChain/version.ts';
import { everyBehaviour } from './arbitraryWorld.ts';

type AnyRule = Rule<string, string>;

/** Every list of rules of a provider, with the failures that it must know. */
function ruleLists(
  provider: ResolvedProvider,
): readonly (readonly [readonly AnyRule[], readonly string[]])[] {
  switch (provider.kind) {
    case 'environmentKeys':
      return provider.halfPair ? [[[provider.halfPair], ['halfPair']]] : [];
    case 'profileGate':
      return [[provider.rules, []]];
    case 'profile':
      return [[provider.rules, profileFailures]];
    case 'webIdentity':
      return [[provider.rules, webIdentityFailures]];
    case 'container':
      return [[provider.rules, containerFailures]];
    case 'imds':
      return [
        ...(provider.protocol === 'v1' ? [] : [[provider.token, imdsTokenFailures] as const]),
        [provider.roleList, imdsGetFailures],
        [provider.roleCredentials, imdsGetFailures],
      ];
  }
}

const allLists = everyBehaviour.flatMap(({ family, providers }) =>
  providers.flatMap((provider) =>
    ruleLists(provider).map(([rules, failures]) => ({ where: `${family} ${provider.id}`, rules, failures })),
  ),
);

describe('the catalogue', () => {
  test('has an entry for each family, under its own name', () => {
    expect(sdkCatalogue().map(({ family }) => family)).toEqual(sdkFamilies);
  });

  test('says for every provider what each failure leads to', () => {
    for (const { where, rules, failures } of allLists) {
      const missing = failures.filter((failure) => !rules.some(({ on }) => on.includes(failure)));
      expect({ where, missing }).toEqual({ where, missing: [] });
    }
  });

  test('names a public source for every rule and every provider', () => {
    const sources = [
      ...sdkCatalogue().flatMap((entry) => [entry, entry.sts, entry.refresh, ...entry.providers]),
      ...allLists.flatMap(({ rules }) => rules),
    ].map(({ source }) => source);
    for (const source of new Set(sources)) {
      expect(source).toMatch(/^([\w.-]+\/[\w.-]+(:|#\d)|https:\/\/|conformance\/)/);
    }
  });

  test('has an error for every rule that stops', () => {
    for (const { where, rules } of allLists) {
      const silent = rules.filter(({ next, error }) => next === 'stop' && error === '');
      expect({ where, silent }).toEqual({ where, silent: [] });
    }
  });

  test('gives each provider of a behaviour an id of its own', () => {
    for (const { providers } of everyBehaviour) {
      const ids = providers.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  test('cuts the versions of an SDK into ranges without gap or overlap', () => {
    for (const entry of sdkCatalogue()) {
      const ranges = behavioursOf(entry).map(({ versions }) => versions);
      expect(ranges[0]?.since).toBeUndefined();
      expect(ranges.at(-1)?.until).toBeUndefined();
      ranges.slice(1).forEach(({ since }, at) => expect(since).toBe(ranges[at]?.until));
      for (const { since } of ranges.slice(1)) {
        expect(compareVersions(since ?? '0', entry.newestKnown)).toBeLessThanOrEqual(0);
      }
    }
  });

  test('keeps to the shape that an entry claims', () => {
    for (const entry of sdkCatalogue()) {
      const web = entry.providers.filter((provider) => provider.kind === 'webIdentity');
      const nexts = new Set(
        web.flatMap(({ rules }) =>
          rules.filter(({ on }) => on.includes('accessDenied')).map(({ next }) => next),
        ),
      );
      const expected = entry.shape === 'anyErrorContinues' ? 'continue' : 'stop';
      expect({ family: entry.family, nexts: [...nexts] }).toEqual({
        family: entry.family,
        nexts: [expected],
      });
    }
  });
});
