import type { Reply } from '../../model/exchange.ts';
import { isSet } from '../../model/environment.ts';
import type { ResolvedProvider } from '../behaviour.ts';
import { containerFailures, type ContainerFailure } from '../entry.ts';
import { failureOf, findRule, ruleFor } from '../rules.ts';
import { nextProvider, station, type Station, type Target } from '../station.ts';
import { failed, isSetAs, notConfigured, selected, textOf, type Walk } from '../walk.ts';
import { proxyFor } from './proxy.ts';
import { requestStation } from './requestStation.ts';
import { absentTarget, failureTarget, ownSeat, verdictOf, type Seat } from './seat.ts';
import { tokenFailure, tokenFailures } from './tokenFile.ts';
import { keepCredentials } from './webIdentity.ts';

type Container = Extract<ResolvedProvider, { kind: 'container' }>;

const relativeVariable = 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI';
const fullVariable = 'AWS_CONTAINER_CREDENTIALS_FULL_URI';
const tokenVariable = 'AWS_CONTAINER_AUTHORIZATION_TOKEN';
const tokenFileVariable = 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE';

/**
 * Where a relative URI leads.
 *
 * @source https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
const ecsHost = 'http://169.254.170.2';

/** Makes the stations of the container endpoint: choose the URI, read the token, GET. */
export function containerStations(
  provider: Container,
  seat: Seat = ownSeat(provider.id),
): readonly Station[] {
  const first: Station = {
    id: seat.prefix,
    provider: seat.provider,
    act: (walk) => lookForUri(walk, provider, seat),
    on: Object.fromEntries([
      ['absent', absentTarget(seat)],
      ['hostNotAllowed', failureTarget(seat, ruleFor(provider.rules, 'hostNotAllowed'))],
      ...uriEmptyTarget(provider, seat),
      ['withToken', station(`${seat.prefix}/token`)],
      ['tokenAlone', station(`${seat.prefix}/tokenAlone`)],
      ['selected', station(`${seat.prefix}/get`)],
    ]),
  };
  return [first, ...containerProtocol(provider, seat)];
}

function uriEmptyTarget({ rules }: Container, seat: Seat): readonly (readonly [string, Target])[] {
  const rule = findRule(rules, 'uriEmpty');
  return rule ? [['uriEmpty', failureTarget(seat, rule)]] : [];
}

/** Reads the token, and goes where a good token leads. */
function tokenStation(
  provider: Container,
  seat: Seat,
  name: string,
  ok: Target,
  keep: (walk: Walk) => void = () => {},
): Station {
  const plain = requestStation<ContainerFailure, 'send' | 'sendWithout'>({
    seat,
    id: `${seat.prefix}/${name}`,
    request: (walk) => ({
      kind: 'readFile',
      path: textOf(walk, tokenFileVariable) ?? '',
      purpose: 'containerToken',
    }),
    failure: (reply) => tokenFailure(reply) ?? malformed(reply, provider),
    rules: provider.rules,
    failures: [...tokenFailures, 'tokenMalformed'],
    detours: { send: ok, sendWithout: ok },
    keep,
    ok,
  });
  return { ...plain, act: (walk) => withoutEmptyToken(walk, provider, plain.act(walk)) };
}

/** An SDK that sends no header for an empty token sends none of it. */
function withoutEmptyToken(walk: Walk, { rules }: Container, event: string): string {
  const { container } = walk.held;
  const rule = event === 'tokenEmpty' ? findRule(rules, event) : undefined;
  if (rule?.next === 'sendWithout' && container) {
    walk.held.container = { url: container.url, relative: container.relative };
  }
  return event;
}

/** A header cannot hold a line break; an SDK without a rule for it takes the break off. */
function malformed(reply: Reply, { rules }: Container): ContainerFailure | undefined {
  if (reply.kind !== 'file' || reply.content.kind !== 'text') return undefined;
  return /[\r\n]/.test(reply.content.text) && findRule(rules, 'tokenMalformed')
    ? 'tokenMalformed'
    : undefined;
}

function containerProtocol(provider: Container, seat: Seat): readonly Station[] {
  return [
    tokenStation(provider, seat, 'token', station(`${seat.prefix}/get`)),
    tokenStation(provider, seat, 'tokenAlone', absentTarget(seat), (walk) => {
      if (seat.absent) failed(walk, seat.provider, 'sourceFailed', seat.absent);
    }),
    requestStation({
      seat,
      id: `${seat.prefix}/get`,
      request: (walk) => {
        const { url, tokenFile } = targetOf(walk);
        const proxy = provider.proxy === 'environment' ? proxyFor(walk, url) : undefined;
        return {
          kind: 'container',
          url,
          ...(tokenFile === undefined ? {} : { tokenFile }),
          ...(proxy === undefined ? {} : { proxy }),
        };
      },
      failure: containerFailure,
      rules: provider.rules,
      failures: containerFailures.slice(containerFailures.indexOf('clientError')),
      detours: { send: nextProvider, sendWithout: nextProvider },
      moreAttempts: (walk) => (targetOf(walk).relative ? (provider.moreAttemptsWhenRelative ?? 0) : 0),
      keep: keepCredentials,
      ok: seat.done,
    }),
  ];
}

function lookForUri(walk: Walk, provider: Container, seat: Seat): string {
  const name = chooseUri(walk, provider);
  const row = { id: seat.provider, source: provider.source };
  if (name === undefined) {
    if (tokenFileOf(walk, provider, false) !== undefined && provider.tokenFileRead) return 'tokenAlone';
    if (seat.absent) failed(walk, seat.provider, 'sourceFailed', seat.absent);
    else notConfigured(walk, row, [relativeVariable, fullVariable]);
    return 'absent';
  }
  const relative = name === relativeVariable;
  const written = textOf(walk, name) ?? '';
  const tokenFile = tokenFileOf(walk, provider, relative);
  const url = relative ? `${ecsHost}${written}` : written;
  selected(walk, row, tokenFile === undefined ? [name] : [name, tokenFileVariable]);
  const emptyRule = findRule(provider.rules, 'uriEmpty');
  const leadsToHost = relative && provider.emptyRelativeUri === 'requested';
  if (written === '' && emptyRule && !leadsToHost) {
    failed(walk, seat.provider, 'uriEmpty', seat.verdict(verdictOf(emptyRule)));
    return 'uriEmpty';
  }
  if (!relative && !isAllowed(url, provider.allowedHosts)) {
    const rule = ruleFor(provider.rules, 'hostNotAllowed');
    failed(walk, seat.provider, 'hostNotAllowed', seat.verdict(verdictOf(rule)));
    return 'hostNotAllowed';
  }
  walk.held.container = { url, relative, ...(tokenFile === undefined ? {} : { tokenFile }) };
  return tokenFile === undefined ? 'selected' : 'withToken';
}

function chooseUri(walk: Walk, provider: Container): string | undefined {
  const names =
    provider.bothSet === 'relative' ? [relativeVariable, fullVariable] : [fullVariable, relativeVariable];
  return names
    .filter((name) => name !== fullVariable || provider.fullUri === 'known')
    .find((name) => isSetAs(walk, name, provider.uriSetWhen));
}

function tokenFileOf(walk: Walk, provider: Container, relative: boolean): string | undefined {
  const { environment } = walk.input;
  if (provider.tokenFile === 'unknown' || !isSet(environment, tokenFileVariable)) return undefined;
  if (relative && provider.tokenWithRelativeUri === 'notSent') return undefined;
  if (provider.tokenFirst === 'variable' && isSet(environment, tokenVariable)) return undefined;
  return textOf(walk, tokenFileVariable);
}

/** HTTPS may lead anywhere; plain HTTP only to the hosts that this SDK knows. A hidden URI is let through. */
function isAllowed(url: string, hosts: readonly string[]): boolean {
  if (/^(https:|\$\()/.test(url)) return true;
  if (hosts.includes('*')) return true;
  const host = /^http:\/\/(\[[^\]]*\]|[^/:?#]*)/.exec(url)?.[1]?.replaceAll(/[[\]]/g, '');
  if (host === undefined) return false;
  return hosts.some((allowed) => (allowed === '127/8' ? /^127(\.\d+){3}$/.test(host) : allowed === host));
}

function containerFailure(reply: Reply): ContainerFailure | undefined {
  if (reply.kind === 'ok' && reply.body.kind !== 'credentials') return 'clientError';
  return failureOf<ContainerFailure>(reply, (status) => (status >= 500 ? 'serverError' : 'clientError'));
}

function targetOf(walk: Walk): NonNullable<Walk['held']['container']> {
  const { container } = walk.held;
  if (!container) throw new Error('the container endpoint is asked before its address is known');
  return container;
}
