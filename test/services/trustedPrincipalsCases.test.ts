import { describe, expect, it } from 'vitest';
import type { PrincipalEntry } from '../../src/iam/principal.ts';
import type { IamRole, JsonValue } from '../../src/model/aws.ts';
import { trustedEntries, trustedIssuers, trustsSomeCaller } from '../../src/services/trustedPrincipals.ts';
import { account, documentOf, issuer, policyOf, provider } from '../iam/arbitraries.ts';

const arn = `arn:aws:iam::${account}:role/api`;
const unread: IamRole = { ref: { kind: 'Role', name: arn }, arn, name: 'api' };
const withTrust = (trust: JsonValue): IamRole => ({ ...unread, trustPolicy: documentOf(trust) });
const role = (...statements: readonly JsonValue[]): IamRole => withTrust(policyOf(...statements));
const statement = (Principal: JsonValue, Effect = 'Allow'): JsonValue => ({
  Effect,
  Principal,
  Action: 'sts:*',
});

const github = 'token.actions.githubusercontent.com';
const saml = `arn:aws:iam::${account}:saml-provider/Corp`;
const ofGithub = `arn:aws:iam::${account}:oidc-provider/${github}`;
/** The action of a role's trust policy belongs to STS. */
const ofAnotherService = role({ Effect: 'Allow', Principal: '*', Action: 's3:GetObject' });

describe('the issuers that a trust policy names', () => {
  it.each<[string, IamRole | undefined, readonly string[] | undefined]>([
    ['of an OIDC provider', role(statement({ Federated: provider })), [issuer]],
    [
      'of several, once each',
      role(statement({ Federated: [provider, ofGithub] }), statement({ Federated: provider })),
      [issuer, github],
    ],
    ['not of a SAML provider', role(statement({ Federated: [saml, provider] })), [issuer]],
    [
      'not of a provider without an ARN',
      role(statement({ Federated: 'cognito-identity.amazonaws.com' })),
      [],
    ],
    ['not of a role', role(statement({ AWS: arn })), []],
    ['not of a statement that denies', role(statement({ Federated: provider }, 'Deny')), []],
    ['of no statement', role(), []],
    ['of no trust policy that is shown', unread, undefined],
    ['of no role that is shown', undefined, undefined],
    ['of none that IAM would refuse', withTrust('{"Statement":'), undefined],
  ])('%s', (_name, of, expected) => {
    expect(trustedIssuers(of)).toStrictEqual(expected);
  });
});

describe('whether a trust policy names somebody who can call AssumeRole', () => {
  it.each<[string, IamRole | undefined, boolean | undefined]>([
    ['everyone', role(statement('*')), true],
    ['an account', role(statement({ AWS: account })), true],
    ['a role', role(statement({ AWS: `arn:aws:iam::${account}:role/node` })), true],
    ['a session', role(statement({ AWS: `arn:aws:sts::${account}:assumed-role/node/i-1` })), true],
    ['a user', role(statement({ AWS: `arn:aws:iam::${account}:user/ann` })), true],
    ['a principal that was deleted', role(statement({ AWS: 'AROAIDPPEZS35WEXAMPLE' })), true],
    ['a role beside a service', role(statement({ Service: 'ec2.amazonaws.com', AWS: arn })), true],
    ['a service', role(statement({ Service: 'ec2.amazonaws.com' })), false],
    ['an OIDC provider', role(statement({ Federated: provider })), false],
    ['everyone, to deny them', role(statement('*', 'Deny')), false],
    ['nobody', role(), false],
    ['whom the input does not show', unread, undefined],
    ['whom no role that is shown could name', undefined, undefined],
  ])('%s', (_name, of, expected) => {
    expect(trustsSomeCaller(of)).toBe(expected);
  });
});

describe('the principals that a trust policy admits', () => {
  it.each<[string, IamRole | undefined, readonly PrincipalEntry[] | undefined]>([
    [
      'of every statement that allows, in its order',
      role(
        statement({ AWS: [account, arn] }),
        statement({ AWS: `arn:aws:iam::${account}:user/ann` }, 'Deny'),
        statement({ Service: 'pods.eks.amazonaws.com' }),
      ),
      [
        { kind: 'account', accountId: account },
        { kind: 'role', arn },
        { kind: 'service', service: 'pods.eks.amazonaws.com' },
      ],
    ],
    ['of none that IAM would refuse', ofAnotherService, undefined],
    [
      'of none of which IAM would refuse a statement',
      role(statement({ AWS: account }), {
        Effect: 'Allow',
        Principal: { AWS: 'node' },
        Action: 'sts:AssumeRole',
      }),
      undefined,
    ],
  ])('%s', (_name, of, expected) => {
    expect(trustedEntries(of)).toStrictEqual(expected);
  });
});
