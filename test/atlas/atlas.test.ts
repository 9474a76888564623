import { afterAll, describe, expect, it } from 'vitest';
import { rules } from '../../src/findings/examine.ts';
import type { Identity } from '../../src/model/identity.ts';
import { describeRef } from '../../src/model/objectRef.ts';
import { describeSdk } from '../../src/model/sdk.ts';
import type { World } from '../../src/model/world.ts';
import type { Answer } from '../../src/resolve/answer.ts';
import { applyPatches } from '../../src/whatIf/applyPatch.ts';
import { examineWorld, provenFix, type Examination } from '../../src/whatIf/proveFix.ts';
import { answersOf, readFixtures, readWorld, sdkNamed, type Fixture } from './fixture.ts';

const fixtures = readFixtures();

describe.each(fixtures.map((fixture) => [fixture.id, fixture] as const))('%s', (id, fixture) => {
  const before = examineWorld(readWorld(fixture.input, fixture.iptables), answersOf(fixture));
  const finding = before.findings.find(({ rule }) => rule === id);

  it('gives each container the identity that the atlas tells', () => {
    expect(named(before.answers, fixture.answers)).toEqual(fixture.answers);
  });

  it('is found', () => {
    expect(before.findings.map(({ rule }) => rule)).toContain(id);
    expect(finding && { at: describeRef(finding.at), severity: finding.severity }).toEqual(fixture.finding);
  });

  it('is not found in the corrected state', () => {
    const after = examineWorld(correctedWorld(fixture, before), answersOf(fixture));
    expect(after.findings.map(({ rule }) => rule)).not.toContain(id);
    if (fixture.afterwards) expect(named(after.answers, fixture.afterwards)).toEqual(fixture.afterwards);
  });

  it('proposes nothing that does not work', () => {
    if (!finding || finding.fixes.length === 0) return;
    expect(provenFix(before, finding)?.fix.title).toBeDefined();
  });
});

describe('the atlas', () => {
  it('has a fixture for every rule that names a cause, and a rule for every fixture', () => {
    const causes = rules.filter(({ level }) => level === 'cause').map(({ id }) => id);
    expect(fixtures.map(({ id }) => id).toSorted()).toEqual(causes.toSorted());
  });
  afterAll(() => process.stdout.write(`atlas: ${fixtures.length} scenarios, ${rules.length} rules\n`));
});

function correctedWorld(fixture: Fixture, before: Examination): World {
  if (fixture.corrected !== 'fix') return readWorld(fixture.corrected, fixture.iptablesCorrected);
  const finding = before.findings.find(({ rule }) => rule === fixture.id);
  const proof = finding && provenFix(before, finding);
  if (!proof) throw new Error(`no fix of ${fixture.id} works`);
  return applyPatches(before.world, proof.fix.patches);
}

function named(
  answers: readonly Answer[],
  expected: Fixture['answers'],
): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return Object.fromEntries(
    Object.entries(expected).map(([container, sdks]) => [
      container,
      Object.fromEntries(
        Object.keys(sdks).map((sdk) => [sdk, identityName(answers.find(isFor(container, sdk)))]),
      ),
    ]),
  );
}

function isFor(name: string, sdk: string): (answer: Answer) => boolean {
  const [namespace, workload, container] = name.split('/');
  return ({ subject, sdk: asked }) =>
    subject.namespace === namespace &&
    subject.workload.name === workload &&
    (container === undefined || subject.container.name === container) &&
    (sdk === 'stated' || describeSdk(asked) === describeSdk(sdkNamed(sdk)));
}

/** `NAME` of a role and `by MECHANISM`, `node role`, `static KEY`, or `none`; alternatives after `or`. */
function identityName(answer: Answer | undefined): string {
  if (!answer) return 'no answer';
  const [usual, ...others] = answer.outcomes.map(({ identity, mechanism }) =>
    identity.kind === 'none' ? 'none' : `${nameOf(identity)} by ${mechanism}`,
  );
  return [usual, ...[...new Set(others)].filter((name) => name !== usual)].join(' or ');
}

function nameOf(identity: Exclude<Identity, { kind: 'none' }>): string {
  switch (identity.kind) {
    case 'role':
      return identity.arn.replace(/^.*:role\//, '');
    case 'unnamedRole':
      return identity.text;
    case 'static':
      return identity.accessKeyId ?? 'static keys';
  }
}
