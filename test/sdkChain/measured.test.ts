import { describe, expect, test } from 'vitest';
import measured from '../../conformance/sdk/measured.json' with { type: 'json' };
import type { Reply, Request } from '../../src/model/exchange.ts';
import { parseSdk, sdkBehaviour } from '../../src/sdkChain/registry.ts';
import { runChain, type ChainRun } from '../../src/sdkChain/run.ts';
import { fakeInput, type FakeWorld } from './fakeWorld.ts';

type Scenario = (typeof measured.scenarios)[number];
interface Seen {
  readonly winner?: string;
  readonly error?: string;
  readonly requests: string;
}

describe('every recorded run', () => {
  for (const scenario of measured.scenarios) {
    test.each(Object.entries<Seen>(scenario.sdks))(`${scenario.id} ${scenario.title}: %s`, (name, seen) => {
      const run = replay(scenario, name);
      expect({ winner: winnerOf(run), requests: requestsOf(run) }).toEqual({
        winner: seen.winner,
        requests: seen.requests,
      });
    });
  }

  test('none was left out', () => {
    const cells = measured.scenarios.flatMap(({ sdks }) => Object.keys(sdks));
    expect([measured.scenarios.length, cells.length]).toEqual([49, 49 * 8]);
  });
});

function replay(scenario: Scenario, name: string): ChainRun {
  const parsed = parseSdk(name);
  if (parsed.kind !== 'sdk') throw new Error(parsed.diagnostic.message);
  const drivers: Readonly<Record<string, { readonly note: string; readonly variables?: object }>> =
    measured.drivers;
  const region: Readonly<Record<string, string>> =
    scenario.region === null ? {} : { AWS_REGION: scenario.region, AWS_DEFAULT_REGION: scenario.region };
  const variables = { HOME: '/home/app', ...region, ...scenario.variables, ...drivers[name]?.variables };
  const world = { ...(scenario as unknown as FakeWorld), variables };
  const chosen = sdkBehaviour(parsed.sdk);
  expect(chosen.assumed).toBeUndefined();
  return runChain(chosen.behaviour, fakeInput(world));
}

function winnerOf({ end }: ChainRun): string | undefined {
  if (end.kind === 'error') return undefined;
  const { identity, mechanism } = end.credentials;
  if (identity.kind === 'role') {
    const role = identity.arn.split('/').at(-1) ?? '';
    return role === 'pod-identity' ? 'container' : role;
  }
  if (identity.kind === 'unnamedRole') return 'imds';
  if (mechanism === 'env') return 'env';
  return identity.accessKeyId === undefined ? 'process' : 'profile';
}

/** Writes the requests as the recording does: nothing of what is refused or dropped leaves a trace. */
function requestsOf({ steps }: ChainRun): string {
  const letters = steps.flatMap((step) => {
    if (step.kind !== 'exchange') return [];
    const letter = letterOf(step.request);
    const status = statusOf(step.reply);
    if (letter === undefined || status === undefined) return [];
    return [`${letter}${status}${step.attempts > 1 ? `x${step.attempts}` : ''}`];
  });
  return letters.join(' ');
}

function letterOf(request: Request): string | undefined {
  switch (request.kind) {
    case 'readFile':
      return undefined;
    case 'sts':
      return request.action === 'AssumeRole' ? 'A' : 'S';
    case 'container':
      return 'K';
    case 'imds': {
      const quote = request.withToken ? '' : "'";
      switch (request.call.kind) {
        case 'token':
          return 'T';
        case 'roleList':
          return `L${quote}`;
        case 'roleCredentials':
          return `C${quote}`;
        // The recording does not count the availability zone's status.
        case 'other':
          return 'Z';
      }
    }
  }
}

function statusOf(reply: Reply): string | undefined {
  switch (reply.kind) {
    case 'ok':
      return reply.body.kind === 'text' ? '' : '200';
    case 'httpError':
      return String(reply.status);
    case 'hang':
      return 'hang';
    default:
      return undefined;
  }
}
