import { describe, expect, it } from 'vitest';
import type { ObjectRef } from '../../src/model/objectRef.ts';
import type { Destination, PathStep } from '../../src/network/path.ts';
import { pathReasons, type PathReason } from '../../src/network/pathReason.ts';
import { prerouting } from '../../src/network/prerouting.ts';
import { cniProfiles } from '../../src/network/cni/profiles.ts';
import { targetOf } from '../../src/network/target.ts';
import { asText, elsewhere, kiam, kube2iam, sceneWith, type Setting } from './redirectionScene.ts';

const imds: Destination = { kind: 'address', address: '169.254.169.254', port: 80, protocol: 'TCP' };
const imdsIpv6: Destination = { ...imds, address: 'fd00:ec2::254' };
const at = (name: string): ObjectRef => ({ kind: 'DaemonSet', namespace: 'kube-system', name });
const step = (
  action: PathStep['action'],
  reason: PathReason,
  more: Omit<Partial<PathStep>, 'hook' | 'action' | 'reason'> = {},
): PathStep => ({ hook: 'prerouting', action, reason, source: pathReasons[reason], ...more });
const rule = (to: string, through = '-i eni+ '): string =>
  `-A PREROUTING -d 169.254.169.254/32 ${through}-p tcp -m tcp --dport 80 -j DNAT --to-destination ${to}`;

interface Row extends Setting {
  readonly what: string;
  readonly to: Destination;
  readonly asked?: readonly string[];
  /** Where the packet goes after it; absent: where it was going. */
  readonly turnedTo?: Destination;
  readonly steps: readonly PathStep[];
}

const byKube2iam = ['cni', 'kube2iam.daemon:n1', 'kube2iam.rule:n1 (present)'];

describe('nat PREROUTING, as the daemons leave it', () => {
  it.each<Row>([
    {
      what: 'turns a metadata request to the node',
      kube2iam: [kube2iam()],
      to: imds,
      asked: byKube2iam,
      turnedTo: { kind: 'node', port: 8181, protocol: 'TCP' },
      steps: [step('rewrites', 'redirected', { at: at('kube2iam'), rule: rule('10.0.0.1:8181') })],
    },
    {
      what: 'turns it to the node whose address is not shown',
      kube2iam: [kube2iam()],
      node: { addresses: [] },
      to: imds,
      asked: byKube2iam,
      turnedTo: { kind: 'node', port: 8181, protocol: 'TCP' },
      steps: [step('rewrites', 'redirected', { at: at('kube2iam'), rule: rule('192.0.2.1:8181') })],
    },
    {
      what: 'turns it to kiam',
      kiam: [kiam({ hostInterface: '!eth0' })],
      to: imds,
      asked: ['cni', 'kiam.agent:n1', 'kiam.rule:n1 (present)'],
      turnedTo: { kind: 'node', port: 3100, protocol: 'TCP' },
      steps: [
        step('rewrites', 'kiamRedirected', {
          at: at('kiam-agent'),
          rule: rule('10.0.0.1:3100', '! -i eth0 '),
        }),
      ],
    },
    {
      what: 'turns it to kiam, whoever came first, where the rule of kube2iam is about another address',
      kube2iam: [kube2iam({ metadataAddress: '10.9.9.9' })],
      kiam: [kiam()],
      to: imds,
      asked: ['cni', 'kiam.agent:n1', 'kiam.rule:n1 (present)'],
      turnedTo: { kind: 'node', port: 3100, protocol: 'TCP' },
      steps: [step('rewrites', 'kiamRedirected', { at: at('kiam-agent'), rule: rule('10.0.0.1:3100') })],
    },
    {
      what: 'turns it to another machine when the daemon was told that address',
      kube2iam: [kube2iam({ hostIp: '10.0.0.9' })],
      to: imds,
      asked: byKube2iam,
      turnedTo: { kind: 'address', address: '10.0.0.9', port: 8181, protocol: 'TCP' },
      steps: [step('rewrites', 'redirected', { at: at('kube2iam'), rule: rule('10.0.0.9:8181') })],
    },
    {
      what: 'loses it on the way to 127.0.0.1 without route_localnet',
      kube2iam: [kube2iam({ hostIp: '127.0.0.1' })],
      answers: { routeLocalnet: 'off' },
      to: imds,
      asked: [...byKube2iam, 'routeLocalnet:n1'],
      steps: [step('drops', 'martian', { at: at('kube2iam'), rule: rule('127.0.0.1:8181') })],
    },
    {
      what: 'turns it to 127.0.0.1 with route_localnet',
      kube2iam: [kube2iam({ hostIp: '127.0.0.1' })],
      answers: { routeLocalnet: 'on' },
      to: imds,
      asked: [...byKube2iam, 'routeLocalnet:n1'],
      turnedTo: { kind: 'node', port: 8181, protocol: 'TCP' },
      steps: [step('rewrites', 'redirected', { at: at('kube2iam'), rule: rule('127.0.0.1:8181') })],
    },
    {
      what: 'has no rule for the interface of the pod',
      kube2iam: [kube2iam({ hostInterface: 'cali+' })],
      to: imds,
      asked: ['cni'],
      steps: [
        step('skipped', 'interfaceDiffers', {
          at: at('kube2iam'),
          source: cniProfiles['aws-vpc-cni'].hostInterfaces.source,
        }),
      ],
    },
    {
      what: 'has no rule of a daemon on other nodes',
      kube2iam: [kube2iam({}, elsewhere)],
      to: imds,
      steps: [step('skipped', 'notOnNode', { at: at('kube2iam') })],
    },
    { what: 'has no rule where nothing is installed', to: imds, steps: [step('skipped', 'notInstalled')] },
    {
      what: 'has a rule for another metadata address, while kiam, whose rule would fit, is on other nodes',
      kube2iam: [kube2iam({ metadataAddress: '10.9.9.9' })],
      kiam: [kiam({}, elsewhere)],
      to: imds,
      asked: byKube2iam,
      steps: [
        step('skipped', 'ruleDiffers', {
          at: at('kube2iam'),
          rule: rule('10.0.0.1:8181').replace('169.254.169.254', '10.9.9.9'),
        }),
      ],
    },
    {
      what: 'turns what goes to the metadata address of the daemon',
      kube2iam: [kube2iam({ metadataAddress: '10.9.9.9' })],
      to: { ...imds, address: '10.9.9.9' },
      asked: byKube2iam,
      turnedTo: { kind: 'node', port: 8181, protocol: 'TCP' },
      steps: [
        step('rewrites', 'redirected', {
          at: at('kube2iam'),
          rule: rule('10.0.0.1:8181').replace('169.254.169.254', '10.9.9.9'),
        }),
      ],
    },
    {
      what: 'has no rule for IPv6',
      kube2iam: [kube2iam()],
      kiam: [kiam()],
      to: imdsIpv6,
      steps: [step('skipped', 'ruleIsForIpv4', { at: at('kube2iam'), also: [kiam().ref] })],
    },
    { what: 'says nothing of IPv6 where nothing is installed', to: imdsIpv6, steps: [] },
    {
      what: 'says nothing of the Pod Identity agent over IPv6',
      kube2iam: [kube2iam()],
      to: { ...imds, address: 'fd00:ec2::23' },
      steps: [],
    },
    {
      what: 'says nothing of another port of IMDS',
      kube2iam: [kube2iam()],
      to: { ...imds, port: 8080 },
      steps: [],
    },
    { what: 'says nothing of UDP', kube2iam: [kube2iam()], to: { ...imds, protocol: 'UDP' }, steps: [] },
    { what: 'says nothing of STS', kube2iam: [kube2iam()], to: { kind: 'sts' }, steps: [] },
  ])('$what', ({ to, asked: questions = [], turnedTo, steps, ...setting }) => {
    const { scene, asked } = sceneWith(setting);
    const heading = (destination: Destination): ReturnType<typeof targetOf> =>
      targetOf(scene.world, scene.source.node, destination);
    const { rule: met, ...turn } = prerouting(scene, heading(to));
    expect([turn, asked.map(asText)]).toStrictEqual([{ target: heading(turnedTo ?? to), steps }, questions]);
    expect(met?.rule.text).toBe(turnedTo && steps[0]?.rule);
  });
});
