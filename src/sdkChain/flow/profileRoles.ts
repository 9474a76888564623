import type { Credentials } from '../../model/identity.ts';
import type { Reply, Request } from '../../model/exchange.ts';
import type { SdkBehaviour } from '../behaviour.ts';
import type { ProfileProvider } from '../entry.ts';
import { failureOf, ruleFor } from '../rules.ts';
import { credentials, station, type Station } from '../station.ts';
import { stsEndpointOf } from '../stsEndpoint.ts';
import { exchanged, failed, type Walk } from '../walk.ts';
import { failureTarget, ownSeat, verdictOf } from './seat.ts';

/** Assumes the roles that are left, one a visit. */
export function rolesStation(provider: ProfileProvider, sdk: SdkBehaviour): Station {
  const rule = ruleFor(provider.rules, 'roleRefused');
  const id = `${provider.id}/roles`;
  const { passes = 1 } = provider;
  return {
    id,
    provider: provider.id,
    act: (walk) => {
      const [role, ...rest] = walk.held.roles;
      const source = walk.held.credentials;
      if (!role || !source) return ++walk.held.profilePasses < passes ? 'again' : 'done';
      const request = assumeRole(walk, role, source);
      const reply = walk.input.exchange(request);
      const failure = roleFailure(reply);
      const attempts = failure === undefined || failure === 'clientError' ? 1 : sdk.sts.attempts;
      exchanged(walk, provider.id, request, reply, attempts);
      if (failure !== undefined) {
        failed(walk, provider.id, 'roleRefused', verdictOf(rule), codeOf(reply, failure));
        return 'roleRefused';
      }
      if (reply.kind === 'ok' && reply.body.kind === 'credentials') {
        walk.held.credentials = reply.body.credentials;
      }
      walk.held.roles = rest;
      return 'next';
    },
    on: Object.fromEntries([
      ['done', credentials],
      ...(passes > 1 ? [['again', station(provider.id)] as const] : []),
      ['next', station(id)],
      ['roleRefused', failureTarget(ownSeat(provider.id), rule)],
    ]),
  };
}

function assumeRole(walk: Walk, role: Walk['held']['roles'][number], source: Credentials): Request {
  const { sts } = walk.sdk;
  const ownName = sts.sessionNameInProfile?.assumeRole ?? sts.sessionName;
  return {
    kind: 'sts',
    action: 'AssumeRole',
    roleArn: role.roleArn,
    source,
    sessionName: role.sessionName ?? ownName,
    ...(role.externalId === undefined ? {} : { externalId: role.externalId }),
    endpoint: stsEndpointOf(walk),
  };
}

function roleFailure(reply: Reply): string | undefined {
  if (reply.kind === 'ok' && reply.body.kind !== 'credentials') return 'clientError';
  return failureOf<string>(reply, (status) => (status >= 500 ? 'serverError' : 'clientError'));
}

function codeOf(reply: Reply, failure: string): string {
  return reply.kind === 'httpError' ? (reply.code ?? `HTTP ${reply.status}`) : failure;
}
