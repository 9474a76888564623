import type { Reply, Request } from '../../model/exchange.ts';
import { webIdentityFailures, type WebIdentityFailure, type WebIdentityProvider } from '../entry.ts';
import type { ResolvedStsClient } from '../behaviour.ts';
import { findRule, failureOf, ruleFor } from '../rules.ts';
import { nextProvider, station, type Station, type Target } from '../station.ts';
import { regionOf, stsEndpointOf } from '../stsEndpoint.ts';
import { failed, notConfigured, selected, type Walk } from '../walk.ts';
import { requestStation } from './requestStation.ts';
import { regionStations } from './region.ts';
import { failureTarget, ownSeat, verdictOf, type Seat } from './seat.ts';
import { tokenFailure, tokenFailures } from './tokenFile.ts';
import { findWebIdentity } from './webIdentityValues.ts';

/** Makes the stations of IRSA: look for the two values, read the token, call STS. */
export function webIdentityStations(
  provider: WebIdentityProvider,
  sts: ResolvedStsClient,
): readonly Station[] {
  const seat = ownSeat(provider.id);
  const checks: readonly WebIdentityFailure[] = [
    'roleMissing',
    'moduleMissing',
    'noRegion',
    'tokenPathRelative',
  ];
  return [
    {
      id: provider.id,
      provider: provider.id,
      act: (walk) => lookForValues(walk, provider),
      on: Object.fromEntries([
        ['absent', nextProvider],
        ...checkTargets(seat, provider, checks),
        ...entryTargets(seat, sts),
      ]),
    },
    ...webIdentityProtocol(seat, provider, sts),
  ];
}

/** Where web identity goes in once its values are known. */
export function entryTargets(seat: Seat, sts: ResolvedStsClient): readonly (readonly [string, Target])[] {
  return [
    ['selected', station(`${seat.prefix}/token`)],
    ...(regionRounds(sts) > 0 ? [['askRegion', station(`${seat.prefix}/regionToken`)] as const] : []),
  ];
}

/** Where the checks lead that this SDK makes before it sends anything. */
export function checkTargets(
  seat: Seat,
  provider: WebIdentityProvider,
  checks: readonly WebIdentityFailure[],
): readonly (readonly [string, Target])[] {
  return checks.flatMap((check) => {
    const rule = findRule(provider.rules, check);
    return rule ? [[check, failureTarget(seat, rule)] as const] : [];
  });
}

/** Makes the stations after the choice: the region where it must be asked for, the token, STS. */
export function webIdentityProtocol(
  seat: Seat,
  provider: WebIdentityProvider,
  sts: ResolvedStsClient,
): readonly Station[] {
  return [
    ...(regionRounds(sts) > 0 ? regionStations(seat, provider, regionRounds(sts)) : []),
    requestStation({
      seat,
      id: `${seat.prefix}/token`,
      request: (walk) => ({ kind: 'readFile', path: valuesOf(walk).tokenFile, purpose: 'webIdentityToken' }),
      failure: tokenFailure,
      rules: provider.rules,
      failures: tokenFailures,
      detours: { send: station(`${seat.prefix}/sts`) },
      keep: () => {},
      ok: station(`${seat.prefix}/sts`),
    }),
    requestStation({
      seat,
      id: `${seat.prefix}/sts`,
      request: assumeRoleWithWebIdentity,
      failure: stsFailure,
      rules: provider.rules,
      failures: webIdentityFailures.slice(webIdentityFailures.indexOf('accessDenied')),
      detours: { send: nextProvider },
      keep: keepCredentials,
      ok: seat.done,
    }),
  ];
}

function lookForValues(walk: Walk, provider: WebIdentityProvider): string {
  const found = findWebIdentity(walk, provider);
  if (found.kind === 'absent') {
    notConfigured(walk, provider, found.missing);
    return 'absent';
  }
  if (found.kind === 'roleMissing') {
    const rule = ruleFor(provider.rules, 'roleMissing');
    if (rule.next === 'continue') notConfigured(walk, provider, ['AWS_ROLE_ARN']);
    else {
      selected(walk, provider, found.by);
      failed(walk, provider.id, 'roleMissing', verdictOf(rule));
    }
    return 'roleMissing';
  }
  selected(walk, provider, found.by, found.refs);
  walk.held.webIdentity = found.values;
  return checkBeforeSending(walk, ownSeat(provider.id), provider);
}

/** Makes the checks that come before any request, and names the first that fails. */
export function checkBeforeSending(walk: Walk, seat: Seat, provider: WebIdentityProvider): string {
  const { tokenFile } = valuesOf(walk);
  const failing = (failure: WebIdentityFailure, fails: () => boolean): string | undefined => {
    const rule = findRule(provider.rules, failure);
    if (!rule || !fails()) return undefined;
    failed(walk, seat.provider, failure, seat.verdict(verdictOf(rule)));
    return failure;
  };
  const asksRegion = regionRounds(walk.sdk.sts) > 0;
  const hasNoRegion = (): boolean => regionOf(walk) === undefined;
  return (
    failing('tokenPathRelative', () => !/^(\/|\$\()/.test(tokenFile)) ??
    failing('moduleMissing', () => walk.input.moduleMissing()) ??
    (asksRegion && hasNoRegion() ? 'askRegion' : failing('noRegion', hasNoRegion)) ??
    'selected'
  );
}

function assumeRoleWithWebIdentity(walk: Walk): Request {
  const endpoint = stsEndpointOf(walk);
  return { kind: 'sts', action: 'AssumeRoleWithWebIdentity', ...valuesOf(walk), endpoint };
}

/** Keeps the credentials of an answer. */
export function keepCredentials(walk: Walk, reply: Reply): void {
  if (reply.kind === 'ok' && reply.body.kind === 'credentials') {
    walk.held.credentials = reply.body.credentials;
  }
}

/**
 * Error codes that SDKs tell apart; STS sends them with and without `Exception`.
 *
 * @source https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html, "Errors"
 */
const stsFailures: ReadonlyMap<string, WebIdentityFailure> = new Map([
  ['AccessDenied', 'accessDenied'],
  ['InvalidIdentityToken', 'invalidIdentityToken'],
  ['ExpiredToken', 'expiredToken'],
  ['IDPCommunicationError', 'idpCommunicationError'],
]);

function stsFailure(reply: Reply): WebIdentityFailure | undefined {
  if (reply.kind === 'ok' && reply.body.kind !== 'credentials') return 'clientError';
  return failureOf<WebIdentityFailure>(reply, (status, code) => {
    if (status >= 500) return 'serverError';
    const known = stsFailures.get(code?.replace(/Exception$/, '') ?? '');
    return known ?? (status === 403 ? 'accessDenied' : 'clientError');
  });
}

function valuesOf(walk: Walk): NonNullable<Walk['held']['webIdentity']> {
  const { webIdentity } = walk.held;
  if (!webIdentity) throw new Error('web identity is asked for before its values are known');
  return webIdentity;
}

/** How often the metadata service is asked for the region when nothing else names it. */
function regionRounds({ withoutRegion }: ResolvedStsClient): number {
  return typeof withoutRegion === 'object' && 'askImdsRounds' in withoutRegion
    ? withoutRegion.askImdsRounds
    : 0;
}
