import { describe, expect, it } from 'vitest';
import type { WorldBuilder } from '../../src/model/builder.ts';
import type { PodOptions } from '../../src/model/builderOptions.ts';
import type { Rule, RuleSet } from '../../src/model/iptables.ts';
import { attempts, cluster, forPods, role, trust, withTokens } from './attempts.ts';

describe('what code in a container gets of the Pod Identity agent', () => {
  const associated = cluster
    .podIdentityAssociation('pay/api', { roleArn: role('own') })
    .role(role('own'), { trust: forPods });
  const running = { phase: 'Running', podIP: '10.1.0.1' } as const;
  const running6 = { phase: 'Running', podIP: '2001:db8::1' } as const;
  const pods = withTokens('pods.eks.amazonaws.com');
  const only = (cidr: string): Parameters<WorldBuilder['networkPolicy']>[1] => ({
    policyTypes: ['Egress'],
    egress: [{ peers: [{ cidr }] }],
  });
  const ipv4 = only('169.254.170.23/32');
  const own = 'podIdentity own';
  const drop: Rule = {
    matches: [{ kind: 'destination', cidr: '169.254.170.23/32', negated: false }],
    target: { kind: 'DROP' },
    text: '-A PREROUTING -d 169.254.170.23/32 -j DROP',
  };
  const dropsIpv4: RuleSet = {
    family: 4,
    tables: { raw: { PREROUTING: { policy: 'ACCEPT', rules: [drop] } } },
  };

  it.each<[string, WorldBuilder, string]>([
    ['the role of its association', associated.pod('pay/api', { serviceAccount: 'api' }), own],
    [
      'nothing in a pod that was created before the association',
      associated.pod('pay/api', { serviceAccount: 'api', status: running }),
      'nothing',
    ],
    [
      'the role, by a token of the right audience that such a pod mounts itself',
      associated.pod('pay/api', { ...pods, status: running }),
      own,
    ],
    [
      'nothing by a token of another audience',
      associated.pod('pay/api', { ...withTokens('vault'), status: running }),
      'nothing',
    ],
    [
      'the role at the IPv4 address, in a cluster of IPv4',
      associated.networkPolicy('pay/out', ipv4).pod('pay/api', { ...pods, status: running }),
      own,
    ],
    [
      'nothing, past a rule of the node about that address',
      associated.iptables(dropsIpv4).pod('pay/api', { ...pods, status: running }),
      'nothing',
    ],
    [
      'the role at the IPv6 address, in a cluster of IPv6, past a rule about the other',
      associated
        .cluster({ ipFamily: 'ipv6' })
        .iptables(dropsIpv4)
        .pod('pay/api', { ...pods, status: running6 }),
      own,
    ],
    [
      'the role at the other address of the agent, which its environment states',
      associated
        .cluster({ ipFamily: 'ipv6' })
        .networkPolicy('pay/out', ipv4)
        .pod('pay/api', {
          ...pods,
          status: running6,
          env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials' },
        }),
      own,
    ],
    [
      'the role at the usual address, wherever its environment leads',
      associated.pod('pay/api', {
        ...pods,
        status: running,
        env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:9911/creds' },
      }),
      own,
    ],
  ])('%s', (_name, builder, expected) => {
    const answers = { cni: 'aws-vpc-cni-policy-strict' };
    expect(attempts(builder.build(), [], answers)).toStrictEqual([
      expected,
      'nothing',
      'nothing at nodePort',
      'nothing',
    ]);
  });
});

describe('what code in a container gets of metadata and keys', () => {
  const open = cluster.nodeDefaults({ imds: { httpTokens: 'required', httpPutResponseHopLimit: 2 } });
  const base = { baseRoleArn: role('') };
  const mine = { annotations: { 'iam.amazonaws.com/role': 'mine' } };
  const assumable = cluster.role(role('mine'), { trust: trust({ AWS: role('node') }, 'sts:AssumeRole') });
  const keys = '[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n';
  const profile: PodOptions = {
    volumes: [{ name: 'aws', source: { kind: 'secret', name: 'aws', items: undefined } }],
    containers: { app: { volumeMounts: [{ name: 'aws', mountPath: '/root/.aws' }] } },
  };

  it.each<[string, WorldBuilder, readonly string[]]>([
    [
      'the role of the node, with a token',
      open.pod('pay/api'),
      ['imds node', 'nothing at nodePort', 'nothing'],
    ],
    [
      'the role of the node without a token, where none is to be had or needed',
      cluster.nodeDefaults({ imds: { httpTokens: 'optional' } }).pod('pay/api'),
      ['imds node', 'nothing at nodePort', 'nothing'],
    ],
    [
      'the role that kube2iam gives at its port',
      assumable.kube2iam(base).pod('pay/api', mine),
      ['nothing', 'kube2iam at nodePort mine', 'nothing'],
    ],
    [
      'the same at a port of its own, and nothing at another',
      assumable.kube2iam({ ...base, appPort: 8282 }).pod('pay/api', mine),
      ['nothing', 'kube2iam at nodePort mine', 'nothing'],
    ],
    [
      'the same at each port at which some kube2iam listens',
      assumable
        .kube2iam({ ...base, appPort: 8282 })
        .kube2iam({ ...base, appPort: 8282 }, { name: 'second' })
        .kube2iam({ ...base, appPort: 8383 }, { name: 'third' })
        .pod('pay/api', mine),
      ['nothing', 'kube2iam at nodePort mine', 'kube2iam at nodePort mine', 'nothing'],
    ],
    [
      'nothing of a kube2iam that lists an empty role',
      assumable.kube2iam(base).pod('pay/api', { annotations: { 'iam.amazonaws.com/role': role('') } }),
      ['nothing', 'nothing at nodePort', 'nothing'],
    ],
    [
      'keys in its variables',
      cluster.pod('pay/api', {
        env: { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 's' },
      }),
      ['nothing', 'nothing at nodePort', 'env AKIAIOSFODNN7EXAMPLE'],
    ],
    [
      'keys in a profile that is mounted',
      cluster.secret('pay/aws', { credentials: keys }).pod('pay/api', profile),
      ['nothing', 'nothing at nodePort', 'sharedFile AKIAIOSFODNN7EXAMPLE'],
    ],
  ])('%s', (_name, builder, expected) => {
    expect(attempts(builder.build(), [])).toStrictEqual(['nothing', ...expected]);
  });
});
