import { describe, expect, it } from 'vitest';
import {
  matchPrincipal,
  parsePrincipal,
  type PrincipalElement,
  type PrincipalEntry,
  type PrincipalEvidence,
  type PrincipalType,
} from '../../src/iam/principal.ts';
import type { RequestPrincipal } from '../../src/iam/requestContext.ts';
import { account, provider } from './arbitraries.ts';

const iam = (resource: string): string => `arn:aws:iam::${account}:${resource}`;
const sts = (resource: string): string => `arn:aws:sts::${account}:${resource}`;
const uniqueId = 'AROAABCDEFGHIJKLMNOPQ';

describe('a value of a Principal element', () => {
  it.each<[PrincipalType, string, PrincipalEntry]>([
    ['AWS', '*', { kind: 'everyone' }],
    ['Service', '*', { kind: 'everyone' }],
    ['Federated', '*', { kind: 'everyone' }],
    ['AWS', account, { kind: 'account', accountId: account }],
    ['AWS', iam('root'), { kind: 'account', accountId: account }],
    ['AWS', iam('role/team/app'), { kind: 'role', arn: iam('role/team/app') }],
    ['AWS', sts('assumed-role/app/s1'), { kind: 'session', arn: sts('assumed-role/app/s1') }],
    ['AWS', iam('user/ann'), { kind: 'user', arn: iam('user/ann') }],
    ['AWS', sts('federated-user/ann'), { kind: 'user', arn: sts('federated-user/ann') }],
    ['AWS', uniqueId, { kind: 'uniqueId', id: uniqueId }],
    ['Service', 'EC2.amazonaws.com', { kind: 'service', service: 'EC2.amazonaws.com' }],
    ['Federated', provider, { kind: 'federated', provider }],
    ['Federated', iam('saml-provider/a'), { kind: 'federated', provider: iam('saml-provider/a') }],
    ['Federated', 'accounts.google.com', { kind: 'federated', provider: 'accounts.google.com' }],
    ['CanonicalUser', '79a59df9', { kind: 'canonicalUser', id: '79a59df9' }],
  ])('%s %s is read', (type, value, entry) => {
    expect(parsePrincipal(type, value)).toEqual(entry);
  });

  it.each<[PrincipalType, string]>([
    ['CanonicalUser', '*'],
    ['AWS', 'my-role'],
    ['AWS', `${account}4`],
    ['AWS', `x${account}`],
    ['AWS', `x${uniqueId}`],
    ['AWS', `${uniqueId}!`],
    ['AWS', 'AB123456789012'],
    ['AWS', iam('role/*/app')],
    ['AWS', iam('user/a?n')],
    ['AWS', iam('user/')],
    ['AWS', iam('superuser/ann')],
    ['AWS', iam('group/ops')],
    ['AWS', iam('federated-user/ann')],
    ['AWS', iam('assumed-role/app/s1')],
    ['AWS', sts('root')],
    ['AWS', sts('user/ann')],
    ['AWS', sts('my-federated-user/ann')],
    ['AWS', sts('my-assumed-role/app/s1')],
    ['AWS', sts('assumed-role/app')],
    ['AWS', sts('assumed-role/app/s1/s2')],
    ['AWS', `arn:aws:iam:eu-west-1:${account}:root`],
    ['AWS', 'arn:aws:iam::1111:root'],
    ['Service', 'ec2'],
    ['Service', '!ec2.amazonaws.com'],
    ['Service', 'ec2.amazonaws.com/'],
    ['Federated', 'localhost'],
    ['Federated', '!accounts.google.com'],
    ['Federated', 'accounts.google.com/id'],
    ['Federated', sts('oidc-provider/a')],
    ['Federated', iam('role/app')],
    ['Federated', iam('my-oidc-provider/a')],
    ['Federated', iam('oidc-provider/a*')],
    ['Federated', `arn:aws:iam::${account}4:oidc-provider/a`],
    ['Federated', `arn:aws:iam::x${account}:oidc-provider/a`],
  ])('%s %s is refused', (type, value) => {
    expect(parsePrincipal(type, value)).toBeUndefined();
  });
});

const app: RequestPrincipal = {
  kind: 'roleSession',
  roleArn: iam('role/team/app'),
  accountId: account,
  roleId: uniqueId,
  sessionName: 's1',
};
const unnamed: RequestPrincipal = { kind: 'roleSession', roleArn: iam('role/team/app'), accountId: account };
const strange: RequestPrincipal = { kind: 'roleSession', roleArn: 'app', accountId: '' };
const token: RequestPrincipal = { kind: 'webIdentity', providerArn: provider };
const service: RequestPrincipal = { kind: 'service', service: 'ec2.amazonaws.com' };

const everyone: PrincipalEntry = { kind: 'everyone' };
const ofAccount: PrincipalEntry = { kind: 'account', accountId: account };
const ofRole: PrincipalEntry = { kind: 'role', arn: iam('role/team/app') };
const session = (name: string): PrincipalEntry => ({ kind: 'session', arn: sts(`assumed-role/${name}`) });
const federated: PrincipalEntry = { kind: 'federated', provider };
const user: PrincipalEntry = { kind: 'user', arn: iam('user/ann') };
const no: PrincipalEvidence = { truth: 'no' };

describe('a Principal element', () => {
  const element = (entries: readonly PrincipalEntry[]): PrincipalElement => ({ kind: 'principal', entries });

  it.each<[string, readonly PrincipalEntry[], RequestPrincipal, PrincipalEvidence]>([
    ['nobody names no one', [], app, no],
    ['everyone names a role session', [everyone], app, { truth: 'yes', as: 'everyone' }],
    ['everyone names a token', [everyone], token, { truth: 'yes', as: 'everyone' }],
    ['an account names its roles', [ofAccount], app, { truth: 'yes', as: 'account' }],
    ['an account names no role of another', [{ kind: 'account', accountId: '444455556666' }], app, no],
    ['an account names no token', [ofAccount], token, no],
    ['a role names its sessions', [ofRole], app, { truth: 'yes', as: 'role' }],
    ['a role names no session of another', [{ kind: 'role', arn: iam('role/app') }], app, no],
    ['a role names no service', [ofRole], service, no],
    ['a unique id names its role', [{ kind: 'uniqueId', id: uniqueId }], app, { truth: 'yes', as: 'role' }],
    ['a unique id names no other role', [{ kind: 'uniqueId', id: 'AROAXXXXXXXXXXXXXXXXX' }], app, no],
    ['a unique id names no role whose id is not known', [{ kind: 'uniqueId', id: uniqueId }], unnamed, no],
    ['a session names itself', [session('app/s1')], app, { truth: 'yes', as: 'session' }],
    ['a session names no other of its role', [session('app/s2')], app, no],
    [
      'a session may be the one without a name',
      [session('app/s1')],
      unnamed,
      { truth: 'open', as: 'session' },
    ],
    ['a session of another role is not the one without a name', [session('my-app/s1')], unnamed, no],
    ['a session of a role whose ARN cannot be read names no one', [session('app/s1')], strange, no],
    ['a session names no token', [session('app/s1')], token, no],
    [
      'a service names itself in any case',
      [{ kind: 'service', service: 'EC2.amazonaws.com' }],
      service,
      { truth: 'yes', as: 'service' },
    ],
    ['a service names no other', [{ kind: 'service', service: 'eks.amazonaws.com' }], service, no],
    ['a provider names its tokens', [federated], token, { truth: 'yes', as: 'federated' }],
    ['a provider names no token of another', [{ kind: 'federated', provider: 'a.example' }], token, no],
    ['a provider names no service', [federated], service, no],
    ['a user names no role session', [user], app, no],
    ['a canonical user names no role session', [{ kind: 'canonicalUser', id: uniqueId }], app, no],
    ['a role counts more than its account', [ofAccount, ofRole], app, { truth: 'yes', as: 'role' }],
    [
      'a session counts more than its role',
      [ofRole, session('app/s1')],
      app,
      { truth: 'yes', as: 'session' },
    ],
    ['everyone counts most', [session('app/s1'), everyone], app, { truth: 'yes', as: 'everyone' }],
    [
      'a sure entry counts more than an open one',
      [session('app/s1'), ofRole],
      unnamed,
      { truth: 'yes', as: 'role' },
    ],
    [
      'an open entry counts more than one that fails',
      [user, session('app/s1')],
      unnamed,
      { truth: 'open', as: 'session' },
    ],
  ])('%s', (_, entries, asking, evidence) => {
    expect(matchPrincipal(element(entries), asking)).toStrictEqual(evidence);
  });
});

describe('a NotPrincipal element', () => {
  it.each<[string, readonly PrincipalEntry[], RequestPrincipal, PrincipalEvidence]>([
    ['leaves out whom it names', [user, ofRole], app, no],
    ['leaves out whom it names for sure, whatever is open', [session('app/s1'), ofRole], unnamed, no],
    ['is open about whom it may name', [session('app/s1')], unnamed, { truth: 'open' }],
    ['names all others as everyone', [ofRole], token, { truth: 'yes', as: 'everyone' }],
  ])('%s', (_, entries, asking, evidence) => {
    expect(matchPrincipal({ kind: 'notPrincipal', entries }, asking)).toStrictEqual(evidence);
  });
});
