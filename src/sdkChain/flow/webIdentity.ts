import type { Reply, Request } from '../../model/exchange.ts';
import {
  webIdentityFailures,
  type OptionalWebIdentityFailure,
  type WebIdentityFailure,
  type WebIdentityProvider,
} from '../entry.ts';
import { readProfiles } from '../profileLookup.ts';
import { findRule, failureOf } from '../rules.ts';
import { nextProvider, station, type Station, type Target } from '../station.ts';
import { regionOf, stsEndpointOf, stsModeOf } from '../stsEndpoint.ts';
import { failed, notConfigured, selected, type Walk } from '../walk.ts';
import { requestStation } from './requestStation.ts';
import { regionStations } from './region.ts';
import { failureTarget, ownSeat, verdictOf, type Seat } from './seat.ts';
import { tokenFailure, tokenFailures } from './tokenFile.ts';
import { findWebIdentity, type FoundWebIdentity } from './webIdentityValues.ts';

/** The checks that an SDK can make before it sends anything. */
export const checksBeforeSending: readonly OptionalWebIdentityFailure[] = [
  'unparsable',
  'tokenPathRelative',
  'moduleMissing',
  'endlessChain',
  'noRegion',
  'legacyEndpoint',
];

/** Makes the stations of IRSA: look for the two values, read the token, call STS. */
export function webIdentityStations(provider: WebIdentityProvider): readonly Station[] {
  const seat = ownSeat(provider.id);
  return [
    {
      id: provider.id,
      provider: provider.id,
      act: (walk) => lookForValues(walk, provider),
      on: Object.fromEntries([
        ['absent', nextProvider],
        ...checkTargets(seat, provider, ['roleMissing', 'tokenFileUnset', ...checksBeforeSending]),
        ...entryTargets(seat, provider),
      ]),
    },
    ...webIdentityProtocol(seat, provider),
  ];
}

/** Where web identity goes in once its values are known. */
export function entryTargets(
  seat: Seat,
  { regionFromImds }: WebIdentityProvider,
): readonly (readonly [string, Target])[] {
  return [
    ['selected', station(`${seat.prefix}/token`)],
    ...(regionFromImds ? [['askRegion', station(`${seat.prefix}/region`)] as const] : []),
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
export function webIdentityProtocol(seat: Seat, provider: WebIdentityProvider): readonly Station[] {
  const { regionFromImds } = provider;
  return [
    ...(regionFromImds ? regionStations(seat, provider, regionFromImds) : []),
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
      failure: (reply, walk) => stsFailure(reply) ?? accountFailure(walk, provider),
      rules: provider.rules,
      failures: [...webIdentityFailures.slice(webIdentityFailures.indexOf('accessDenied')), 'roleNotArn'],
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
  if (found.kind !== 'found') return halfConfigured(walk, provider, found);
  selected(walk, provider, found.by, found.refs);
  walk.held.webIdentity = found.values;
  return checkBeforeSending(walk, ownSeat(provider.id), provider);
}

/** One of the two values is there alone: mostly that counts as none, and an SDK may have a rule for it. */
function halfConfigured(
  walk: Walk,
  provider: WebIdentityProvider,
  { kind, by, missing }: Extract<FoundWebIdentity, { by: readonly string[]; missing: readonly string[] }>,
): string {
  const rule = findRule(provider.rules, kind);
  if (rule?.next !== 'stop') notConfigured(walk, provider, missing);
  else {
    selected(walk, provider, by);
    failed(walk, provider.id, kind, verdictOf(rule));
  }
  return rule ? kind : 'absent';
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
  const asksRegion = provider.regionFromImds !== undefined;
  const hasNoRegion = (): boolean => regionOf(walk) === undefined;
  return (
    failing('unparsable', () => hasUnparsableFile(walk, provider)) ??
    failing('tokenPathRelative', () => !/^(\/|\$\()/.test(tokenFile)) ??
    failing('moduleMissing', () => walk.input.moduleMissing()) ??
    failing('endlessChain', () => true) ??
    (asksRegion && hasNoRegion() ? 'askRegion' : failing('noRegion', hasNoRegion)) ??
    failing('legacyEndpoint', () => stsModeOf(walk) === 'legacy') ??
    'selected'
  );
}

function hasUnparsableFile(walk: Walk, { id, lookup }: WebIdentityProvider): boolean {
  return lookup !== undefined && readProfiles(walk, id, lookup, 'passedOver').unparsable.length > 0;
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

/** An SDK that looks for the account in the role finds none where the role is no ARN. */
function accountFailure(walk: Walk, { rules }: WebIdentityProvider): WebIdentityFailure | undefined {
  const isArn = /^(arn:|\$\()/.test(valuesOf(walk).roleArn);
  return !isArn && findRule(rules, 'roleNotArn') ? 'roleNotArn' : undefined;
}

function valuesOf(walk: Walk): NonNullable<Walk['held']['webIdentity']> {
  const { webIdentity } = walk.held;
  if (!webIdentity) throw new Error('web identity is asked for before its values are known');
  return webIdentity;
}
