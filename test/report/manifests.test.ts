import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInput } from '../../src/ingest/parse.ts';
import { world } from '../../src/model/builder.ts';
import type { World } from '../../src/model/world.ts';
import { manifestsText } from '../../src/report/manifests.ts';
import { answerKey, type Answer } from '../../src/resolve/answer.ts';
import { conditionText } from '../../src/resolve/condition.ts';
import { resolveAll } from '../../src/resolve/resolve.ts';
import { worlds, type WorldConstraints } from '../../src/testing/arbitraries/world.ts';

function readBack(text: string): World {
  return parseInput([{ file: 'all.yaml', text }]).world;
}

function told({ outcomes }: Answer): readonly string[] {
  return outcomes.map(({ identity, mechanism, session, when }) => {
    const who = identity.kind === 'static' ? { ...identity, from: undefined } : identity;
    return JSON.stringify([who, mechanism, session, conditionText(when)]);
  });
}

/** Worlds of which everything can be written: all but rules of iptables. */
function writableWorlds(constraints: WorldConstraints = {}): fc.Arbitrary<World> {
  return worlds(constraints).map((drawn) => ({ ...drawn, iptables: [] }));
}

/** The answers of a world, of its own containers alone. */
function answers(of: World, subjects: World): ReadonlyMap<string, readonly string[]> {
  const names = new Set(subjects.workloads.map(({ namespace, name }) => `${namespace}/${name}`));
  return new Map(
    resolveAll(of, { sdk: { family: 'go-v2' } })
      .filter(({ subject }) => names.has(`${subject.namespace}/${subject.workload.name}`))
      .map((answer) => [answerKey(answer), told(answer)]),
  );
}

describe('a world as manifests', () => {
  it('read back gives the same answers', () => {
    fc.assert(
      fc.property(writableWorlds({ maxPods: 2 }), (before) => {
        const after = readBack(manifestsText(before));
        expect(answers(after, before), manifestsText(before)).toEqual(answers(before, before));
      }),
      { numRuns: 50 },
    );
  });

  it('is the same text again when it is read and written once more', () => {
    fc.assert(
      fc.property(writableWorlds(), (before) => {
        const text = manifestsText(readBack(manifestsText(before)));
        expect(manifestsText(readBack(text))).toBe(text);
      }),
      { numRuns: 40 },
    );
  });

  it('is read without complaint about what was written', () => {
    fc.assert(
      fc.property(writableWorlds(), (before) => {
        const { diagnostics } = parseInput([{ file: 'all.yaml', text: manifestsText(before) }]);
        const wrong = diagnostics.filter(
          ({ code, severity }) => severity === 'error' && !knownComplaints.has(code),
        );
        expect(wrong).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps what only an export or the settings can state', () => {
    const account = '111122223333';
    const arn = (name: string): string => `arn:aws:iam::${account}:role/${name}`;
    const before = world()
      .cluster({ name: 'prod', accountId: account, region: 'eu-west-1', oidcIssuer: 'oidc.example/id/A' })
      .oidcProvider(`arn:aws:iam::${account}:oidc-provider/oidc.example/id/A`, { clientIds: ['x'] })
      .role(arn('a'), { trust: { Statement: [] }, policies: [{ Statement: [] }] })
      .role(arn('b'), { trust: { Statement: [] }, boundary: { Statement: [] } })
      .role(arn('c'))
      .complete({ rolesOfAccounts: [account], podIdentityAssociations: true })
      .podIdentityAssociation('pay/api', { roleArn: arn('a'), targetRoleArn: arn('b') })
      .organization({ managementAccountId: '444455556666', serviceControlPolicies: [{ Statement: [] }] })
      .secret('pay/keys', { AWS_REGION: 'yes', AWS_PROFILE: undefined })
      .sdk({ family: 'java-v2', version: '2.20.0' }, { namespace: 'pay' })
      .fact('trust', 'admits', arn('c'))
      .build();
    const after = readBack(manifestsText(before));
    expect(after.cluster).toMatchObject(before.cluster);
    expect(after.complete).toEqual(before.complete);
    expect(after.oidcProviders.map(({ clientIds }) => clientIds)).toEqual([['x']]);
    expect(after.dataObjects.map(({ data }) => data)).toEqual(before.dataObjects.map(({ data }) => data));
    expect(after.organization).toMatchObject({ managementAccountId: '444455556666' });
    expect(after.podIdentityAssociations).toMatchObject([{ roleArn: arn('a'), targetRoleArn: arn('b') }]);
    const known = ({ roles }: World): readonly unknown[] =>
      roles.map((role) => [
        role.arn,
        role.trustPolicy?.value,
        role.identityPolicies?.map(({ document }) => document.value),
        role.permissionsBoundary?.document.value,
      ]);
    expect(known(after)).toEqual(known(before));
    expect(after.sdkStatements).toMatchObject(before.sdkStatements);
    expect(after.facts).toMatchObject(before.facts);
  });
});

/** Mistakes that a world holds on purpose, and that its text holds with it. */
const knownComplaints: ReadonlySet<string> = new Set(['bad-flag', 'unknown-flag']);
