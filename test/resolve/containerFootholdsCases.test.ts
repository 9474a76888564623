import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/model/aws.ts';
import type { WorldBuilder } from '../../src/model/builder.ts';
import type { PodOptions } from '../../src/model/builderOptions.ts';
import { account, attempts, cluster, forPods, issuer, role, trust, withTokens } from './attempts.ts';

const other = '444455556666';
const provider = (of = account): string => `arn:aws:iam::${of}:oidc-provider/${issuer}`;
const admits = (of = account): JsonValue =>
  trust({ Federated: provider(of) }, 'sts:AssumeRoleWithWebIdentity');
const withEnv = (options: PodOptions, env: Readonly<Record<string, string>>): PodOptions => ({
  ...options,
  env,
});
const sts = withTokens('sts.amazonaws.com');
/** The attempts besides tokens at STS: the agent, the metadata address, the port of kube2iam, keys. */
const noOther = ['nothing', 'nothing', 'nothing at nodePort', 'nothing'];

describe('what code in a container can trade its tokens for', () => {
  const mine = role('mine');
  const known = cluster.oidcProvider(provider(), { clientIds: ['sts.amazonaws.com'] });
  const trusting = known.role(mine, { trust: admits() });
  const placeholder = 'arn:aws:iam::${ACCOUNT}:role/app';

  it.each<[string, WorldBuilder, readonly string[]]>([
    ['nothing, without roles', known.pod('pay/api', sts), []],
    ['a role that trusts the issuer', trusting.pod('pay/api', sts), ['irsa mine']],
    ['nothing, with a token for somebody else', trusting.pod('pay/api', withTokens('vault')), ['nothing']],
    [
      'no role that trusts no issuer, and none whose trust policy is not shown',
      known.role(role('pods'), { trust: forPods }).role(role('unseen')).pod('pay/api', sts),
      [],
    ],
    [
      'a role that a variable of the container names',
      known.pod('pay/api', withEnv(sts, { AWS_ROLE_ARN: mine })),
      ['irsa mine'],
    ],
    [
      'a role once, that a variable names and whose policy trusts the issuer',
      trusting.role(role('second'), { trust: admits() }).pod('pay/api', withEnv(sts, { AWS_ROLE_ARN: mine })),
      ['irsa mine', 'irsa second'],
    ],
    ['none by a variable of another name', known.pod('pay/api', withEnv(sts, { ROLE_ARN: mine })), []],
    ['none by an empty variable', known.pod('pay/api', withEnv(sts, { AWS_ROLE_ARN: '' })), []],
    ['none by an empty annotation', known.serviceAccount('pay/api', { roleArn: '' }).pod('pay/api', sts), []],
    [
      'the role that the annotation of its service account names, before all others',
      trusting
        .serviceAccount('pay/api', { roleArn: role('meant') })
        .pod('pay/api', { serviceAccount: 'api' }),
      ['irsa meant', 'irsa mine'],
    ],
    [
      'whatever stands for a role that holds a placeholder, with any token',
      known.pod('pay/api', withEnv({ serviceAccount: 'api' }, { AWS_ROLE_ARN: placeholder })),
      [`irsa ${placeholder}`],
    ],
    [
      'a role by each audience of the providers of its account',
      cluster
        .oidcProvider(provider(), { clientIds: ['vault', 'sts.amazonaws.com'] })
        .role(mine, { trust: admits() })
        .pod('pay/api', withTokens('vault')),
      ['irsa mine', 'nothing'],
    ],
    [
      'a role once by an audience that several providers share',
      known
        .oidcProvider(`${provider()}2`, { clientIds: ['sts.amazonaws.com'] })
        .role(mine, { trust: admits() })
        .pod('pay/api', sts),
      ['irsa mine'],
    ],
    [
      'a role by the usual audience, where the audiences of its provider are not shown',
      cluster.oidcProvider(provider()).role(mine, { trust: admits() }).pod('pay/api', sts),
      ['irsa mine'],
    ],
    [
      'a role by the usual audience besides, where those of one of its providers are not shown',
      cluster
        .oidcProvider(provider())
        .oidcProvider(`${provider()}2`, { clientIds: ['vault'] })
        .role(mine, { trust: admits() })
        .pod('pay/api', sts),
      ['irsa mine', 'nothing'],
    ],
    [
      'a role by the usual audience, where no provider of its account is shown',
      cluster
        .oidcProvider(provider(other), { clientIds: ['vault'] })
        .role(mine, { trust: admits() })
        .pod('pay/api', withTokens('sts.amazonaws.com', 'vault')),
      ['irsa mine'],
    ],
    [
      'a role of another account by an audience of the provider there',
      known
        .oidcProvider(provider(other), { clientIds: ['vault'] })
        .role(role('lake', other), { trust: admits(other) })
        .pod('pay/api', withTokens('sts.amazonaws.com', 'vault')),
      [`irsa ${role('lake', other)}`],
    ],
  ])('%s', (_name, builder, expected) => {
    expect(attempts(builder.build())).toStrictEqual([...expected, ...noOther]);
  });

  it('only the roles that are of interest', () => {
    const both = trusting.role(role('second'), { trust: admits() }).pod('pay/api', sts).build();
    expect(attempts(both, [role('second')])).toStrictEqual(['irsa second', ...noOther]);
    expect(attempts(both, [])).toStrictEqual(noOther);
  });

  it('no role by a variable whose value comes from somewhere else', () => {
    const { workloads, ...built } = known.pod('pay/api', sts).build();
    const bySecret = workloads.map((workload) => {
      const { template } = workload;
      const source = { kind: 'secretKeyRef', name: 'aws', key: 'role', optional: false } as const;
      const containers = template.containers.map((container) => ({
        ...container,
        env: [{ name: 'AWS_ROLE_ARN', source, ref: container.ref }],
      }));
      return { ...workload, template: { ...template, containers } };
    });
    expect(attempts({ ...built, workloads: bySecret })).toStrictEqual(noOther);
  });

  it('nothing at all, in a pod that the API server refuses', () => {
    const pod = trusting.pod('pay/api', {
      ...sts,
      serviceAccount: 'gone',
      env: { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 's' },
    });
    expect(attempts(pod.build(), undefined, { serviceAccount: 'absent' })).toStrictEqual([
      'nothing',
      ...noOther,
    ]);
    expect(attempts(pod.build())).toStrictEqual([
      'irsa mine',
      'nothing',
      'nothing',
      'nothing at nodePort',
      'env AKIAIOSFODNN7EXAMPLE',
    ]);
  });
});
