import { describe, expect, test } from 'vitest';
import type { Reply } from '../../src/model/exchange.ts';
import { webIdentityFailures } from '../../src/sdkChain/entry.ts';
import { failureOf, findRule, ruleFor } from '../../src/sdkChain/rules.ts';
import { askProvider, runChain } from '../../src/sdkChain/run.ts';
import { firstText, notConfigured, refsOf, selected, startWalk, textOf } from '../../src/sdkChain/walk.ts';
import { fakeInput, type FakeWorld } from './fakeWorld.ts';
import { continues, imdsRow, sdkOf, stops, told, webIdentityRow } from './ownSdk.ts';

const roleArn = 'arn:aws:iam::111122223333:role/app';
const token = '/var/run/token';
const irsa = { AWS_ROLE_ARN: roleArn, AWS_WEB_IDENTITY_TOKEN_FILE: token };
const pod = { kind: 'Pod', namespace: 'pay', name: 'api' } as const;
const goingOn = webIdentityRow({ rules: continues(...webIdentityFailures) });
const speechless = webIdentityRow({
  rules: continues(...webIdentityFailures).map((rule) => ({ ...rule, error: '' })),
});
const configured: FakeWorld = { variables: irsa, files: { [token]: 'token' } };
const tokenGone: FakeWorld = { variables: irsa };

describe('a run', () => {
  test('is told step by step', () => {
    const withToken = {
      kind: 'sts',
      action: 'AssumeRoleWithWebIdentity',
      roleArn,
      tokenFile: token,
    } as const;
    const credentials = { identity: { kind: 'role', arn: roleArn }, mechanism: 'irsa' } as const;
    const first = webIdentityRow({ id: 'first', skippedWhenSet: ['AWS_ROLE_ARN'] });
    expect(runChain(sdkOf([first, goingOn, imdsRow]), fakeInput(configured))).toStrictEqual({
      end: { kind: 'credentials', provider: 'webIdentity', credentials },
      steps: [
        { kind: 'notConfigured', provider: 'first', missing: [], source: 'own/sdk:webIdentity' },
        {
          kind: 'selected',
          provider: 'webIdentity',
          by: ['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'],
          refs: [pod, pod],
          source: 'own/sdk:webIdentity',
        },
        {
          kind: 'exchange',
          provider: 'webIdentity',
          request: { kind: 'readFile', path: token, purpose: 'webIdentityToken' },
          reply: { kind: 'file', content: { kind: 'text', text: 'token', from: pod } },
          attempts: 1,
        },
        {
          kind: 'exchange',
          provider: 'webIdentity',
          request: { ...withToken, sessionName: 'own-session', endpoint: { kind: 'global' } },
          reply: { kind: 'ok', body: { kind: 'credentials', credentials } },
          attempts: 1,
        },
        { kind: 'succeeded', provider: 'webIdentity', credentials },
      ],
    });
  });

  test('that a provider stops ends with its error', () => {
    expect(runChain(sdkOf([webIdentityRow({}), imdsRow]), fakeInput(tokenGone))).toStrictEqual({
      end: { kind: 'error', provider: 'webIdentity', error: 'tokenMissing tokenMissing' },
      steps: [
        {
          kind: 'selected',
          provider: 'webIdentity',
          by: ['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'],
          refs: [pod, pod],
          source: 'own/sdk:webIdentity',
        },
        {
          kind: 'exchange',
          provider: 'webIdentity',
          request: { kind: 'readFile', path: token, purpose: 'webIdentityToken' },
          reply: { kind: 'fileMissing' },
          attempts: 1,
        },
        {
          kind: 'failed',
          provider: 'webIdentity',
          failure: 'tokenMissing',
          then: 'stop',
          error: 'tokenMissing tokenMissing',
          source: 'own/sdk:rules',
        },
      ],
    });
  });

  test.each([
    ['a chain in which each failure lets the next be tried', [goingOn]],
    ['a chain without any provider', []],
  ])('of %s ends with the error of the chain', (_, providers) => {
    expect(runChain(sdkOf(providers), fakeInput(tokenGone)).end).toStrictEqual({
      kind: 'error',
      error: 'no credentials',
    });
  });
});

describe('a provider asked alone', () => {
  const table = [
    ['gives credentials', goingOn, configured, { kind: 'credentials', provider: 'webIdentity' }],
    [
      'fails with its own error where the chain would go on',
      goingOn,
      tokenGone,
      { kind: 'error', provider: 'webIdentity', error: 'tokenMissing tokenMissing' },
    ],
    [
      'fails with its own error where the chain would stop',
      webIdentityRow({}),
      tokenGone,
      { kind: 'error', provider: 'webIdentity', error: 'tokenMissing tokenMissing' },
    ],
    [
      'fails with the error of the chain where its own says nothing',
      speechless,
      tokenGone,
      { kind: 'error', provider: 'webIdentity', error: 'no credentials' },
    ],
    [
      'fails with the error of the chain where it is not configured',
      goingOn,
      {},
      { kind: 'error', provider: 'webIdentity', error: 'no credentials' },
    ],
  ] as const;
  test.each(table)('%s', (_, row, world, end) => {
    const run = askProvider(sdkOf([row, imdsRow]), 'webIdentity', fakeInput(world));
    expect(run.end).toMatchObject(end);
    expect(Object.keys(run.end)).toStrictEqual([
      ...Object.keys(end),
      ...(run.end.kind === 'error' ? [] : ['credentials']),
    ]);
    expect(told(run).filter((line) => line.startsWith('imds'))).toStrictEqual([]);
  });

  test('is one of the SDK', () => {
    const ask = () => askProvider(sdkOf([imdsRow]), 'webIdentity', fakeInput({}));
    expect(ask).toThrow(new Error('go-v2 has no provider `webIdentity`'));
  });
});

describe('a walk', () => {
  const variables = { A: 'a', EMPTY: '', HIDDEN: undefined };
  const walk = startWalk(sdkOf([]), fakeInput({ variables }));

  test('begins with nothing held and nothing told', () => {
    const { steps, held, files } = startWalk(sdkOf([]), fakeInput({}));
    expect({ steps, held, files }).toStrictEqual({
      steps: [],
      held: { regionRounds: 0, failedRounds: 0, profilePasses: 0, roles: [] },
      files: new Map(),
    });
  });

  test('knows from where variables come, of those that are there', () => {
    expect(refsOf(walk, ['A', 'MISSING', 'HIDDEN'])).toStrictEqual([pod, pod]);
  });

  test('reads the text of a variable, and takes the reference for one that nobody knows', () => {
    const texts = ['A', 'EMPTY', 'HIDDEN', 'MISSING'].map((name) => textOf(walk, name));
    expect(texts).toStrictEqual(['a', '', '$(HIDDEN)', undefined]);
  });

  test('reads the first variable that is set and not empty', () => {
    expect(firstText(walk, ['MISSING', 'EMPTY', 'HIDDEN', 'A'])).toBe('$(HIDDEN)');
    expect(firstText(walk, ['MISSING', 'EMPTY'])).toBeUndefined();
  });

  test('tells what it sees', () => {
    const seeing = startWalk(sdkOf([]), fakeInput({ variables }));
    const provider = { id: 'one', source: 'own/sdk:one' };
    notConfigured(seeing, provider, ['B']);
    selected(seeing, provider, ['A', 'profile x']);
    expect(seeing.steps).toStrictEqual([
      { kind: 'notConfigured', provider: 'one', missing: ['B'], source: 'own/sdk:one' },
      { kind: 'selected', provider: 'one', by: ['A', 'profile x'], refs: [pod], source: 'own/sdk:one' },
    ]);
  });
});

describe('the rule for a failure', () => {
  const [first, second] = [...stops('refused'), ...continues('timeout', 'refused')];
  const rules = [first, second].flatMap((rule) => rule ?? []);

  test('is the first that names it', () => {
    expect(ruleFor(rules, 'refused')).toBe(first);
    expect(ruleFor(rules, 'timeout')).toBe(second);
  });

  test('may be missing where the SDK need not have one', () => {
    expect(findRule<string, never>(rules, 'hang')).toBeUndefined();
    expect(() => ruleFor<string, never>(rules, 'hang')).toThrow(
      new Error('the catalogue has no rule for `hang`'),
    );
  });
});

describe('a reply sorted by failure', () => {
  const byStatus = (status: number, code: string | undefined): string => `${status} ${code ?? 'no code'}`;
  const table: readonly (readonly [string, Reply, string | undefined])[] = [
    ['a good answer is none', { kind: 'ok', body: { kind: 'imdsToken' } }, undefined],
    ['a file is none', { kind: 'file', content: { kind: 'empty', from: pod } }, undefined],
    [
      'an error goes by its status and code',
      { kind: 'httpError', status: 403, code: 'Denied' },
      '403 Denied',
    ],
    ['an error may have no code', { kind: 'httpError', status: 500 }, '500 no code'],
    ['a missing file is not found', { kind: 'fileMissing' }, '404 no code'],
    ['nothing comes back in time', { kind: 'timeout' }, 'timeout'],
    ['nobody listens', { kind: 'refused' }, 'refused'],
    ['nobody answers', { kind: 'hang' }, 'hang'],
  ];
  test.each(table)('%s', (_, reply, failure) => {
    expect(failureOf<string>(reply, byStatus)).toBe(failure);
  });
});
