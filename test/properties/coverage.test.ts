import fc from 'fast-check';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findConflicts, rules } from '../../src/findings/examine.ts';
import { sdkFamilies, type SdkFamily } from '../../src/model/sdk.ts';
import type { World } from '../../src/model/world.ts';
import { pathReasons } from '../../src/network/pathReason.ts';
import type { ServiceFinding } from '../../src/services/evidence.ts';
import { sdkBehaviour } from '../../src/sdkChain/registry.ts';
import { answerFor } from '../../src/resolve/resolve.ts';
import { containersOf, statedSdk } from '../../src/resolve/subjects.ts';
import type { Step } from '../../src/resolve/trace.ts';
import type { Answer } from '../../src/resolve/answer.ts';
import { worlds } from '../../src/testing/arbitraries/world.ts';
import { reachedElsewhere } from './reachedElsewhere.ts';

/** What can be reached, by what it is a part of. */
type Part = 'provider' | 'failure' | 'finding' | 'service' | 'path';

const reached: Record<Part, Map<string, number>> = {
  provider: new Map(),
  failure: new Map(),
  finding: new Map(),
  service: new Map(),
  path: new Map(),
};

function count(part: Part, name: string): void {
  reached[part].set(name, (reached[part].get(name) ?? 0) + 1);
}

/** Every finding of a service; a kind that is missing here does not compile. */
const serviceFindings: Readonly<Record<ServiceFinding['kind'], true>> = {
  stsFault: true,
  undeterminedRole: true,
  malformedRoleArn: true,
  tokenRejected: true,
  tokenNotShown: true,
  issuerInferred: true,
  issuerUnknown: true,
  oidcProviderFound: true,
  oidcProviderAbsent: true,
  audienceNotRegistered: true,
  sessionNameRejected: true,
  sessionTooLong: true,
  assumption: true,
  noInstanceMetadata: true,
  endpointDisabled: true,
  hopLimit: true,
  tokenRequired: true,
  nodeRole: true,
  noSuchRole: true,
  podBySourceAddress: true,
  roleChosen: true,
  noRole: true,
  namespaceRestriction: true,
  baseArnDiscovered: true,
  emptyRoleListed: true,
  otherRoleAsked: true,
  proxiedToImds: true,
  clientAddressForwarded: true,
  describeRegionsDenied: true,
  regionMissing: true,
  answeredFromCache: true,
  daemonIdentity: true,
  kiamRouteBlocked: true,
  kiamProxied: true,
  kiamServer: true,
  kiamPod: true,
  kiamRole: true,
  kiamNoRole: true,
  kiamOtherRole: true,
  kiamPermitted: true,
  kiamSessionHeld: true,
  kiamServerCrashed: true,
  kiamIdentity: true,
  agentAbsent: true,
  agentBehindProxy: true,
  agentUnsupported: true,
  association: true,
  associationAcrossAccounts: true,
  associationMissing: true,
  associationNotShown: true,
};

/** Lists `provider` and `provider/failure` of an SDK, as its rules name them. */
function rowsOf(family: SdkFamily): { readonly providers: string[]; readonly failures: string[] } {
  const providers: string[] = [];
  const failures: string[] = [];
  for (const provider of sdkBehaviour({ family }).behaviour.providers) {
    providers.push(`${family} ${provider.id}`);
    const collect = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      if ('on' in value && Array.isArray(value.on)) {
        for (const failure of value.on) failures.push(`${family} ${provider.id} ${String(failure)}`);
      } else Object.values(value).forEach(collect);
    };
    collect(provider);
  }
  return { providers: [...new Set(providers)], failures: [...new Set(failures)] };
}

const all: Readonly<Record<Part, readonly string[]>> = {
  provider: sdkFamilies.flatMap((family) => rowsOf(family).providers),
  failure: sdkFamilies.flatMap((family) => rowsOf(family).failures),
  finding: rules.map(({ id }) => id),
  service: Object.keys(serviceFindings),
  path: Object.keys(pathReasons),
};

function look(family: SdkFamily, step: Step): void {
  switch (step.kind) {
    case 'chain':
      count('provider', `${family} ${step.step.provider}`);
      if (step.step.kind === 'failed') {
        count('failure', `${family} ${step.step.provider} ${step.step.failure}`);
      }
      return;
    case 'exchange':
      for (const { kind } of step.evidence) count('service', kind);
      for (const { path } of step.ways) for (const { reason } of path.steps) count('path', reason);
      return;
    default:
      return;
  }
}

function lookAt(world: World, families: readonly SdkFamily[]): void {
  const answers: Answer[] = [];
  for (const target of containersOf(world)) {
    for (const family of families) {
      const answer = answerFor(world, target, statedSdk({ family }));
      answers.push(answer);
      for (const { trace } of answer.outcomes) for (const step of trace) look(family, step);
    }
  }
  for (const { rule } of findConflicts(world, answers)) count('finding', rule);
}

/** The part that random worlds must reach, so that nobody narrows them unawares. */
const atLeast: Readonly<Record<Part, number>> = {
  provider: 0.9,
  failure: 0.4,
  finding: 0.2,
  service: 0.4,
  path: 0.3,
};

const parts = Object.keys(all) as readonly Part[];
const missing = (part: Part): readonly string[] => all[part].filter((name) => !reached[part].has(name));

describe('what random worlds reach', () => {
  beforeAll(() => {
    const families = fc.uniqueArray(fc.constantFrom(...sdkFamilies), { minLength: 4, maxLength: 4 });
    const draws = fc.tuple(worlds({ maxPods: 1, facts: 'stated' }), families);
    for (const [world, some] of fc.sample(draws, { numRuns: 320, seed: 20261125 })) lookAt(world, some);
  }, 60_000);

  it.each(parts)('every %s is reached, or listed with the test that reaches it', (part) => {
    const unlisted = missing(part).filter(
      (name) => !reachedElsewhere.some((row) => row.part === part && row.names.test(name)),
    );
    expect(unlisted).toEqual([]);
  });

  it.each(Object.entries(atLeast))('%s: random worlds reach what they are made for', (part, least) => {
    const found = all[part as Part].length - missing(part as Part).length;
    expect(found / all[part as Part].length).toBeGreaterThan(least);
  });

  it('the tests that reach the rest are there', () => {
    expect(reachedElsewhere.filter(({ by }) => !existsSync(by))).toEqual([]);
  });

  afterAll(() => {
    const counts = parts.map((part) => {
      const found = all[part].length - missing(part).length;
      return `${part} ${found}/${all[part].length}`;
    });
    console.log(`random worlds reach ${counts.join(', ')}`);
  });
});
