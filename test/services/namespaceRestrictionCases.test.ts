import { describe, expect, it } from 'vitest';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import { kube2iamDefaults, type Kube2iamFlags } from '../../src/model/kube2iam.ts';
import { namespaceRestriction, type RestrictionFinding } from '../../src/services/namespaceRestriction.ts';

const base = 'arn:aws:iam::111122223333:role/';
const foreign = 'arn:aws:iam::444455556666:role/app';
const key = 'iam.amazonaws.com/allowed-roles';

type Verdict = Omit<RestrictionFinding, 'kind'>;

const byEntry = (entry: string): Verdict => ({ allowed: true, by: 'entry', entry });
const noEntry: Verdict = { allowed: false, by: 'noEntry' };
const unreadable = (entry: string): Verdict => ({ allowed: false, by: 'unreadableList', entry });

const allowing = (roles: string): WorldBuilder => world().namespace('pay', { annotations: { [key]: roles } });

interface Asking {
  readonly state: WorldBuilder;
  readonly flags?: Partial<Kube2iamFlags>;
  readonly baseArn?: string;
  readonly role: string;
}

/** Asks whether pods of the namespace `pay` may have a role; the default role is `d`. */
function decided({ state, flags = {}, baseArn = base, role }: Asking): RestrictionFinding {
  return namespaceRestriction(
    state.build(),
    { ...kube2iamDefaults, namespaceRestrictions: true, ...flags },
    { baseArn, defaultRole: 'd', defaultRoleArn: `${base}d` },
    { roleArn: role, namespace: 'pay' },
  );
}

describe('the list of a namespace', () => {
  it.each<[name: string, asking: Asking, expected: Verdict]>([
    [
      'does not count without restrictions',
      { state: allowing('[]'), flags: { namespaceRestrictions: false }, role: `${base}app` },
      { allowed: true, by: 'unrestricted' },
    ],
    [
      'does not bind the default role',
      { state: allowing('[]'), role: `${base}d` },
      { allowed: true, by: 'defaultRole' },
    ],
    ['is empty when the namespace is not shown', { state: world(), role: `${base}app` }, noEntry],
    [
      'is empty when the namespace has none',
      { state: world().namespace('pay'), role: `${base}app` },
      noEntry,
    ],
    [
      'is that of the namespace of the pod',
      {
        state: world()
          .namespace('pay')
          .namespace('shop', { annotations: { [key]: '["app"]' } }),
        role: `${base}app`,
      },
      noEntry,
    ],
    [
      'stands under the key of the flag',
      {
        state: world().namespace('pay', { annotations: { [key]: '["app"]', 'corp/roles': '["web"]' } }),
        flags: { namespaceKey: 'corp/roles' },
        role: `${base}web`,
      },
      byEntry('web'),
    ],
    ['an empty text', { state: allowing(''), role: `${base}app` }, noEntry],
    ['restrict-null: JSON null is an empty list', { state: allowing('null'), role: `${base}app` }, noEntry],
    ['an empty list', { state: allowing('[]'), role: `${base}app` }, noEntry],
    ['a plain string', { state: allowing('app'), role: `${base}app` }, unreadable('app')],
    ['a list with single quotes', { state: allowing("['app']"), role: `${base}app` }, unreadable("['app']")],
    ['a string of JSON', { state: allowing('"app"'), role: `${base}app` }, unreadable('"app"')],
    ['an object', { state: allowing('{"app":true}'), role: `${base}app` }, unreadable('{"app":true}')],
    ['a number', { state: allowing('0'), role: `${base}app` }, unreadable('0')],
    ['the name of the role', { state: allowing('["web","app"]'), role: `${base}app` }, byEntry('app')],
    ['the ARN of the role', { state: allowing(`["${foreign}"]`), role: foreign }, byEntry(foreign)],
    ['a name is one of the own account', { state: allowing('["app"]'), role: foreign }, noEntry],
    [
      'the first entry that admits is told',
      { state: allowing('["a*","app"]'), role: `${base}app` },
      byEntry('a*'),
    ],
    ['what is no string counts as an empty name', { state: allowing('[1,null]'), role: base }, byEntry('')],
  ])('%s', (_name, asking, expected) => {
    expect(decided(asking)).toEqual({ kind: 'namespaceRestriction', ...expected });
  });
});

describe('a glob', () => {
  it.each<[pattern: string, role: string, admits: boolean]>([
    ['app', 'app', true],
    ['app', 'app-admin', false],
    ['*', 'k8s/app', true],
    ['app*', 'app', true],
    ['app*', 'app-admin', true],
    ['app*', 'my-app', false],
    ['*app', 'my-app', true],
    ['*app', 'my-app-admin', false],
    ['a*p', 'app', true],
    ['ap*pp', 'app', false],
    ['k8s/*/app', 'k8s/pay/app', true],
    ['k8s/*/app', 'k8s/app', false],
    ['team-*-db-*', 'team-pay-db-reader', true],
    ['team-*-db-*', 'team-pay-s3-reader', false],
    ['team-*-db-*-ro', 'team-pay-db-eu-ro', true],
    ['team-*-db-*-ro', 'team-pay-db-eu-rw', false],
    ['*app*app', 'app', false],
    ['*app*app', 'app-of-app', true],
    ['*ab*ba*', 'aba', false],
    ['*a*b*', 'b-then-a', false],
    ['a.p', 'app', false],
    ['a?p', 'app', false],
    ['[a]pp', 'app', false],
    ['**', 'app', true],
  ])('%s for the role %s: %s', (pattern, role, admits) => {
    const state = allowing(JSON.stringify([pattern]));
    const expected = admits ? byEntry(pattern) : noEntry;
    expect(decided({ state, role: `${base}${role}` })).toEqual({ kind: 'namespaceRestriction', ...expected });
  });

  it.each<[pattern: string, role: string, admits: boolean]>([
    ['*arn:aws:*', foreign, true],
    ['*:role/app', foreign, true],
    ['*:444455556666:*', `${base}app`, false],
    ['*', 'app', true],
    ['', '', true],
    ['', 'app', false],
  ])('%s without a base ARN for %s: %s', (pattern, role, admits) => {
    const state = allowing(JSON.stringify([pattern]));
    const expected = admits ? byEntry(pattern) : noEntry;
    expect(decided({ state, baseArn: '', role })).toEqual({ kind: 'namespaceRestriction', ...expected });
  });
});

describe('a regular expression', () => {
  it.each<[format: string, pattern: string, role: string, admits: boolean]>([
    ['regexp', 'dev', 'developer', true],
    ['RegExp', 'dev', 'developer', true],
    ['regex', 'dev', 'developer', false],
    ['glob', 'dev', 'developer', false],
    ['regexp', 'dev$', 'developer', false],
    ['regexp', '^dev$', 'dev', false],
    ['regexp', 'a.p$', 'app', true],
    ['regexp', '(?i)APP', 'app', true],
    ['regexp', 'k8s/.+', 'k8s/app', true],
    ['regexp', 'k8s/.+', 'k8s', false],
    ['regexp', 'app(', 'app', false],
    ['regexp', '(?=app)app', 'app', false],
    ['regexp', '*', 'app', true],
  ])('in the format %s, %s for the role %s: %s', (namespaceRestrictionFormat, pattern, role, admits) => {
    const state = allowing(JSON.stringify([pattern]));
    const expected = admits ? byEntry(pattern) : noEntry;
    expect(decided({ state, flags: { namespaceRestrictionFormat }, role: `${base}${role}` })).toEqual({
      kind: 'namespaceRestriction',
      ...expected,
    });
  });
});
