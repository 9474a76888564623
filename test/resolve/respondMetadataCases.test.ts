import { describe, expect, it } from 'vitest';
import type { Reply, Request } from '../../src/model/exchange.ts';
import { kiamAgentDefaults, type KiamAgent } from '../../src/model/kiam.ts';
import type { World } from '../../src/model/world.ts';
import { daemonFacts } from '../daemonFacts.ts';
import { cluster, heard, role, variables } from './heard.ts';

const silent = cluster.networkPolicy('pay/out', { policyTypes: ['Egress'] }).build();
const enforced = { cni: 'aws-vpc-cni-policy-strict' };

describe('a metadata request', () => {
  const request: Request = { kind: 'imds', call: { kind: 'roleList' }, withToken: true };
  const roles = (name: string): Reply => ({ kind: 'ok', body: { kind: 'roleList', roleNames: [name] } });
  const notFound: Reply = { kind: 'httpError', status: 404 };
  const overIpv4 = 'TCP 169.254.169.254 port 80: imds';
  const overIpv6 = 'TCP fd00:ec2::254 port 80: imds';
  const endpoint = 'AWS_EC2_METADATA_SERVICE_ENDPOINT';
  const mode = 'AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE';

  it.each<[string, Readonly<Record<string, string | undefined>>, Reply, string]>([
    ['goes to the usual address', {}, roles('node'), overIpv4],
    ['goes to the address over IPv6 in that mode', { [mode]: 'ipv6' }, roles('node'), overIpv6],
    ['takes the mode however it is written', { [mode]: 'IPv6' }, roles('node'), overIpv6],
    ['goes to the usual address in the other mode', { [mode]: 'IPv4' }, roles('node'), overIpv4],
    [
      'goes to the usual address, when a Secret holds the mode',
      { [mode]: undefined },
      roles('node'),
      overIpv4,
    ],
    ['takes an empty endpoint for none', { [endpoint]: '', [mode]: 'IPv6' }, roles('node'), overIpv6],
    [
      'goes to the endpoint that is stated, whatever the mode',
      { [endpoint]: 'http://[fd00:ec2::254]', [mode]: 'IPv4' },
      roles('node'),
      overIpv6,
    ],
    [
      'goes to the port that is stated',
      { [endpoint]: 'http://192.0.2.9:1338/' },
      notFound,
      'TCP 192.0.2.9 port 1338: outside',
    ],
    [
      'goes to port 443 over HTTPS',
      { [endpoint]: 'https://192.0.2.9' },
      notFound,
      'TCP 192.0.2.9 port 443: outside',
    ],
    [
      'is nothing that the Pod Identity agent knows',
      { [endpoint]: 'http://169.254.170.23' },
      notFound,
      'TCP 169.254.170.23 port 80: podIdentityAgent',
    ],
    [
      'is refused where nobody listens',
      { [endpoint]: 'http://10.0.0.1:8181' },
      { kind: 'refused' },
      'TCP 10.0.0.1 port 8181: refused',
    ],
  ])('%s', (_name, set, reply, way) => {
    const { asked: _asked, ...told } = heard(cluster.build(), request, variables(set));
    expect(told).toStrictEqual({ reply, ways: [way], evidence: [] });
  });

  it('is lost where a policy keeps every address away', () => {
    expect(heard(silent, request, {}, enforced)).toStrictEqual({
      reply: { kind: 'timeout' },
      ways: ['TCP 169.254.169.254 port 80: dropped'],
      evidence: [],
      asked: ['cni of nothing'],
    });
  });

  const kiam: KiamAgent = { ...daemonFacts('kiam-agent'), flags: kiamAgentDefaults };
  const ready = { 'kube2iam.daemon': 'ready', 'kiam.agent': 'ready', 'kiam.server': 'ready' };
  const annotated = (hostNetwork: boolean): World => ({
    ...cluster
      .kube2iam({ baseRoleArn: role('') })
      .pod('shop/api', { node: 'n1', hostNetwork, annotations: { 'iam.amazonaws.com/role': 'api' } })
      .build(),
    kiamAgents: [kiam],
  });

  it.each<[string, boolean, string, Reply, string, readonly string[]]>([
    [
      'at the port of kube2iam is that of the pod whose address it carries',
      false,
      'http://10.0.0.1:8181',
      roles('api'),
      'TCP 10.0.0.1 port 8181: kube2iam',
      ['podBySourceAddress', 'roleChosen', 'namespaceRestriction'],
    ],
    [
      'at the port of kube2iam from the network of the host is that of no pod',
      true,
      'http://10.0.0.1:8181',
      { kind: 'httpError', status: 404, message: 'pod with specificed IP not found' },
      'TCP 10.0.0.1 port 8181: kube2iam',
      ['podBySourceAddress'],
    ],
    [
      'at the port of kiam is that of the pod whose address it carries',
      false,
      'http://10.0.0.1:3100',
      roles('api'),
      'TCP 10.0.0.1 port 3100: kiam',
      ['kiamPod', 'kiamRole'],
    ],
    [
      'at the port of kiam from the network of the host is that of no pod',
      true,
      'http://10.0.0.1:3100',
      { kind: 'httpError', status: 500, message: 'pod not found' },
      'TCP 10.0.0.1 port 3100: kiam',
      ['kiamPod'],
    ],
  ])('%s', (_name, hostNetwork, url, reply, way, evidence) => {
    const set = variables({ [endpoint]: url });
    const { asked: _asked, ...told } = heard(annotated(hostNetwork), request, set, ready, 'shop');
    expect(told).toStrictEqual({ reply, ways: [way], evidence });
  });
});
