import type { Reply } from '../../model/exchange.ts';
import type { WebIdentityProvider } from '../entry.ts';
import { ruleFor } from '../rules.ts';
import { station, type Station } from '../station.ts';
import { exchanged, failed, type Walk } from '../walk.ts';
import { failureTarget, verdictOf, type Seat } from './seat.ts';

const tokenRequest = { kind: 'imds', call: { kind: 'token' }, withToken: false } as const;

/**
 * Makes the stations of an SDK that asks the metadata service for its region before it calls STS:
 * a token, the availability zone, and both over again as often as it does.
 */
export function regionStations(
  seat: Seat,
  provider: WebIdentityProvider,
  rounds: number,
): readonly Station[] {
  const tokenId = `${seat.prefix}/regionToken`;
  const zoneId = `${seat.prefix}/regionZone`;
  const noRegion = ruleFor(provider.rules, 'noRegion');
  const askZone = (walk: Walk, withToken: boolean): string => {
    const call = { kind: 'other', path: '/latest/meta-data/placement/availability-zone/' } as const;
    const request = { kind: 'imds', call, withToken } as const;
    const reply = walk.input.exchange(request);
    exchanged(walk, seat.provider, request, reply, 1);
    const region = regionIn(reply);
    if (region === undefined) {
      failed(walk, seat.provider, 'noRegion', seat.verdict(verdictOf(noRegion)));
      return 'noRegion';
    }
    walk.held.region = region;
    walk.held.regionRounds += 1;
    return walk.held.regionRounds < rounds ? 'again' : 'ok';
  };
  const on = Object.fromEntries([
    ['ok', station(`${seat.prefix}/token`)],
    ['again', station(tokenId)],
    ['noRegion', failureTarget(seat, noRegion)],
  ]);
  return [
    {
      id: tokenId,
      provider: seat.provider,
      act: (walk) => {
        const reply = walk.input.exchange(tokenRequest);
        exchanged(walk, seat.provider, tokenRequest, reply, 1);
        return reply.kind === 'ok' ? 'ok' : 'noToken';
      },
      on: Object.fromEntries([
        ['ok', station(zoneId)],
        ['noToken', station(`${zoneId}V1`)],
      ]),
    },
    { id: zoneId, provider: seat.provider, act: (walk) => askZone(walk, true), on },
    { id: `${zoneId}V1`, provider: seat.provider, act: (walk) => askZone(walk, false), on },
  ];
}

/** `us-east-1a` lies in `us-east-1`. */
function regionIn(reply: Reply): string | undefined {
  if (reply.kind !== 'ok' || reply.body.kind !== 'text') return undefined;
  return /^([a-z]{2}(?:-[a-z]+)+-\d+)[a-z]?$/.exec(reply.body.text.trim())?.[1];
}
