import { describe, expect, it } from 'vitest';
import { parseRoleArn } from '../../src/model/arn.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import { lookUpFact, type Question } from '../../src/model/fact.ts';
import { clusterIssuer, type ClusterIssuer } from '../../src/services/oidcIssuer.ts';
import { findOidcProvider, oidcProviderArn, type FoundProvider } from '../../src/services/oidcProvider.ts';
import { stsErrors } from '../../src/services/stsErrors.ts';
import { account, issuer, policyOf, provider, tokenStatement } from '../iam/arbitraries.ts';

const roleArn = `arn:aws:iam::${account}:role/api`;
const otherAccount = '444455556666';
const otherIssuer = 'oidc.eks.eu-west-1.amazonaws.com/id/OLD';
const github = 'token.actions.githubusercontent.com';
const providerOf = (url: string, accountId = account): string =>
  `arn:aws:iam::${accountId}:oidc-provider/${url}`;
const at = (arn: string): { kind: string; name: string } => ({ kind: 'OidcProvider', name: arn });

/** A role that trusts the issuers. */
const trusting = (...issuers: readonly string[]): WorldBuilder =>
  world().role(roleArn, {
    trust: policyOf(...issuers.map((of) => tokenStatement({}, { Principal: { Federated: providerOf(of) } }))),
  });

describe("the issuer of the cluster's tokens", () => {
  it.each<[string, WorldBuilder, ClusterIssuer | undefined]>([
    ['is what the cluster states', world().cluster({ oidcIssuer: issuer }), { issuer, from: 'cluster' }],
    [
      'is written without https://',
      world().cluster({ oidcIssuer: `https://${issuer}` }),
      { issuer, from: 'cluster' },
    ],
    [
      'is what the cluster states, whatever providers there are',
      trusting(otherIssuer).cluster({ oidcIssuer: issuer }).oidcProvider(providerOf(otherIssuer)),
      { issuer, from: 'cluster' },
    ],
    ['is that of the only provider', world().oidcProvider(provider), { issuer, from: 'oidcProviders' }],
    [
      'is that of the only provider of an EKS cluster',
      world().oidcProvider(providerOf(github)).oidcProvider(provider),
      { issuer, from: 'oidcProviders' },
    ],
    [
      'is that of providers for one cluster in two accounts',
      world().oidcProvider(provider).oidcProvider(providerOf(issuer, otherAccount)),
      { issuer, from: 'oidcProviders' },
    ],
    [
      'is none of two clusters',
      world().oidcProvider(provider).oidcProvider(providerOf(otherIssuer)),
      undefined,
    ],
    ['is not that of a provider of something else', world().oidcProvider(providerOf(github)), undefined],
    ['is the one that the trust policy names', trusting(issuer), { issuer, from: 'trustPolicy' }],
    ['is the one that two statements name', trusting(issuer, issuer), { issuer, from: 'trustPolicy' }],
    [
      'is the one that the trust policy names, of two providers',
      trusting(issuer).oidcProvider(provider).oidcProvider(providerOf(otherIssuer)),
      { issuer, from: 'trustPolicy' },
    ],
    ['is none of two that the trust policy names', trusting(issuer, otherIssuer), undefined],
    ['is open for a role that trusts none', trusting(), undefined],
    ['is open when nothing is known', world(), undefined],
  ])('%s', (_name, state, expected) => {
    expect(clusterIssuer(state.build(), roleArn)).toStrictEqual(expected);
  });
});

interface Search {
  readonly found: FoundProvider;
  readonly asked: readonly Question[];
}

/** Looks for the provider in a world where what nobody states is registered. */
function search(state: WorldBuilder, audience: string | undefined = 'sts.amazonaws.com'): Search {
  const built = state.build();
  const role = parseRoleArn(roleArn);
  if (!role) throw new Error('the role has an ARN');
  const asked: Question[] = [];
  const ask = (question: Question): string => {
    asked.push(question);
    return lookUpFact(built, question).value ?? 'registered';
  };
  return { found: findOidcProvider(built, ask, role, audience), asked };
}

const stated = world().cluster({ oidcIssuer: issuer });
const listed = { oidcProvidersOfAccounts: [account] };
const { source } = stsErrors.noOidcProvider;
const open: Question = { name: 'oidcProvider', scope: account };
const absent = (about: string): NonNullable<FoundProvider['error']> => ({
  kind: 'httpError',
  status: 400,
  code: 'InvalidIdentityToken',
  message: `No OpenIDConnect provider found in your account for ${about}`,
});
const registered = (arn = provider): Search => ({
  found: {
    issuer,
    evidence: [{ kind: 'oidcProviderFound', accountId: account, issuer, at: at(arn), source }],
  },
  asked: [{ ...open, known: 'registered', about: at(arn) }],
});
const missing: Search = {
  found: {
    error: absent(`https://${issuer}`),
    evidence: [{ kind: 'oidcProviderAbsent', accountId: account, issuer, source }],
  },
  asked: [{ ...open, known: 'absent' }],
};
const assumed: Search = { found: { issuer, evidence: [] }, asked: [open] };
const issuerUnknown = { kind: 'issuerUnknown', source } as const;

describe("the provider in the role's account", () => {
  it.each<[string, WorldBuilder, Search]>([
    ['is registered', stated.oidcProvider(provider), registered()],
    [
      'is registered after that of another cluster',
      stated.oidcProvider(providerOf(otherIssuer)).oidcProvider(provider),
      registered(),
    ],
    ['is open when the input shows none', stated, assumed],
    ['is open while another account has it', stated.oidcProvider(providerOf(issuer, otherAccount)), assumed],
    [
      'is open while only another account is listed in full',
      stated.complete({ oidcProvidersOfAccounts: [otherAccount] }),
      assumed,
    ],
    ['is absent from a full list that is empty', stated.complete(listed), missing],
    [
      'is absent from a full list that holds that of another cluster',
      stated.oidcProvider(providerOf(otherIssuer)).complete(listed),
      missing,
    ],
    [
      'is absent when that is stated',
      stated.oidcProvider(provider).fact('oidcProvider', 'absent', account),
      { ...missing, asked: registered().asked },
    ],
    [
      'is absent from an empty list, whatever the issuer',
      world().complete(listed),
      {
        found: {
          error: absent("the cluster's issuer"),
          evidence: [issuerUnknown, { kind: 'oidcProviderAbsent', accountId: account, source }],
        },
        asked: [{ ...open, known: 'absent' }],
      },
    ],
    [
      'is absent from a list in which only other accounts have one, whatever the issuer',
      world()
        .oidcProvider(providerOf(issuer, otherAccount))
        .oidcProvider(providerOf(otherIssuer, otherAccount))
        .complete(listed),
      {
        found: {
          error: absent("the cluster's issuer"),
          evidence: [issuerUnknown, { kind: 'oidcProviderAbsent', accountId: account, source }],
        },
        asked: [{ ...open, known: 'absent' }],
      },
    ],
    [
      'is open in a full list of two clusters, when nobody says which this one is',
      world().oidcProvider(provider).oidcProvider(providerOf(otherIssuer, otherAccount)).complete(listed),
      { found: { evidence: [issuerUnknown] }, asked: [open] },
    ],
    [
      'is open where neither issuer nor list is known',
      world(),
      { found: { evidence: [issuerUnknown] }, asked: [open] },
    ],
    [
      'is taken for that of the only cluster',
      world().oidcProvider(provider),
      {
        ...registered(),
        found: {
          issuer,
          evidence: [
            { kind: 'issuerInferred', issuer, from: 'oidcProviders', source },
            ...registered().found.evidence,
          ],
        },
      },
    ],
    [
      'is taken to be there for the issuer that the trust policy names',
      trusting(issuer),
      {
        found: { issuer, evidence: [{ kind: 'issuerInferred', issuer, from: 'trustPolicy', source }] },
        asked: [open],
      },
    ],
  ])('%s', (_name, state, expected) => {
    expect(search(state)).toStrictEqual(expected);
  });

  const clientIds = ['sts.amazonaws.com', 'vault'];
  const refused: FoundProvider = {
    error: {
      kind: 'httpError',
      status: 400,
      code: 'InvalidIdentityToken',
      message: 'Incorrect token audience',
    },
    evidence: [
      {
        kind: 'audienceNotRegistered',
        audience: 'beta',
        clientIds,
        at: at(provider),
        source: 'https://repost.aws/knowledge-center/iam-oidc-idp-federation',
      },
    ],
  };
  it.each<[string, clientIds: readonly string[] | undefined, audience: string | undefined, FoundProvider]>([
    ['takes an audience of its list', clientIds, 'vault', registered().found],
    ['takes no other', clientIds, 'beta', refused],
    ['is not asked about a token that is not shown', clientIds, undefined, registered().found],
    [
      'is taken to know every audience when it is listed without details',
      undefined,
      'beta',
      registered().found,
    ],
  ])('%s', (_name, ids, audience, expected) => {
    const state = stated.oidcProvider(provider, ids ? { clientIds: ids } : {});
    const role = parseRoleArn(roleArn);
    expect(role && findOidcProvider(state.build(), () => 'registered', role, audience)).toStrictEqual(
      expected,
    );
  });

  it.each([
    [roleArn, provider],
    [
      `arn:aws-cn:iam::${otherAccount}:role/team/api`,
      `arn:aws-cn:iam::${otherAccount}:oidc-provider/${issuer}`,
    ],
  ])('has for %s the ARN %s', (arn, expected) => {
    const role = parseRoleArn(arn);
    expect(role && oidcProviderArn(role, issuer)).toBe(expected);
  });
});
