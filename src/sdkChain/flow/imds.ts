import type { ImdsCall, Reply, Request } from '../../model/exchange.ts';
import type { ResolvedProvider } from '../behaviour.ts';
import {
  imdsGetFailures,
  imdsTokenFailures,
  type ImdsGetFailure,
  type ImdsTokenFailure,
} from '../imdsProvider.ts';
import { type Rule } from '../providerRow.ts';
import { failureOf, findRule } from '../rules.ts';
import { nextProvider, stop, station, type Station, type Target } from '../station.ts';
import { failed, selected, textOf, type Walk } from '../walk.ts';
import { disabledVariable, isImdsDisabled } from './imdsSwitch.ts';
import { requestStation } from './requestStation.ts';
import { ownSeat, type Seat, type Verdict } from './seat.ts';
import { keepCredentials } from './webIdentity.ts';

type Imds = Extract<ResolvedProvider, { kind: 'imds' }>;

const v1DisabledVariable = 'AWS_EC2_METADATA_V1_DISABLED';

/**
 * Makes the stations of the instance metadata service: a token, the role list, the role's credentials;
 * and once more without a token where this SDK does without one.
 */
export function imdsStations(provider: Imds, seat: Seat = ownSeat(provider.id)): readonly Station[] {
  const at = (name: string): string => `${seat.prefix}/${name}`;
  const first = firstRequest(provider);
  // A token that is held is good for a further attempt.
  const restarts = (
    withToken: boolean,
    newToken: string,
  ): Readonly<Record<'token' | 'newToken' | 'roleList', Target>> => ({
    token: station(at(withToken ? 'roleList' : first)),
    newToken: station(at(newToken)),
    roleList: station(at(withToken ? 'roleList' : 'roleListV1')),
  });
  const list = (name: string, withToken: boolean, ok: string): Station =>
    requestStation({
      seat,
      id: at(name),
      request: () => get({ kind: 'roleList' }, withToken),
      failure: listFailure,
      // With a token in hand there is nothing to ask again for.
      rules: withToken ? provider.roleList.filter(isFinal) : provider.roleList,
      failures: imdsGetFailures,
      detours: { tokenAgain: station(at('tokenAgain')) },
      restarts: {
        ...restarts(withToken, first),
        ...(name === 'roleListAsking' ? { openToken: station(at('token')) } : {}),
      },
      keep: keepRoleName,
      ok: station(at(ok)),
    });
  const roleCredentials = (name: string, withToken: boolean): Station =>
    requestStation<ImdsGetFailure, never>({
      seat,
      id: at(name),
      request: ({ held }) => get({ kind: 'roleCredentials', roleName: held.roleName ?? '' }, withToken),
      failure: (reply) => credentialsFailure(reply, provider.roleCredentials),
      rules: provider.roleCredentials,
      failures: [...imdsGetFailures, 'malformed'],
      detours: {},
      restarts: restarts(withToken, provider.protocol === 'v1' ? name : 'tokenBeforeCredentials'),
      keep: keepCredentials,
      ok: seat.done,
    });
  return [
    startStation(provider, seat),
    tokenStation(provider, seat, 'token', 'roleList', 'roleListV1'),
    list('roleList', true, provider.tokenAsked ? 'tokenBeforeCredentials' : 'roleCredentials'),
    roleCredentials('roleCredentials', true),
    list('roleListV1', false, 'roleCredentialsV1'),
    roleCredentials('roleCredentialsV1', false),
    list('roleListAsking', false, 'tokenBeforeCredentials'),
    tokenStation(provider, seat, 'tokenBeforeCredentials', 'roleCredentials', 'roleCredentialsV1'),
    tokenAgainStation(provider, seat),
  ];
}

function isFinal(rule: Rule<ImdsGetFailure, 'tokenAgain'>): boolean {
  return rule.next !== 'tokenAgain';
}

function firstRequest({ protocol }: Imds): string {
  return protocol === 'v1' ? 'roleListV1' : 'token';
}

function startStation(provider: Imds, seat: Seat): Station {
  const disabled = seat.verdict(switchedOffBy(provider, disabledVariable));
  return {
    id: seat.prefix,
    provider: seat.provider,
    act: (walk) => {
      if (isImdsDisabled(walk)) {
        failed(walk, seat.provider, 'disabled', disabled);
        return 'disabled';
      }
      selected(walk, { id: seat.provider, source: provider.source }, []);
      return 'selected';
    },
    on: Object.fromEntries([
      ['disabled', targetOf(disabled)],
      ['selected', station(`${seat.prefix}/${firstRequest(provider)}`)],
    ]),
  };
}

/** A token request; `without` is the station that goes on when the SDK can do without a token. */
function tokenStation(provider: Imds, seat: Seat, name: string, ok: string, without: string): Station {
  const rules: readonly Rule<ImdsTokenFailure, 'v1' | 'v1AskAgain'>[] = provider.token;
  const asking = name === 'token' ? 'roleListAsking' : without;
  const plain = requestStation({
    seat,
    id: `${seat.prefix}/${name}`,
    request: () => tokenRequest,
    failure: (reply) => tokenFailure(reply, rules),
    rules,
    failures: [...imdsTokenFailures, 'unauthorized', 'tooManyRequests'],
    detours: {
      v1: station(`${seat.prefix}/${without}`),
      v1AskAgain: station(`${seat.prefix}/${asking}`),
    },
    keep: () => {},
    ok: station(`${seat.prefix}/${ok}`),
  });
  return provider.v1Switch === 'honoured' ? withV1Switch(plain, provider, seat) : plain;
}

/** Where version 1 is switched off by the environment, what would go on without a token fails instead. */
function withV1Switch(plain: Station, provider: Imds, seat: Seat): Station {
  const verdict = seat.verdict(switchedOffBy(provider, v1DisabledVariable));
  return {
    ...plain,
    act: (walk) => {
      const event = plain.act(walk);
      const goesOn = event !== 'ok' && walk.steps.at(-1)?.kind === 'exchange';
      if (!goesOn || textOf(walk, v1DisabledVariable)?.toLowerCase() !== 'true') return event;
      failed(walk, seat.provider, 'v1Disabled', verdict);
      return 'v1Disabled';
    },
    on: { ...plain.on, v1Disabled: targetOf(verdict) },
  };
}

/** A token asked for because a GET without one was refused; the SDK tries it once. */
function tokenAgainStation(provider: Imds, seat: Seat): Station {
  const { source, strength } = provider;
  const rule: Rule<ImdsTokenFailure> = {
    on: imdsTokenFailures,
    next: 'stop',
    error: 'HTTP 401',
    source,
    strength,
  };
  return requestStation<ImdsTokenFailure, never>({
    seat,
    id: `${seat.prefix}/tokenAgain`,
    request: () => tokenRequest,
    failure: (reply) => tokenFailure(reply, [rule]),
    rules: [rule],
    failures: imdsTokenFailures,
    detours: {},
    keep: () => {},
    ok: station(`${seat.prefix}/roleList`),
  });
}

const tokenRequest: Request = { kind: 'imds', call: { kind: 'token' }, withToken: false };

function get(call: ImdsCall, withToken: boolean): Request {
  return { kind: 'imds', call, withToken };
}

function switchedOffBy({ source, strength }: Imds, variable: string): Verdict {
  return { next: 'continue', error: variable, source, strength };
}

function targetOf(verdict: Verdict): Target {
  return verdict.next === 'stop' ? stop : nextProvider;
}

function tokenFailure(
  reply: Reply,
  rules: readonly Rule<ImdsTokenFailure, string>[],
): ImdsTokenFailure | undefined {
  return failureOf<ImdsTokenFailure>(reply, (status) => {
    if (status >= 500) return 'serverError';
    const named = tokenStatus[status];
    return named && findRule(rules, named) ? named : 'badRequest';
  });
}

const tokenStatus: Readonly<Record<number, ImdsTokenFailure>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'notFound',
  405: 'methodNotAllowed',
  429: 'tooManyRequests',
};

function getFailure(reply: Reply): ImdsGetFailure | undefined {
  return failureOf<ImdsGetFailure>(reply, (status) => {
    if (status >= 500) return 'serverError';
    return getStatus[status] ?? 'badRequest';
  });
}

const getStatus: Readonly<Record<number, ImdsGetFailure>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'notFound',
};

function listFailure(reply: Reply): ImdsGetFailure | undefined {
  const hasRole = reply.kind === 'ok' && reply.body.kind === 'roleList' && reply.body.roleNames.length > 0;
  return reply.kind === 'ok' && !hasRole ? 'empty' : getFailure(reply);
}

function credentialsFailure(
  reply: Reply,
  rules: readonly Rule<ImdsGetFailure, string>[],
): ImdsGetFailure | undefined {
  if (reply.kind !== 'ok') return getFailure(reply);
  if (reply.body.kind === 'credentials') return undefined;
  const malformed = reply.body.kind === 'text' && !isJson(reply.body.text);
  return malformed && findRule(rules, 'malformed') ? 'malformed' : 'empty';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function keepRoleName(walk: Walk, reply: Reply): void {
  const name = reply.kind === 'ok' && reply.body.kind === 'roleList' ? reply.body.roleNames[0] : undefined;
  if (name !== undefined) walk.held.roleName = name;
}
