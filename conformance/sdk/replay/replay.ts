import type { Reply, Request } from '../../../src/model/exchange.ts';
import type { SdkFamily } from '../../../src/model/sdk.ts';
import type { SdkBehaviour } from '../../../src/sdkChain/behaviour.ts';
import { neverAnswers } from '../../../src/sdkChain/catalogue/neverAnswers.ts';
import { sdkBehaviour } from '../../../src/sdkChain/registry.ts';
import { runChain, type ChainRun } from '../../../src/sdkChain/run.ts';
import { sourceOf } from '../lab/keys.mjs';
import type { Scenario } from '../lab/scenarios.mjs';
import type { RecordedRequest, RecordedSdk, Recording } from './recording.ts';
import { environmentOf, exchangeOf } from './scriptedWorld.ts';

/** The region that a driver gives its client when the environment names none. */
const driverRegion = 'us-east-1';

/**
 * What a driver says in code and an application can say by a variable: the Go 1 driver makes its session
 * with `SharedConfigEnable`.
 *
 * @source aws/aws-sdk-go:aws/session/session.go, `SharedConfigEnable`
 */
const driverVariables: Readonly<Partial<Record<SdkFamily, Readonly<Record<string, string>>>>> = {
  'go-v1': { AWS_SDK_LOAD_CONFIG: '1' },
};

/** An outcome and the requests that led there, each a text that can be compared and read. */
export interface Replayed {
  readonly outcome: string;
  readonly requests: readonly string[];
}

/** Versions between which nothing changed share a behaviour, and so its replays. */
const replays = new WeakMap<SdkBehaviour, Map<string, Replayed>>();

/** Lets the model live through a scenario. */
export function replay({ family, version }: RecordedSdk['sdk'], scenario: Scenario): Replayed {
  const { behaviour } = sdkBehaviour({ family, version });
  const known = replays.get(behaviour) ?? new Map<string, Replayed>();
  replays.set(behaviour, known);
  const replayed = known.get(scenario.id) ?? replayOnce(behaviour, scenario);
  known.set(scenario.id, replayed);
  return replayed;
}

function replayOnce(behaviour: SdkBehaviour, scenario: Scenario): Replayed {
  const run = runChain(behaviour, {
    environment: environmentOf(scenario, driverVariables[behaviour.family]),
    exchange: exchangeOf(scenario),
    moduleMissing: () => false,
    // What the program of the scenarios prints.
    processKeys: () => 'lasting',
  });
  const requests = run.steps.flatMap((step) =>
    step.kind === 'exchange' ? requestText(step.request, step.reply, scenario) : [],
  );
  return { outcome: outcomeOf(run), requests: withoutRepeats(requests) };
}

/** Puts a recording into the same words. How often a request was repeated does not count. */
export function recordedText({ outcome, requests }: Recording): Replayed {
  const { kind } = outcome;
  return {
    outcome: kind === 'credentials' ? outcome.source : kind,
    requests: withoutRepeats(requests.filter(isAboutCredentials).map(recordedRequest)),
  };
}

/**
 * Tells whether the model and a recording say the same.
 *
 * Where the world changes later, credentials live for seconds, and some SDKs ask for such twice at once:
 * there the outcome alone counts.
 */
export function agree(sdk: RecordedSdk['sdk'], recording: Recording, model: Replayed): boolean {
  const real = recordedText(recording);
  if (model.outcome !== real.outcome) return false;
  return recording.later !== undefined || sameWalk(sdk, real.requests, model.requests);
}

function sameWalk(
  { asksAgain }: RecordedSdk['sdk'],
  real: readonly string[],
  model: readonly string[],
): boolean {
  const begins = model.every((request, at) => request === real[at]);
  const rest = real.slice(model.length);
  return begins && rest.every((request) => asksAgain && model.includes(request));
}

/**
 * An SDK that looks for the region after it has got its credentials asks nothing that matters to them;
 * where the first call of STS comes after, it was that call which wanted the region.
 */
function isAboutCredentials(
  { call }: RecordedRequest,
  at: number,
  requests: readonly RecordedRequest[],
): boolean {
  if (call !== 'imds:other') return true;
  const hasCredentials = requests.slice(0, at).some((before) => before.call === 'imds:roleCredentials');
  const firstOfSts = requests.findIndex((request) => request.call.startsWith('sts:'));
  return !hasCredentials || firstOfSts > at;
}

/** The session name of AssumeRole is left out: the profile that asks for it mostly says it. */
function recordedRequest({ call, status, withToken, host, path, sessionName }: RecordedRequest): string {
  const name = call === 'sts:AssumeRoleWithWebIdentity' ? ` as ${labelOf(sessionName)}` : '';
  const asked = path?.replace(/\/$/, '') ?? '';
  // Some HTTP clients leave the brackets of an IPv6 address out of the header `Host`.
  const at = host ? `@${host.replaceAll(/[[\]]/g, '')}` : '';
  return `${call}${asked}${at}${withToken ? '+token' : ''}${name} ${status}`;
}

/** The lab labels every name of 40 characters and more as base64, before it looks for a time in it. */
function labelOf(sessionName: string | undefined): string | undefined {
  const isLong = sessionName && sessionName.replace('<unix ms>', '0'.repeat(13)).length >= 40;
  return isLong ? '<base64 of a uuid>' : sessionName;
}

function outcomeOf({ end }: ChainRun): string {
  if (end.kind === 'error') return end.error === neverAnswers ? 'noAnswer' : 'error';
  const { identity } = end.credentials;
  const accessKeyId = identity.kind === 'static' ? identity.accessKeyId : undefined;
  // The keys that a program prints stay unknown to the model.
  return accessKeyId === undefined ? 'process' : sourceOf(accessKeyId);
}

/** What the fakes would have logged: nothing of a file, nothing of what was refused or lost. */
function requestText(request: Request, reply: Reply, { env }: Scenario): string[] {
  if (request.kind === 'readFile' || reply.kind === 'refused' || reply.kind === 'timeout') return [];
  const status = reply.kind === 'hang' ? 'hang' : reply.kind === 'httpError' ? reply.status : 200;
  const facts = { status, count: 1 } as const;
  switch (request.kind) {
    case 'sts': {
      const { endpoint, sessionName } = request;
      const host =
        endpoint.kind === 'global'
          ? 'sts.amazonaws.com'
          : `sts.${endpoint.region || driverRegion}.amazonaws.com`;
      return [recordedRequest({ ...facts, call: `sts:${request.action}`, host, sessionName })];
    }
    case 'container': {
      const { host } = new URL(request.url);
      const withToken = request.tokenFile !== undefined || Boolean(env['AWS_CONTAINER_AUTHORIZATION_TOKEN']);
      return [recordedRequest({ ...facts, call: 'container', host, withToken })];
    }
    case 'imds': {
      const { call, withToken } = request;
      const path = call.kind === 'other' ? { path: call.path } : {};
      return [recordedRequest({ ...facts, call: `imds:${call.kind}`, withToken, ...path })];
    }
  }
}

/** In order, one for each run of equal ones. */
function withoutRepeats(requests: readonly string[]): readonly string[] {
  return requests.filter((request, at) => request !== requests[at - 1]);
}
