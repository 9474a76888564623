import type { ObjectRef } from '../../model/objectRef.ts';
import type { ResolvedProvider, SdkBehaviour } from '../behaviour.ts';
import type {
  ProfileFailure,
  ProfileGate,
  ProfileGateFailure,
  ProfileProvider,
  ProfileSource,
} from '../entry.ts';
import type { Rule } from '../providerRow.ts';
import { profileName, profilePlaces, readProfiles, type Profiles } from '../profileLookup.ts';
import { planProfile, type ProfilePlan } from '../profilePlan.ts';
import { findRule, ruleFor } from '../rules.ts';
import { nextProvider, station, type Station, type Target } from '../station.ts';
import { failed, isSetAs, notConfigured, selected, type Walk } from '../walk.ts';
import { containerStations } from './container.ts';
import { holdStaticKeys } from './environmentKeys.ts';
import { imdsStations } from './imds.ts';
import { failureTarget, ownSeat, verdictOf, type Seat } from './seat.ts';
import {
  checkBeforeSending,
  checksBeforeSending,
  checkTargets,
  entryTargets,
  webIdentityProtocol,
} from './webIdentity.ts';
import { rolesStation } from './profileRoles.ts';

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
        ...ruledTargets(own, provider.rules, ['unparsable', 'unusable', 'lastingKeys', 'nothingInNamed']),
        ...sources.entries,
      ]),
    },
    ...sources.stations,
    rolesStation(provider, sdk),
  ];
}

/** Makes the one station of the check that the named profile exists. */
export function profileGateStations(provider: ProfileGate): readonly Station[] {
  return [
    {
      id: provider.id,
      provider: provider.id,
      act: (walk) => {
        const failure = profileFault(walk, provider);
        const rule = failure && findRule(provider.rules, failure);
        if (!failure || !rule) return 'passed';
        failed(walk, provider.id, failure, verdictOf(rule));
        return failure;
      },
      on: Object.fromEntries([
        ['passed', nextProvider],
        ...ruledTargets(ownSeat(provider.id), provider.rules, ['profileMissing', 'unparsable', 'halfPair']),
      ]),
    },
  ];
}

/** What a gate finds wrong, whether or not this SDK minds. */
function profileFault(walk: Walk, { id, lookup, rules }: ProfileGate): ProfileGateFailure | undefined {
  const { name, named } = profileName(walk, lookup);
  const minds = (fault: ProfileGateFailure): boolean => findRule(rules, fault) !== undefined;
  if (!named && !minds('unparsable') && !minds('halfPair')) return undefined;
  const profiles = readProfiles(walk, id, lookup, 'passedOver');
  if (minds('unparsable') && profiles.unparsable.length > 0) return 'unparsable';
  const keys = profiles.byName.get(name);
  if (minds('halfPair') && keys?.get('aws_access_key_id') && !keys.get('aws_secret_access_key')) {
    return 'halfPair';
  }
  const missing = named && !profiles.byName.has(name) && profiles.unread === 0;
  return missing ? 'profileMissing' : undefined;
}

/** Where the failures lead for which there is a rule. */
function ruledTargets<Failure extends string>(
  seat: Seat,
  rules: readonly Rule<Failure>[],
  failures: readonly Failure[],
): readonly (readonly [string, Target])[] {
  return failures.flatMap((failure) => {
    const rule = findRule(rules, failure);
    return rule ? [[failure, failureTarget(seat, rule)] as const] : [];
  });
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
      entries.push(...entryTargets(seat, member));
      entries.push(...checkTargets(seat, member, checksBeforeSending));
      stations.push(...webIdentityProtocol(seat, member));
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
  const usesKeys = takes.includes('static') || takes.includes('staticPair');
  const profiles = readProfiles(walk, provider.id, lookup, usesKeys ? 'asked' : 'passedOver');
  const { name, named } = profileName(walk, lookup);
  if (profiles.unparsable.length > 0 && findRule(provider.rules, 'unparsable')) {
    selected(walk, provider, profiles.unparsable, profiles.refs);
    return failProfile(walk, provider, 'unparsable');
  }
  const plan = planProfile(profiles.byName, name, provider);
  const nothing = plan.kind === 'nothing' || plan.kind === 'profileMissing';
  if (nothing && profiles.hidden) {
    selected(walk, provider, profiles.paths, profiles.refs);
    walk.held.roles = [];
    holdProfileKeys(walk, undefined, profiles.hidden);
    return 'found';
  }
  if (plan.kind === 'nothing' && named && findRule(provider.rules, 'nothingInNamed')) {
    selected(walk, provider, [`profile ${name}`, ...profiles.paths], profiles.refs);
    return failProfile(walk, provider, 'nothingInNamed');
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
  const fail = (failure: ProfileFailure): string => failProfile(walk, provider, failure);
  if (provider.unusable?.some((source) => source === sourceIn(plan))) return fail('unusable');
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
      if (findRule(provider.rules, 'lastingKeys') && printsLastingKeys(walk)) return fail('lastingKeys');
      holdProfileKeys(walk, undefined, profiles.refs.at(-1));
      return 'found';
    case 'webIdentity':
      return enterWebIdentity(walk, provider, plan) ?? fail('sourceFailed');
    case 'credentialSource':
      return enterSource(walk, plan.name) ?? fail('sourceFailed');
  }
}

/** What a plan takes its credentials from; static keys with a role on top come from a source profile. */
function sourceIn(plan: ProfilePlan): string {
  return plan.kind === 'static' && plan.roles.length > 0 ? 'sourceProfile' : plan.kind;
}

function failProfile(walk: Walk, { id, rules }: ProfileProvider, failure: ProfileFailure): string {
  failed(walk, id, failure, verdictOf(ruleFor(rules, failure)));
  return failure;
}

function printsLastingKeys({ input }: Walk): boolean {
  return input.processKeys?.() === 'lasting';
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
  const { sts } = walk.sdk;
  const ownName = sts.sessionNameInProfile?.webIdentity ?? sts.sessionName;
  const { roleArn, tokenFile, sessionName = ownName } = plan;
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
