import { describe, expect, test } from 'vitest';
import { behaviourAt, behavioursOf, type SdkBehaviour } from '../../src/sdkChain/behaviour.ts';
import type { Provider, SdkEntry } from '../../src/sdkChain/entry.ts';
import type { Renewal } from '../../src/sdkChain/refresh.ts';
import { containerRow, imdsRow, sdkOf, webIdentityRow } from './ownSdk.ts';

const evidence = { source: 'own/sdk:versions', strength: 'source' } as const;
const { allowedHosts: _hosts, fullUri: _uri, tokenFile: _file, ...container } = containerRow;
const { v1Switch: _switch, ...imds } = imdsRow;
const { endpoint: _endpoint, ...sts } = sdkOf([]).sts;
const renewal: Renewal = { of: ['imds'], mustFromSeconds: 300, ...evidence };

const plain: SdkEntry = {
  family: 'go-v2',
  title: 'own SDK',
  versionMeans: 'its version',
  oldestKnown: '1.0.0',
  newestKnown: '2.0.0',
  shape: 'switchByConfiguration',
  providers: [],
  sts: { ...sts, endpoints: [{ value: 'regional' }] },
  refresh: { chain: 'pinned', renewals: [], ...evidence },
  exhausted: 'no credentials',
  ...evidence,
};

const withProvider = (provider: Provider): SdkEntry => ({ ...plain, providers: [provider] });
const irsa = webIdentityRow({});

/** The versions of each behaviour of an SDK, and what one is asked about it. */
function history(entry: SdkEntry, about: (behaviour: SdkBehaviour) => unknown): readonly unknown[] {
  return behavioursOf(entry).map((behaviour) => [behaviour.versions, about(behaviour)]);
}

interface Case {
  readonly name: string;
  readonly entry: SdkEntry;
  readonly about: (behaviour: SdkBehaviour) => unknown;
  readonly expected: readonly unknown[];
}

const before = { until: '1.2.0' };
const since = { since: '1.2.0' };

const cases: readonly Case[] = [
  {
    name: 'an SDK in which nothing changed has one',
    entry: { ...plain },
    about: ({ providers }) => providers,
    expected: [[{}, []]],
  },
  {
    name: 'a provider comes and goes',
    entry: withProvider({ ...irsa, since: '1.2.0', until: '1.10.0' }),
    about: ({ providers }) => providers.map(({ id }) => id),
    expected: [
      [before, []],
      [{ since: '1.2.0', until: '1.10.0' }, ['webIdentity']],
      [{ since: '1.10.0' }, []],
    ],
  },
  {
    name: 'what changed before the oldest known version, or with it, makes none',
    entry: {
      ...plain,
      providers: [
        { ...irsa, since: '0.9.0' },
        { ...imds, since: '1.0.0' },
      ],
    },
    about: ({ providers }) => providers.map(({ id }) => id),
    expected: [[{}, ['webIdentity', 'imds']]],
  },
  {
    name: 'two changes in one version make one',
    entry: {
      ...plain,
      providers: [
        { ...irsa, since: '1.2.0' },
        { ...imds, until: '1.2.0' },
      ],
    },
    about: ({ providers }) => providers.map(({ id }) => id),
    expected: [
      [before, ['imds']],
      [since, ['webIdentity']],
    ],
  },
  {
    name: 'changes are told in the order of versions, not of letters',
    entry: {
      ...plain,
      providers: [
        { ...irsa, since: '1.10.0' },
        { ...imds, since: '1.9.0' },
      ],
    },
    about: ({ providers }) => providers.map(({ id }) => id),
    expected: [
      [{ until: '1.9.0' }, []],
      [{ since: '1.9.0', until: '1.10.0' }, ['imds']],
      [{ since: '1.10.0' }, ['webIdentity', 'imds']],
    ],
  },
  {
    name: 'STS is dialled in the region',
    entry: {
      ...plain,
      sts: {
        ...sts,
        endpoints: [
          { value: 'legacy', until: '1.2.0' },
          { value: 'regional', since: '1.2.0' },
        ],
      },
    },
    about: (behaviour) => behaviour.sts,
    expected: [
      [before, { ...sts, setting: 'ignored', endpoint: 'legacy' }],
      [since, { ...sts, setting: 'ignored', endpoint: 'regional' }],
    ],
  },
  {
    name: 'the setting of the STS endpoint is heeded',
    entry: { ...plain, sts: { ...plain.sts, setting: 'honoured', settingSince: '1.2.0' } },
    about: (behaviour) => behaviour.sts.setting,
    expected: [
      [before, 'ignored'],
      [since, 'honoured'],
    ],
  },
  {
    name: 'the setting of the STS endpoint has always been heeded',
    entry: { ...plain, sts: { ...plain.sts, setting: 'honoured' } },
    about: (behaviour) => behaviour.sts.setting,
    expected: [[{}, 'honoured']],
  },
  {
    name: 'hosts, full URI and token file of the container endpoint become known',
    entry: withProvider({
      ...container,
      hosts: [
        { value: ['127/8'], until: '1.2.0' },
        { value: ['*'], since: '1.2.0' },
      ],
      fullUriSince: '1.3.0',
      tokenFileSince: '1.4.0',
    }),
    about: ({ providers: [provider] }) =>
      provider?.kind === 'container'
        ? [provider.allowedHosts, provider.fullUri, provider.tokenFile]
        : 'no container',
    expected: [
      [before, [['127/8'], 'unknown', 'unknown']],
      [{ since: '1.2.0', until: '1.3.0' }, [['*'], 'unknown', 'unknown']],
      [{ since: '1.3.0', until: '1.4.0' }, [['*'], 'known', 'unknown']],
      [{ since: '1.4.0' }, [['*'], 'known', 'known']],
    ],
  },
  {
    name: 'the switch that forbids IMDSv1 is heeded',
    entry: withProvider({ ...imds, v1SwitchSince: '1.2.0' }),
    about: ({ providers }) => providers,
    expected: [
      [before, [{ ...imds, v1SwitchSince: '1.2.0', v1Switch: 'unknown' }]],
      [since, [{ ...imds, v1SwitchSince: '1.2.0', v1Switch: 'honoured' }]],
    ],
  },
  {
    name: 'the switch that forbids IMDSv1 is never heeded',
    entry: withProvider(imds),
    about: ({ providers }) => providers,
    expected: [[{}, [{ ...imds, v1Switch: 'unknown' }]]],
  },
  {
    name: 'credentials are renewed otherwise',
    entry: {
      ...plain,
      refresh: {
        ...plain.refresh,
        renewals: [
          { ...renewal, until: '1.2.0' },
          { ...renewal, mustFromSeconds: 60, since: '1.2.0' },
        ],
      },
    },
    about: ({ refresh }) => refresh,
    expected: [
      [before, { ...plain.refresh, renewals: [{ ...renewal, until: '1.2.0' }] }],
      [since, { ...plain.refresh, renewals: [{ ...renewal, mustFromSeconds: 60, since: '1.2.0' }] }],
    ],
  },
  {
    name: 'errors are no longer remembered',
    entry: { ...plain, refresh: { ...plain.refresh, remembersErrors: { until: '1.2.0', ...evidence } } },
    about: ({ refresh }) => refresh,
    expected: [
      [before, { ...plain.refresh, remembersErrors: { until: '1.2.0', ...evidence } }],
      [since, plain.refresh],
    ],
  },
];

describe('the behaviours of an SDK, from the oldest on:', () => {
  test.each(cases)('$name', ({ entry, about, expected }) => {
    expect(history(entry, about)).toStrictEqual(expected);
  });

  test('each says all of itself', () => {
    expect(behavioursOf(withProvider(irsa))).toStrictEqual([
      {
        family: 'go-v2',
        ...evidence,
        versions: {},
        providers: [irsa],
        sts: { ...sts, endpoint: 'regional' },
        refresh: plain.refresh,
        exhausted: 'no credentials',
      },
    ]);
  });

  test('are worked out once', () => {
    const entry = withProvider(irsa);
    expect(behavioursOf(entry)).toBe(behavioursOf(entry));
  });
});

describe('the behaviour of a version', () => {
  const entry = withProvider({ ...irsa, since: '1.2.0', until: '1.10.0' });
  const [oldest, middle, newest] = behavioursOf(entry);
  test.each([
    ['1.0.0', oldest],
    ['1.1.9', oldest],
    ['1.2.0', middle],
    ['1.9.99', middle],
    ['1.10.0', newest],
    ['9.0.0', newest],
    ['0.1.0', oldest],
    [undefined, newest],
  ])('%s', (version, expected) => {
    expect(behaviourAt(entry, version)).toBe(expected);
  });
});
