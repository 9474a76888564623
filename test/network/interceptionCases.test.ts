import { describe, expect, it } from 'vitest';
import { cniProfiles } from '../../src/network/cni/profiles.ts';
import { intercept, type Interception } from '../../src/network/interception.ts';
import { asText, elsewhere, fault, kiam, kube2iam, sceneWith, type Setting } from './redirectionScene.ts';

function inShort(found: Interception): Readonly<Record<string, unknown>> {
  if (found.kind === 'none') {
    const { daemon, ...rest } = found;
    return daemon ? { ...rest, daemon: daemon.name } : rest;
  }
  const { by, daemon, rule, ...rest } = found;
  return { ...rest, by: by.product, daemon: daemon.name, rule: rule.text };
}

const rule = (port: number, through = ''): string =>
  `-A PREROUTING -d 169.254.169.254/32 ${through}-p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:${port}`;
const byKube2iam = (facts: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
  kind: 'rule',
  by: 'kube2iam',
  daemon: 'kube2iam',
  listening: true,
  why: 'redirected',
  rule: rule(8181, '-i eni+ '),
  ...facts,
});
const byKiam = (facts: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
  kind: 'rule',
  by: 'kiam',
  daemon: 'kiam-agent',
  listening: true,
  why: 'kiamRedirected',
  rule: rule(3100, '-i eni+ '),
  ...facts,
});
const none = (why: string, daemon?: string, source?: string): Readonly<Record<string, unknown>> => ({
  kind: 'none',
  why,
  ...(daemon === undefined ? {} : { daemon }),
  ...(source === undefined ? {} : { source }),
});

interface Row extends Setting {
  readonly what: string;
  readonly asked: readonly string[];
  readonly found: Readonly<Record<string, unknown>>;
}

const awsInterfaces = cniProfiles['aws-vpc-cni'].hostInterfaces.source;
const bypass = cniProfiles['cilium-ebpf-host-routing'].netfilter.source;

describe('whether the rule of kube2iam meets a pod, and what has to be asked for that', () => {
  const present = { 'kube2iam.rule': 'present' };
  const absent = { 'kube2iam.rule': 'absent' };
  it.each<Row>([
    {
      what: 'a daemon that answers has its rule in place',
      kube2iam: [kube2iam()],
      asked: ['cni', 'kube2iam.daemon:n1', 'kube2iam.rule:n1 (present)'],
      found: byKube2iam({}),
    },
    {
      what: 'a daemon that does not answer yet has put its rule already',
      kube2iam: [kube2iam()],
      answers: { 'kube2iam.daemon': 'notReady' },
      asked: ['cni', 'kube2iam.daemon:n1', 'kube2iam.rule:n1 (present)'],
      found: byKube2iam({ listening: false, why: 'redirectedToNotReady' }),
    },
    {
      what: 'a daemon that is gone may have left its rule',
      kube2iam: [kube2iam()],
      answers: { 'kube2iam.daemon': 'gone', ...present },
      asked: ['cni', 'kube2iam.daemon:n1', 'kube2iam.rule:n1'],
      found: byKube2iam({ listening: false, why: 'redirectedToGone' }),
    },
    {
      what: 'a daemon for every interface does not depend on the CNI',
      kube2iam: [kube2iam({ hostInterface: '+' })],
      asked: ['kube2iam.daemon:n1', 'kube2iam.rule:n1 (present)'],
      found: byKube2iam({ rule: rule(8181) }),
    },
    {
      what: 'a daemon without --iptables relies on a rule of another hand',
      kube2iam: [kube2iam({ iptables: false, hostInterface: 'cali+' })],
      answers: present,
      asked: ['kube2iam.rule:n1', 'kube2iam.daemon:n1'],
      found: byKube2iam({ rule: rule(8181) }),
    },
    {
      what: 'a daemon that ends at start puts no rule, whatever its interface; one may be left over',
      kube2iam: [kube2iam({ hostInterface: 'cali+' }, { startupFaults: [fault] })],
      answers: present,
      asked: ['kube2iam.rule:n1', 'kube2iam.daemon:n1 (gone)'],
      found: byKube2iam({ listening: false, why: 'redirectedToGone', rule: rule(8181) }),
    },
    {
      what: 'a daemon that discovers its base ARN ends at start where IMDS is off',
      kube2iam: [kube2iam({ autoDiscoverBaseArn: true })],
      node: { imds: { httpEndpoint: 'disabled' } },
      answers: absent,
      asked: ['cni', 'kube2iam.rule:n1'],
      found: none('ruleAbsent', 'kube2iam'),
    },
    {
      what: 'a daemon that discovers its default role ends at start where IMDS is off',
      kube2iam: [kube2iam({ autoDiscoverDefaultRole: true })],
      node: { imds: { httpEndpoint: 'disabled' } },
      answers: present,
      asked: ['cni', 'kube2iam.rule:n1', 'kube2iam.daemon:n1 (gone)'],
      found: byKube2iam({ listening: false, why: 'redirectedToGone', rule: rule(8181) }),
    },
    {
      what: 'a daemon that discovers its base ARN starts where IMDS is on',
      kube2iam: [kube2iam({ autoDiscoverBaseArn: true })],
      node: { imds: { httpEndpoint: 'enabled' } },
      asked: ['cni', 'kube2iam.daemon:n1', 'kube2iam.rule:n1 (present)'],
      found: byKube2iam({}),
    },
    {
      what: 'a daemon that discovers nothing starts where IMDS is off',
      kube2iam: [kube2iam()],
      node: { imds: { httpEndpoint: 'disabled' } },
      asked: ['cni', 'kube2iam.daemon:n1', 'kube2iam.rule:n1 (present)'],
      found: byKube2iam({}),
    },
    {
      what: 'a rule for the interfaces of another CNI misses the pod',
      kube2iam: [kube2iam({ hostInterface: 'cali+' })],
      asked: ['cni'],
      found: none('interfaceDiffers', 'kube2iam', awsInterfaces),
    },
    {
      what: 'a rule for the uplink misses the pod',
      kube2iam: [kube2iam({ hostInterface: 'ens5' })],
      asked: ['cni'],
      found: none('interfaceDiffers', 'kube2iam', awsInterfaces),
    },
    {
      what: 'a daemon for an interface that is not there ends at start',
      kube2iam: [kube2iam({ hostInterface: 'docker0' })],
      answers: absent,
      asked: ['cni', 'kube2iam.rule:n1'],
      found: none('ruleAbsent', 'kube2iam'),
    },
    {
      what: 'a rule for one veth may be about this pod, and then its daemon is asked about',
      kube2iam: [kube2iam({ hostInterface: 'eni1a2b' })],
      answers: present,
      asked: ['cni', 'kube2iam.rule:n1', 'kube2iam.daemon:n1'],
      found: byKube2iam({ rule: rule(8181) }),
    },
    {
      what: 'packets that bypass netfilter meet no rule',
      kube2iam: [kube2iam({ hostInterface: 'lxc+' })],
      cni: 'cilium-ebpf-host-routing',
      asked: ['cni'],
      found: none('netfilterBypassed', 'kube2iam', bypass),
    },
    {
      what: 'the same is known of a rule for every interface when a policy selects the pod',
      kube2iam: [kube2iam({ hostInterface: '+' })],
      egressPolicy: true,
      cni: 'cilium-ebpf-host-routing',
      asked: ['cni'],
      found: none('netfilterBypassed', 'kube2iam', bypass),
    },
    {
      what: 'a daemon without hostNetwork puts its rule where no pod meets it',
      kube2iam: [kube2iam({}, { hostNetwork: false })],
      asked: [],
      found: none('ruleInOwnNamespace', 'kube2iam'),
    },
    {
      what: 'a daemon that is on other nodes puts no rule on this one',
      kube2iam: [kube2iam({}, elsewhere)],
      asked: [],
      found: none('notOnNode', 'kube2iam'),
    },
    {
      what: 'a pod with hostNetwork crosses no PREROUTING',
      kube2iam: [kube2iam()],
      pod: { hostNetwork: true },
      asked: [],
      found: none('hostNetwork'),
    },
    { what: 'nobody redirects where nothing is installed', asked: [], found: none('notInstalled') },
  ])('$what', ({ asked: expected, found, ...setting }) => {
    const { scene, asked } = sceneWith(setting);
    expect([inShort(intercept(scene)), asked.map(asText)]).toStrictEqual([found, expected]);
  });
});

describe('whether the rule of kiam meets a pod', () => {
  const gone = { 'kiam.agent': 'gone' };
  it.each<Row>([
    {
      what: 'an agent that answers has its rule in place',
      kiam: [kiam()],
      asked: ['cni', 'kiam.agent:n1', 'kiam.rule:n1 (present)'],
      found: byKiam({}),
    },
    {
      what: 'an agent for all interfaces but the uplink meets the pod',
      kiam: [kiam({ hostInterface: '!eth0' })],
      asked: ['cni', 'kiam.agent:n1', 'kiam.rule:n1 (present)'],
      found: byKiam({ rule: rule(3100, '! -i eth0 ') }),
    },
    {
      what: 'an agent for all interfaces but those of pods misses it',
      kiam: [kiam({ hostInterface: '!eni+' })],
      asked: ['cni'],
      found: none('kiamInterfaceDiffers', 'kiam-agent', awsInterfaces),
    },
    {
      what: 'an agent for all interfaces but one veth may meet it',
      kiam: [kiam({ hostInterface: '!eni1a2b' })],
      answers: { 'kiam.rule': 'present' },
      asked: ['cni', 'kiam.rule:n1', 'kiam.agent:n1'],
      found: byKiam({ rule: rule(3100) }),
    },
    {
      what: 'kube2iam takes a `!` for a part of the name, and misses the pod',
      kube2iam: [kube2iam({ hostInterface: '!cali+' })],
      asked: ['cni'],
      found: none('interfaceDiffers', 'kube2iam', awsInterfaces),
    },
    {
      what: 'an agent for an interface that is not there runs, and misses the pod',
      kiam: [kiam({ hostInterface: 'docker0' })],
      asked: ['cni'],
      found: none('kiamInterfaceDiffers', 'kiam-agent', awsInterfaces),
    },
    {
      what: 'an agent needs no metadata at start',
      kiam: [kiam({ hostInterface: '+' })],
      node: { imds: { httpEndpoint: 'disabled' } },
      asked: ['kiam.agent:n1', 'kiam.rule:n1 (present)'],
      found: byKiam({ rule: rule(3100) }),
    },
    {
      what: 'an agent that does not answer yet has put its rule already',
      kiam: [kiam()],
      answers: { 'kiam.agent': 'notReady' },
      asked: ['cni', 'kiam.agent:n1', 'kiam.rule:n1 (present)'],
      found: byKiam({ listening: false, why: 'kiamRedirectedToNotReady' }),
    },
    {
      what: 'an agent that is gone may have left its rule',
      kiam: [kiam()],
      answers: { ...gone, 'kiam.rule': 'present' },
      asked: ['cni', 'kiam.agent:n1', 'kiam.rule:n1'],
      found: byKiam({ listening: false, why: 'kiamRedirectedToGone' }),
    },
    {
      what: 'an agent that ended cleanly took its rule away',
      kiam: [kiam()],
      answers: { ...gone, 'kiam.rule': 'absent' },
      asked: ['cni', 'kiam.agent:n1', 'kiam.rule:n1'],
      found: none('kiamRuleAbsent', 'kiam-agent'),
    },
    {
      what: 'an agent without hostNetwork puts its rule where no pod meets it',
      kiam: [kiam({}, { hostNetwork: false })],
      asked: [],
      found: none('kiamRuleInOwnNamespace', 'kiam-agent'),
    },
    {
      what: 'an agent that is on other nodes puts no rule on this one',
      kiam: [kiam({}, elsewhere)],
      asked: [],
      found: none('kiamNotOnNode', 'kiam-agent'),
    },
  ])('$what', ({ asked: expected, found, ...setting }) => {
    const { scene, asked } = sceneWith(setting);
    expect([inShort(intercept(scene)), asked.map(asText)]).toStrictEqual([found, expected]);
  });
});

describe('whose rule is met where both programs run', () => {
  const both = { kube2iam: [kube2iam()], kiam: [kiam()] };
  const ofKube2iam = ['cni', 'kube2iam.daemon:n1', 'kube2iam.rule:n1 (present)'];
  const ofKiam = ['kiam.agent:n1', 'kiam.rule:n1 (present)'];
  it.each<Row>([
    {
      what: 'that of kube2iam, which was there first',
      ...both,
      answers: { firstRule: 'kube2iam' },
      asked: [...ofKube2iam, ...ofKiam, 'firstRule:n1'],
      found: byKube2iam({}),
    },
    {
      what: 'that of kiam, which was there first',
      ...both,
      answers: { firstRule: 'kiam' },
      asked: [...ofKube2iam, ...ofKiam, 'firstRule:n1'],
      found: byKiam({}),
    },
    {
      what: 'that of kiam, where the rule of kube2iam is for other interfaces',
      ...both,
      kube2iam: [kube2iam({ hostInterface: 'cali+' })],
      asked: ['cni', ...ofKiam],
      found: byKiam({}),
    },
    {
      what: 'that of kube2iam, where kiam is on other nodes',
      ...both,
      kiam: [kiam({}, elsewhere)],
      asked: ofKube2iam,
      found: byKube2iam({}),
    },
    {
      what: 'none, for the reason of kube2iam, where neither meets the pod',
      kube2iam: [kube2iam({ hostInterface: 'cali+' })],
      kiam: [kiam({}, { hostNetwork: false })],
      asked: ['cni'],
      found: none('interfaceDiffers', 'kube2iam', awsInterfaces),
    },
    {
      what: 'none, for the reason of kiam, where kube2iam is on other nodes',
      kube2iam: [kube2iam({}, elsewhere)],
      kiam: [kiam({}, { hostNetwork: false })],
      asked: [],
      found: none('kiamRuleInOwnNamespace', 'kiam-agent'),
    },
  ])('$what', ({ asked: expected, found, ...setting }) => {
    const { scene, asked } = sceneWith(setting);
    expect([inShort(intercept(scene)), asked.map(asText)]).toStrictEqual([found, expected]);
  });
});

it.each([
  ['kube2iam', { kube2iam: [kube2iam()] }],
  ['kiam-agent', { kiam: [kiam()] }],
] satisfies readonly [string, Setting][])(
  'what is asked about %s points at its DaemonSet',
  (name, setting) => {
    const { scene, asked } = sceneWith(setting);
    intercept(scene);
    const about = { kind: 'DaemonSet', namespace: 'kube-system', name };
    const [daemon, ruleOf] =
      name === 'kube2iam' ? ['kube2iam.daemon', 'kube2iam.rule'] : ['kiam.agent', 'kiam.rule'];
    expect(asked).toStrictEqual([
      { name: 'cni' },
      { name: daemon, scope: 'n1', about },
      { name: ruleOf, scope: 'n1', about, options: ['absent', 'present'], known: 'present' },
    ]);
  },
);
