import type { Reply, Request } from '../../model/exchange.ts';
import type { RegionQuestion, WebIdentityProvider } from '../entry.ts';
import { findRule } from '../rules.ts';
import { station, type Station, type Target } from '../station.ts';
import { exchanged, failed, type Walk } from '../walk.ts';
import { isImdsDisabled } from './imdsSwitch.ts';
import { failureTarget, verdictOf, type Seat } from './seat.ts';

const tokenRequest = { kind: 'imds', call: { kind: 'token' }, withToken: false } as const;

/**
 * Makes the stations of an SDK that asks the metadata service for its region before it calls STS:
 * a token, the region, and both over again as often as it does.
 *
 * An SDK without a rule for a missing region then goes on without one.
 */
export function regionStations(
  seat: Seat,
  provider: WebIdentityProvider,
  { path, protocol, rounds, after }: RegionQuestion,
): readonly Station[] {
  const at = (name: string): string => `${seat.prefix}/${name}`;
  const rule = findRule(provider.rules, 'noRegion');
  const noRegion: Target = rule ? failureTarget(seat, rule) : station(at('token'));
  const withoutRegion = (walk: Walk): string => {
    if (rule) failed(walk, seat.provider, 'noRegion', seat.verdict(verdictOf(rule)));
    return 'noRegion';
  };
  const ask = (walk: Walk, withToken: boolean): string => {
    const reply = send(walk, seat, { kind: 'imds', call: { kind: 'other', path }, withToken });
    const region = regionIn(reply);
    if (region === undefined) return withoutRegion(walk);
    walk.held.region = region;
    walk.held.regionRounds += 1;
    return walk.held.regionRounds < rounds ? 'again' : 'ok';
  };
  const value = after === 'credentials' ? 'regionCredentials' : 'regionValue';
  const first = protocol === 'v1' ? `${value}V1` : 'regionToken';
  const on = { ok: station(at('token')), again: station(at(first)), noRegion };
  const credentials = (version: '' | 'V1'): Station => ({
    id: at(`regionCredentials${version}`),
    provider: seat.provider,
    act: (walk) => getCredentials(walk, seat, version === ''),
    on: { got: station(at(`regionValue${version}`)) },
  });
  return [
    {
      id: at('region'),
      provider: seat.provider,
      act: (walk) => (isImdsDisabled(walk) ? withoutRegion(walk) : 'ask'),
      on: { ask: station(at(first)), noRegion },
    },
    {
      id: at('regionToken'),
      provider: seat.provider,
      act: (walk) => {
        const reply = send(walk, seat, tokenRequest);
        if (reply.kind === 'ok') return 'ok';
        return protocol === 'v2' ? withoutRegion(walk) : 'noToken';
      },
      on: { ok: station(at(value)), noToken: station(at(`${value}V1`)), noRegion },
    },
    ...(after === 'credentials' ? [credentials(''), credentials('V1')] : []),
    { id: at('regionValue'), provider: seat.provider, act: (walk) => ask(walk, true), on },
    { id: at('regionValueV1'), provider: seat.provider, act: (walk) => ask(walk, false), on },
  ];
}

/** Gets the node's credentials and lets them lie; whether there are any makes no difference. */
function getCredentials(walk: Walk, seat: Seat, withToken: boolean): string {
  const list = send(walk, seat, { kind: 'imds', call: { kind: 'roleList' }, withToken });
  const roleName = list.kind === 'ok' && list.body.kind === 'roleList' ? list.body.roleNames[0] : undefined;
  if (roleName !== undefined) {
    send(walk, seat, { kind: 'imds', call: { kind: 'roleCredentials', roleName }, withToken });
  }
  return 'got';
}

function send(walk: Walk, seat: Seat, request: Request): Reply {
  const reply = walk.input.exchange(request);
  exchanged(walk, seat.provider, request, reply, 1);
  return reply;
}

/** `us-east-1a` lies in `us-east-1`; the identity document is JSON and names the region. */
function regionIn(reply: Reply): string | undefined {
  if (reply.kind !== 'ok' || reply.body.kind !== 'text') return undefined;
  const text = reply.body.text.trim();
  const named = /"region"\s*:\s*"([^"]+)"/.exec(text)?.[1];
  return named ?? /^([a-z]{2}(?:-[a-z]+)+-\d+)[a-z]?$/.exec(text)?.[1];
}
