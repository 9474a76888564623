import { describe, expect, test } from 'vitest';
import type { ResolvedProvider } from '../../src/sdkChain/behaviour.ts';
import { containerFailures } from '../../src/sdkChain/entry.ts';
import {
  callForCredentials,
  newProcess,
  type CallOutcome,
  type HeldCredentials,
  type ProcessMemory,
} from '../../src/sdkChain/process.ts';
import type { Refresh, Renewal } from '../../src/sdkChain/refresh.ts';
import { runChain } from '../../src/sdkChain/run.ts';
import { smallInput, type SmallWorld } from '../../src/sdkChain/smallWorld.ts';
import { containerRow, continues, imdsRow, sdkOf, told, webIdentityRow } from './ownSdk.ts';

const evidence = { source: 'own/sdk:refresh', strength: 'source' } as const;
const app = { kind: 'role', arn: 'arn:aws:iam::111122223333:role/app' } as const;

/** Container credentials of an hour are tried anew from 3000 s on, and must be new from 3540 s on. */
const times: Renewal = {
  of: ['container'],
  triesFrom: { beforeExpirySeconds: 600 },
  mustFromSeconds: 60,
  ...evidence,
};
const pinned: Refresh = { chain: 'pinned', renewals: [times], ...evidence };
const walksAgain: Refresh = { ...pinned, chain: 'walksAgain' };
const whenEmpty: Refresh = { ...pinned, chain: 'walksAgainWhenEmpty' };
const remembers: Refresh = { ...pinned, remembersErrors: evidence };
const sittingOut = (refresh: Refresh): Refresh => ({
  ...refresh,
  renewals: [{ ...times, servesOldAfter: ['serverError'] }],
});

function heldSince(obtainedAt: number, more: Partial<HeldCredentials> = {}): HeldCredentials {
  const credentials = { identity: app, mechanism: 'podIdentity', expiresInSeconds: 3600 } as const;
  return { credentials, provider: 'container', kind: 'container', obtainedAt, ...more };
}

const byNode: Partial<HeldCredentials> = {
  credentials: { identity: app, mechanism: 'imds', expiresInSeconds: 3600 },
  provider: 'imds',
  kind: 'imds',
};
const holding = (held: HeldCredentials): ProcessMemory => ({ held, worked: held.provider });
const old = holding(heldSince(100));
const oldByNode = holding(heldSince(100, byNode));

const inTask = { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/x' };
const task: SmallWorld = { variables: inTask, lifeSeconds: 3600 };
const taskBusy: SmallWorld = { ...task, container: { status: 500 } };
const taskRefuses: SmallWorld = { ...task, container: { status: 403 } };
const nodeAlone: SmallWorld = { variables: {}, lifeSeconds: 3600 };
const nodeBusy: SmallWorld = { ...nodeAlone, imds: { roleList: { status: 500 } } };

const usual = [containerRow, imdsRow];
const goingOn: typeof containerRow = { ...containerRow, rules: continues(...containerFailures) };
const noIrsa = 'webIdentity not configured: AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE';

const askedTask = 'GET http://169.254.170.2/v2/x ->';
const fromTask = [
  'container selected by AWS_CONTAINER_CREDENTIALS_RELATIVE_URI of Pod example',
  `${askedTask} ok`,
  `container has ${app.arn} (podIdentity)`,
  'credentials of container',
];
const noTask =
  'container not configured: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, AWS_CONTAINER_CREDENTIALS_FULL_URI';
const fromNode = [
  'imds selected by  of ',
  'imds roleList -> ok',
  'imds roleCredentials -> ok',
  `imds has ${app.arn} (imds)`,
  'credentials of imds',
];
const nodeFails = [
  'imds selected by  of ',
  'imds roleList -> 500',
  'imds stops: serverError: serverError HTTP 500',
  'error of imds: serverError HTTP 500',
];
const failsAtTask = (status: 403 | 500): readonly string[] => {
  const failure = status === 500 ? 'serverError' : 'clientError';
  return [
    'container selected by AWS_CONTAINER_CREDENTIALS_RELATIVE_URI of Pod example',
    `${askedTask} ${status}`,
    `container stops: ${failure}: ${failure} HTTP ${status}`,
    `error of container: ${failure} HTTP ${status}`,
  ];
};

interface Case {
  readonly name: string;
  readonly refresh?: Refresh;
  readonly chain?: readonly ResolvedProvider[];
  readonly memory: ProcessMemory;
  readonly at: number;
  readonly world: SmallWorld;
  readonly outcome: CallOutcome;
  /** What it remembers afterwards, if that is not what it remembered before. */
  readonly after?: ProcessMemory;
  /** Nobody was asked when absent. */
  readonly lines?: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: 'a new process obtains them',
    memory: newProcess,
    at: 7,
    world: task,
    outcome: 'obtained',
    after: holding(heldSince(7)),
    lines: fromTask,
  },
  {
    name: 'a new process fails, and asks again next time',
    memory: newProcess,
    at: 7,
    world: taskBusy,
    outcome: 'failed',
    lines: failsAtTask(500),
  },
  {
    name: 'those that never expire are held for ever',
    memory: holding(heldSince(100, { ...byNode, credentials: { identity: app, mechanism: 'imds' } })),
    at: 1_000_000,
    world: nodeAlone,
    outcome: 'held',
  },
  { name: 'fresh ones are held', memory: old, at: 3099, world: taskBusy, outcome: 'held' },
  {
    name: 'those soon due are renewed',
    memory: old,
    at: 3100,
    world: task,
    outcome: 'renewed',
    after: holding(heldSince(3100)),
    lines: fromTask,
  },
  {
    name: 'nobody sees that those soon due could not be renewed',
    memory: old,
    at: 3639,
    world: taskBusy,
    outcome: 'renewalUnseen',
    lines: failsAtTask(500),
  },
  {
    name: 'due ones that cannot be renewed are lost, and the provider is remembered',
    memory: old,
    at: 3640,
    world: taskBusy,
    outcome: 'failed',
    after: { worked: 'container' },
    lines: failsAtTask(500),
  },
  {
    name: 'due ones are given out on after a failure that the SDK sits out',
    refresh: sittingOut(pinned),
    memory: old,
    at: 3640,
    world: taskBusy,
    outcome: 'servedOld',
    lines: failsAtTask(500),
  },
  {
    name: 'due ones are lost after a failure that the SDK does not sit out',
    refresh: sittingOut(pinned),
    memory: old,
    at: 3640,
    world: taskRefuses,
    outcome: 'failed',
    after: { worked: 'container' },
    lines: failsAtTask(403),
  },
  {
    name: 'a failure that is sat out counts though the chain went on to one that is not configured',
    refresh: sittingOut(walksAgain),
    chain: [goingOn, webIdentityRow({})],
    memory: old,
    at: 3640,
    world: taskBusy,
    outcome: 'servedOld',
    lines: [
      ...failsAtTask(500).slice(0, 2),
      'container continues: serverError: serverError HTTP 500',
      noIrsa,
      'error of the chain: no credentials',
    ],
  },
  {
    name: 'a failure of another provider is not sat out',
    refresh: sittingOut(walksAgain),
    memory: old,
    at: 3640,
    world: nodeBusy,
    outcome: 'failed',
    after: { worked: 'container' },
    lines: [noTask, ...nodeFails],
  },
  {
    name: 'a chain in which nothing is configured any more fails, and nothing is sat out',
    refresh: sittingOut(walksAgain),
    chain: [containerRow, webIdentityRow({})],
    memory: old,
    at: 3640,
    world: nodeAlone,
    outcome: 'failed',
    after: { worked: 'container' },
    lines: [noTask, noIrsa, 'error of the chain: no credentials'],
  },
  {
    name: 'the provider that worked is asked alone where the SDK keeps to it',
    memory: old,
    at: 3640,
    world: nodeAlone,
    outcome: 'failed',
    after: { worked: 'container' },
    lines: [noTask, 'error of container: no credentials'],
  },
  {
    name: 'the chain is walked again once the provider that worked has nothing',
    refresh: whenEmpty,
    memory: old,
    at: 3640,
    world: nodeAlone,
    outcome: 'renewed',
    after: holding(heldSince(3640, byNode)),
    lines: [noTask, ...fromNode],
  },
  {
    name: 'the chain is walked again where nothing is held of the provider that worked',
    refresh: sittingOut(whenEmpty),
    memory: { worked: 'container' },
    at: 3640,
    world: nodeAlone,
    outcome: 'obtained',
    after: holding(heldSince(3640, byNode)),
    lines: [noTask, ...fromNode],
  },
  {
    name: 'the chain is not walked again while the provider that worked gives some',
    refresh: { ...whenEmpty, renewals: [{ ...times, of: ['imds'] }] },
    memory: oldByNode,
    at: 3640,
    world: task,
    outcome: 'renewed',
    after: holding(heldSince(3640, byNode)),
    lines: fromNode,
  },
  {
    name: 'the chain is not walked again after a failure that is sat out',
    refresh: sittingOut(whenEmpty),
    chain: [goingOn, imdsRow],
    memory: old,
    at: 3640,
    world: taskBusy,
    outcome: 'servedOld',
    lines: [
      ...failsAtTask(500).slice(0, 2),
      'container continues: serverError: serverError HTTP 500',
      'error of container: serverError HTTP 500',
    ],
  },
  {
    name: 'the chain is walked from its beginning where the SDK does so each time',
    refresh: { ...walksAgain, renewals: [{ ...times, of: ['imds'] }] },
    memory: oldByNode,
    at: 3640,
    world: task,
    outcome: 'renewed',
    after: holding(heldSince(3640)),
    lines: fromTask,
  },
  {
    name: 'where nobody knows when they are renewed, the same ones again are renewed ones',
    memory: oldByNode,
    at: 200,
    world: nodeAlone,
    outcome: 'renewed',
    after: holding(heldSince(200, byNode)),
    lines: fromNode,
  },
  {
    name: 'where nobody knows when they are renewed, others are not known',
    memory: holding(
      heldSince(100, {
        ...byNode,
        credentials: { identity: { ...app, arn: 'arn:other' }, mechanism: 'imds', expiresInSeconds: 3600 },
      }),
    ),
    at: 200,
    world: nodeAlone,
    outcome: 'notKnown',
    lines: fromNode,
  },
  {
    name: 'where nobody knows when they are renewed, the same ones by another way are not known',
    refresh: walksAgain,
    memory: oldByNode,
    at: 200,
    world: task,
    outcome: 'notKnown',
    lines: fromTask,
  },
  {
    name: 'where nobody knows when they are renewed, an error is not known',
    refresh: whenEmpty,
    memory: oldByNode,
    at: 200,
    world: nodeBusy,
    outcome: 'notKnown',
    lines: [noTask, ...nodeFails],
  },
];

describe('a call for credentials:', () => {
  test.each(cases)('$name', (given) => {
    const { chain = usual, refresh = pinned, memory, at, world, outcome, after = memory, lines } = given;
    const call = callForCredentials(sdkOf(chain, { refresh }), memory, at, smallInput(world));
    expect({ ...call, ...(call.run ? { run: told(call.run) } : {}) }).toStrictEqual({
      outcome,
      memory: after,
      ...(lines ? { run: lines } : {}),
    });
  });

  test('an error once met is given to every later call where the SDK remembers it', () => {
    const sdk = sdkOf(usual, { refresh: remembers });
    const run = runChain(sdk, smallInput(taskBusy));
    const first = callForCredentials(sdk, newProcess, 0, smallInput(taskBusy));
    expect(first).toStrictEqual({ outcome: 'failed', memory: { failed: run }, run });
    const second = callForCredentials(sdk, first.memory, 9000, smallInput(task));
    expect(second).toStrictEqual({ outcome: 'failed', memory: { failed: run }, run });
  });

  test('an error after better days is remembered beside the provider that worked', () => {
    const sdk = sdkOf(usual, { refresh: remembers });
    const run = runChain(sdk, smallInput(taskBusy));
    const call = callForCredentials(sdk, old, 3640, smallInput(taskBusy));
    expect(call).toStrictEqual({ outcome: 'failed', memory: { worked: 'container', failed: run }, run });
  });

  test('a provider that the SDK has not cannot have worked', () => {
    const call = () => callForCredentials(sdkOf(usual), { worked: 'nobody' }, 0, smallInput(task));
    expect(call).toThrow(new Error('go-v2 has no provider `nobody`'));
  });
});
