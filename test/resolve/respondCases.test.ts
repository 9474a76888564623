import { describe, expect, it } from 'vitest';
import type { Environment, FileContent } from '../../src/model/environment.ts';
import type { Reply, Request } from '../../src/model/exchange.ts';
import { everything } from '../../src/model/labels.ts';
import type { SecurityGroupRule } from '../../src/model/securityGroup.ts';
import type { World } from '../../src/model/world.ts';
import { cluster, heard, podRef, role, variables } from './heard.ts';

const token = (audience: string): Partial<Environment> => ({
  files: new Map<string, FileContent>([
    [
      '/token',
      {
        kind: 'serviceAccountToken',
        audience,
        subject: 'system:serviceaccount:pay:api',
        expirationSeconds: 86400,
        from: podRef,
      },
    ],
  ]),
});
const timeout: Reply = { kind: 'timeout' };
const refused: Reply = { kind: 'refused' };
const silent = cluster.networkPolicy('pay/out', { policyTypes: ['Egress'] }).build();
const onlyPods = cluster
  .networkPolicy('pay/out', {
    policyTypes: ['Egress'],
    egress: [{ peers: [{ namespaceSelector: everything }] }],
  })
  .build();
const enforced = { cni: 'aws-vpc-cni-policy-strict' };

describe('a call of STS', () => {
  const request: Request = {
    kind: 'sts',
    action: 'AssumeRoleWithWebIdentity',
    roleArn: role('api'),
    tokenFile: '/token',
    sessionName: 's-1',
    endpoint: { kind: 'global' },
  };
  const inGroup = (egress: readonly SecurityGroupRule[]): World => ({
    ...cluster.build(),
    securityGroups: [{ ref: { kind: 'SecurityGroup', name: 'sg-1' }, id: 'sg-1', egress }],
    securityGroupPolicies: [
      {
        ref: { kind: 'SecurityGroupPolicy', namespace: 'pay', name: 'own' },
        namespace: 'pay',
        name: 'own',
        podSelector: everything,
        groupIds: ['sg-1'],
      },
    ],
  });
  const credentials: Reply = {
    kind: 'ok',
    body: {
      kind: 'credentials',
      credentials: {
        identity: { kind: 'role', arn: role('api') },
        mechanism: 'irsa',
        sessionName: 's-1',
        expiresInSeconds: 3600,
      },
    },
  };

  it.each<[string, World, Readonly<Record<string, string>>, Reply, readonly string[], readonly string[]]>([
    [
      'goes to the name server first, and then to STS',
      cluster.build(),
      { trust: 'admits' },
      credentials,
      ['dns: outside', 'sts: outside'],
      ['issuerUnknown', 'assumption'],
    ],
    [
      'ends at the name server where a policy keeps that away',
      silent,
      enforced,
      timeout,
      ['dns: dropped'],
      [],
    ],
    [
      'ends before STS where a policy lets nothing but pods be reached',
      onlyPods,
      enforced,
      timeout,
      ['dns: outside', 'sts: dropped'],
      [],
    ],
    [
      'ends before STS, and not at the name server, where the security group of the pod lets nothing out',
      inGroup([]),
      {},
      timeout,
      ['dns: outside', 'sts: dropped'],
      [],
    ],
    [
      'passes a security group that lets HTTPS out',
      inGroup([{ protocol: 'tcp', fromPort: 443, toPort: 443 }]),
      { trust: 'admits' },
      credentials,
      ['dns: outside', 'sts: outside'],
      ['issuerUnknown', 'assumption'],
    ],
  ])('%s', (_name, of, answers, reply, ways, evidence) => {
    const { asked: _asked, ...told } = heard(of, request, token('sts.amazonaws.com'), answers);
    expect(told).toStrictEqual({ reply, ways, evidence });
  });
});

describe('a request for the credentials of a container', () => {
  const of = cluster.complete({ podIdentityAssociations: true }).build();
  const agentUrl = 'http://169.254.170.23/v1/credentials';
  const toAgent = 'TCP 169.254.170.23 port 80: podIdentityAgent';
  const noAssociation: Reply = {
    kind: 'httpError',
    status: 404,
    code: 'ResourceNotFoundException',
    message: 'No association found.',
  };
  const emptyToken: Reply = {
    kind: 'httpError',
    status: 400,
    message: 'Service account token cannot be empty',
  };
  const get = (url: string, tokenFile = '/token'): Request => ({ kind: 'container', url, tokenFile });
  const pods = token('pods.eks.amazonaws.com');

  it.each<[string, Request, Partial<Environment>, Reply, readonly string[], readonly string[]]>([
    [
      'is answered by the agent of the node',
      get(agentUrl),
      pods,
      noAssociation,
      [toAgent],
      ['associationMissing'],
    ],
    [
      'is answered by the agent over IPv6, whose brackets are none of the address',
      get('http://[fd00:ec2::23]/v1/credentials'),
      pods,
      noAssociation,
      ['TCP fd00:ec2::23 port 80: podIdentityAgent'],
      ['associationMissing'],
    ],
    [
      'without a token counts as one with an empty token',
      { kind: 'container', url: agentUrl },
      pods,
      emptyToken,
      [toAgent],
      ['tokenRejected'],
    ],
    [
      'with a token in a variable is one whose token nobody sees',
      { kind: 'container', url: agentUrl },
      variables({ AWS_CONTAINER_AUTHORIZATION_TOKEN: 'eyJhbGciOi' }),
      noAssociation,
      [toAgent],
      ['associationMissing'],
    ],
    [
      'with an empty variable has no token',
      { kind: 'container', url: agentUrl },
      variables({ AWS_CONTAINER_AUTHORIZATION_TOKEN: '' }),
      emptyToken,
      [toAgent],
      ['tokenRejected'],
    ],
    ['of a relative URL goes nowhere', get('/v1/credentials'), pods, refused, [], []],
    [
      'to another host is not answered',
      get('http://192.0.2.9/v1/credentials'),
      pods,
      refused,
      ['TCP 192.0.2.9 port 80: outside'],
      [],
    ],
    [
      'over HTTPS goes to port 443',
      get('https://192.0.2.9/v1/credentials'),
      pods,
      refused,
      ['TCP 192.0.2.9 port 443: outside'],
      [],
    ],
    [
      'to the metadata service is not answered',
      get('http://169.254.169.254/v1/credentials'),
      pods,
      refused,
      ['TCP 169.254.169.254 port 80: imds'],
      [],
    ],
    [
      'to a port of the node where nobody listens is refused',
      get('http://10.0.0.1:8080/v1/credentials'),
      pods,
      refused,
      ['TCP 10.0.0.1 port 8080: refused'],
      [],
    ],
    [
      'through a proxy reaches no address of the node',
      { kind: 'container', url: agentUrl, proxy: 'http://proxy:3128' },
      pods,
      { kind: 'httpError', status: 502 },
      [],
      ['agentBehindProxy'],
    ],
  ])('%s', (_name, request, environment, reply, ways, evidence) => {
    const { asked: _asked, ...told } = heard(of, request, environment);
    expect(told).toStrictEqual({ reply, ways, evidence });
  });

  it('is lost where a policy keeps every address away', () => {
    expect(heard(silent, get(agentUrl), pods, enforced)).toStrictEqual({
      reply: timeout,
      ways: ['TCP 169.254.170.23 port 80: dropped'],
      evidence: [],
      asked: ['cni of nothing'],
    });
  });
});
