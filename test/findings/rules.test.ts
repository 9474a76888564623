import { describe, expect, it } from 'vitest';
import { findConflicts, rules } from '../../src/findings/examine.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { SdkRef } from '../../src/model/sdk.ts';
import type { World } from '../../src/model/world.ts';
import { resolveAll } from '../../src/resolve/resolve.ts';

const account = '111122223333';
const role = `arn:aws:iam::${account}:role/api`;
const nodeRole = `arn:aws:iam::${account}:role/node`;
const issuer = 'oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE';

/** A cluster in which everything is stated, with one IRSA role that trusts pay/api. */
function cluster(hopLimit: 1 | 2 = 2): WorldBuilder {
  return world()
    .cluster({ accountId: account, region: 'eu-west-1', oidcIssuer: issuer })
    .nodeDefaults({
      roleArn: nodeRole,
      imds: { httpTokens: hopLimit === 1 ? 'required' : 'optional', httpPutResponseHopLimit: hopLimit },
    })
    .serviceAccount('pay/api', { roleArn: role })
    .fact('cni', 'aws-vpc-cni-policy-standard')
    .fact('kube2iam.daemon', 'ready');
}

function trusting(subject: string, operator = 'StringEquals'): Parameters<WorldBuilder['role']>[1] {
  const principal = { Federated: `arn:aws:iam::${account}:oidc-provider/${issuer}` };
  const condition = {
    StringEquals: { [`${issuer}:aud`]: 'sts.amazonaws.com' },
    [operator]: {
      ...(operator === 'StringEquals' ? { [`${issuer}:aud`]: 'sts.amazonaws.com' } : {}),
      [`${issuer}:sub`]: subject,
    },
  };
  const statement = {
    Effect: 'Allow',
    Principal: principal,
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: condition,
  };
  return { trust: { Version: '2012-10-17', Statement: [statement] } };
}

const api = 'system:serviceaccount:pay:api';
const trustsNode = {
  trust: {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { AWS: nodeRole }, Action: 'sts:AssumeRole' },
  },
};
const legacy = `arn:aws:iam::${account}:role/legacy`;
const annotated = { annotations: { 'iam.amazonaws.com/role': legacy } };

/** A conflict and its correction, one for each rule. */
interface Case {
  readonly rule: string;
  readonly sdk: SdkRef;
  readonly broken: World;
  readonly corrected: World;
  readonly severity: Finding['severity'];
  readonly says: RegExp;
}

const healthy = cluster(1).role(role, trusting(api)).pod('pay/api-0', { serviceAccount: 'api' }).build();

/** kube2iam runs, and no manifest shows it. */
function unseen(hopLimit: 1 | 2 = 2): WorldBuilder {
  return world()
    .cluster({ accountId: account })
    .nodeDefaults({
      roleArn: nodeRole,
      imds: { httpTokens: hopLimit === 1 ? 'required' : 'optional', httpPutResponseHopLimit: hopLimit },
    })
    .role(legacy, trustsNode)
    .fact('kube2iam', 'installed');
}

const cases: readonly Case[] = [
  {
    rule: 'wrong-identity',
    sdk: { family: 'go-v2' },
    broken: cluster()
      .podIdentityAssociation('pay/api', { roleArn: role })
      .pod('pay/api-0', { serviceAccount: 'api', status: { phase: 'Running' } })
      .build(),
    corrected: healthy,
    severity: 'privilegeEscalation',
    says: /asks for `.*role\/api` by Pod Identity and gets role `.*role\/node` by the metadata service/,
  },
  {
    rule: 'no-credentials',
    sdk: { family: 'go-v2' },
    broken: cluster().fact('trust', 'refuses').pod('pay/api-0', { serviceAccount: 'api' }).build(),
    corrected: healthy,
    severity: 'outage',
    says: /gets no credentials: .*AccessDenied/,
  },
  {
    rule: 'falls-back',
    sdk: { family: 'java-v2' },
    broken: unseen().pod('old/app', annotated).build(),
    corrected: unseen(1).pod('old/app', annotated).build(),
    severity: 'latent',
    says: /goes on to role `.*role\/node` by the metadata service when kube2iam fails/,
  },
];

function findingsOf(of: World, sdk: SdkRef, rule: string): readonly Finding[] {
  return findConflicts(of, resolveAll(of, { sdk })).filter((finding) => finding.rule === rule);
}

describe('the rules', () => {
  it.each(cases.map((each) => [each.rule, each] as const))(
    '%s',
    (_rule, { rule, sdk, broken, corrected, severity, says }) => {
      const found = findingsOf(broken, sdk, rule);
      expect(found.map((finding) => finding.severity)).toEqual([severity]);
      expect(found[0]?.message).toMatch(says);
      expect(found[0]?.advice).not.toBe('');
      expect(findingsOf(corrected, sdk, rule)).toEqual([]);
    },
  );

  it('that tell a symptom each have a case here; those that tell a cause have a fixture in the atlas', () => {
    const symptoms = rules.filter(({ level }) => level === 'symptom').map(({ id }) => id);
    expect(cases.map(({ rule }) => rule)).toEqual(expect.arrayContaining(symptoms));
  });

  it('find nothing in a healthy cluster', () => {
    expect(findConflicts(healthy, resolveAll(healthy))).toEqual([]);
  });

  it('say nothing of a container that the webhook was told to skip and that gets no other identity', () => {
    const skipped = cluster(1)
      .role(role, trusting(api))
      .pod('pay/api-0', {
        serviceAccount: 'api',
        annotations: { 'eks.amazonaws.com/skip-containers': 'proxy' },
        containers: { app: {}, proxy: {} },
      })
      .build();
    const about = findConflicts(skipped, resolveAll(skipped, { sdk: { family: 'go-v2' } }));
    expect(
      about.flatMap(({ answers }) => answers).filter(({ subject }) => subject.container.name === 'proxy'),
    ).toEqual([]);
  });
});
