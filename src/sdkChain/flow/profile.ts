import type { Credentials } from '../../model/identity.ts';
import type { Reply, Request } from '../../model/exchange.ts';
import type { ObjectRef } from '../../model/objectRef.ts';
import type { ResolvedProvider, SdkBehaviour } from '../behaviour.ts';
import type { ProfileFailure, ProfileGate, ProfileProvider, ProfileSource } from '../entry.ts';
import { profileName, profilePlaces, readProfiles, type Profiles } from '../profileLookup.ts';
import { planProfile, type ProfilePlan } from '../profilePlan.ts';
import { failureOf, ruleFor } from '../rules.ts';
import { credentials, nextProvider, station, type Station, type Target } from '../station.ts';
import { stsEndpointOf } from '../stsEndpoint.ts';
import { exchanged, failed, isSetAs, notConfigured, selected, type Walk } from '../walk.ts';
import { containerStations } from './container.ts';
import { holdStaticKeys } from './environmentKeys.ts';
import { imdsStations } from './imds.ts';
import { failureTarget, ownSeat, verdictOf, type Seat } from './seat.ts';
import { checkBeforeSending, checkTargets, entryTargets, webIdentityProtocol } from './webIdentity.ts';

/**
 * Makes the stations of a profile: read it, go to its source, assume its roles one after another.
 *
 * A source (`credential_source`, web identity) is asked the way this SDK asks it as a provider of its own.
 */
export function profileStations(provider: ProfileProvider, sdk: SdkBehaviour): readonly Station[] {
  const own = ownSeat(provider.id);
  const sources = sourceStations(provider, sdk);
  return [
    {
      id: provider.id,
      provider: provider.id,
      act: (walk) => lookAtProfile(walk, provider),
      on: Object.fromEntries([
        ['absent', nextProvider],
        ['found', station(`${provider.id}/roles`)],
        ...(['profileMissing', 'sourceMissing', 'broken', 'ssoUnavailable', 'sourceFailed'] as const).map(
          (failure) => [failure, failureTarget(own, ruleFor(provider.rules, failure))] as const,
        ),
        ...sources.entries,
      ]),
    },
    ...sources.stations,
    rolesStation(provider, sdk),
  ];
}

/** Makes the one station of the check that the named profile exists. */
export function profileGateStations(provider: ProfileGate): readonly Station[] {
  const rule = ruleFor(provider.rules, 'profileMissing');
  return [
    {
      id: provider.id,
      provider: provider.id,
      act: (walk) => {
        const { name, named } = profileName(walk, provider.lookup);
        if (!named) return 'passed';
        const profiles = readProfiles(walk, provider.id, provider.lookup, 'passedOver');
        if (profiles.byName.has(name) || profiles.unread > 0) return 'passed';
        failed(walk, provider.id, 'profileMissing', verdictOf(rule));
        return 'profileMissing';
      },
      on: Object.fromEntries([
        ['passed', nextProvider],
        ['profileMissing', failureTarget(ownSeat(provider.id), rule)],
      ]),
    },
  ];
}

interface Sources {
  readonly entries: readonly (readonly [string, Target])[];
  readonly stations: readonly Station[];
}

/** Seats a source inside a profile: whatever fails there, the profile's rule counts. */
function sourceSeat({ id, rules }: ProfileProvider, source: ResolvedProvider['kind']): Seat {
  const verdict = verdictOf(ruleFor(rules, 'sourceFailed'));
  const done = station(`${id}/roles`);
  return { prefix: `${id}/${source}`, provider: id, done, verdict: () => verdict, absent: verdict };
}

function sourceStations(provider: ProfileProvider, sdk: SdkBehaviour): Sources {
  const entries: (readonly [string, Target])[] = [];
  const stations: Station[] = [];
  const mayTake = (source: ProfileSource): boolean =>
    provider.takes.includes(source) || provider.takes.includes('sourceProfile');
  for (const member of sdk.providers) {
    const seat = sourceSeat(provider, member.kind);
    if (member.kind === 'webIdentity' && mayTake('webIdentity')) {
      entries.push(...entryTargets(seat, sdk.sts));
      entries.push(...checkTargets(seat, member, ['moduleMissing', 'noRegion', 'tokenPathRelative']));
      stations.push(...webIdentityProtocol(seat, member, sdk.sts));
    }
    if (member.kind === 'container' && mayTake('credentialSource')) {
      entries.push(['EcsContainer', station(seat.prefix)]);
      stations.push(...containerStations(member, seat));
    }
    if (member.kind === 'imds' && mayTake('credentialSource')) {
      entries.push(['Ec2InstanceMetadata', station(seat.prefix)]);
      stations.push(...imdsStations(member, seat));
    }
  }
  return { entries, stations };
}

function lookAtProfile(walk: Walk, provider: ProfileProvider): string {
  const { lookup, takes } = provider;
  const profiles = readProfiles(walk, provider.id, lookup, takes.includes('static') ? 'asked' : 'passedOver');
  const { name, named } = profileName(walk, lookup);
  const plan = planProfile(profiles.byName, name, takes);
  const nothing = plan.kind === 'nothing' || plan.kind === 'profileMissing';
  if (nothing && profiles.hidden) {
    selected(walk, provider, profiles.paths, profiles.refs);
    walk.held.roles = [];
    holdProfileKeys(walk, undefined, profiles.hidden);
    return 'found';
  }
  if (plan.kind === 'nothing' || (plan.kind === 'profileMissing' && !named)) {
    notConfigured(walk, provider, profilePlaces(lookup));
    return 'absent';
  }
  selected(walk, provider, [`profile ${name}`, ...profiles.paths], profiles.refs);
  return followPlan(walk, provider, plan, profiles);
}

function followPlan(
  walk: Walk,
  provider: ProfileProvider,
  plan: Exclude<ProfilePlan, { kind: 'nothing' }>,
  profiles: Profiles,
): string {
  const fail = (failure: ProfileFailure): string => {
    failed(walk, provider.id, failure, verdictOf(ruleFor(provider.rules, failure)));
    return failure;
  };
  if ('roles' in plan) walk.held.roles = plan.roles;
  switch (plan.kind) {
    case 'profileMissing':
    case 'sourceMissing':
    case 'broken':
      return fail(plan.kind);
    case 'sso':
      return fail('ssoUnavailable');
    case 'static':
      holdProfileKeys(walk, plan.accessKeyId, profiles.refs.at(-1));
      return 'found';
    case 'process':
      holdProfileKeys(walk, undefined, profiles.refs.at(-1));
      return 'found';
    case 'webIdentity':
      return enterWebIdentity(walk, provider, plan) ?? fail('sourceFailed');
    case 'credentialSource':
      return enterSource(walk, plan.name) ?? fail('sourceFailed');
  }
}

/** The keys of a user: `undefined` when the profile holds them out of sight, or a program prints them. */
function holdProfileKeys(walk: Walk, accessKeyId: string | undefined, from: ObjectRef | undefined): void {
  walk.held.credentials = {
    identity: {
      kind: 'static',
      ...(accessKeyId === undefined ? {} : { accessKeyId }),
      ...(from === undefined ? {} : { from }),
    },
    mechanism: 'sharedFile',
  };
}

function enterWebIdentity(
  walk: Walk,
  provider: ProfileProvider,
  plan: Extract<ProfilePlan, { kind: 'webIdentity' }>,
): string | undefined {
  const member = walk.sdk.providers.find(({ kind }) => kind === 'webIdentity');
  if (member?.kind !== 'webIdentity') return undefined;
  const { roleArn, tokenFile, sessionName = walk.sdk.sts.sessionName } = plan;
  walk.held.webIdentity = { roleArn, tokenFile, sessionName };
  return checkBeforeSending(walk, sourceSeat(provider, member.kind), member);
}

/** Goes to the source that `credential_source` names; nothing when this SDK has no such source. */
function enterSource(walk: Walk, name: string): string | undefined {
  const has = (kind: ResolvedProvider['kind']): boolean =>
    walk.sdk.providers.some((provider) => provider.kind === kind);
  if (name === 'EcsContainer' && has('container')) return name;
  if (name === 'Ec2InstanceMetadata' && has('imds')) return name;
  if (name !== 'Environment') return undefined;
  const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
  if (!names.every((variable) => isSetAs(walk, variable, 'nonEmpty'))) return undefined;
  holdStaticKeys(walk, names[0]);
  return 'found';
}

/** Assumes the roles that are left, one a visit. */
function rolesStation(provider: ProfileProvider, sdk: SdkBehaviour): Station {
  const rule = ruleFor(provider.rules, 'roleRefused');
  const id = `${provider.id}/roles`;
  return {
    id,
    provider: provider.id,
    act: (walk) => {
      const [role, ...rest] = walk.held.roles;
      const source = walk.held.credentials;
      if (!role || !source) return 'done';
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
      ['next', station(id)],
      ['roleRefused', failureTarget(ownSeat(provider.id), rule)],
    ]),
  };
}

function assumeRole(walk: Walk, role: Walk['held']['roles'][number], source: Credentials): Request {
  return {
    kind: 'sts',
    action: 'AssumeRole',
    roleArn: role.roleArn,
    source,
    sessionName: role.sessionName ?? walk.sdk.sts.sessionName,
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
