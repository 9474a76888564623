import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { busyNodeRules } from '../../conformance/network/busyNode.mjs';
import { runCli, type CliRun } from './runCli.ts';

const pods = `
apiVersion: v1
kind: Node
metadata: { name: n1 }
status: { addresses: [{ type: InternalIP, address: 10.0.0.1 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: api, namespace: pay }
spec: { nodeName: n1, containers: [{ name: app, image: x }] }
status: { phase: Running, podIP: 10.0.1.1 }
---
apiVersion: v1
kind: Pod
metadata: { name: agent, namespace: pay }
spec: { nodeName: n1, hostNetwork: true, containers: [{ name: app, image: x }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: pay }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: app, image: x }] }
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: kube2iam, namespace: kube-system }
spec:
  selector: { matchLabels: { app: kube2iam } }
  template:
    metadata: { labels: { app: kube2iam } }
    spec:
      hostNetwork: true
      containers:
        - { name: kube2iam, image: "jtblin/kube2iam:0.11.2", args: ["--host-ip=10.0.0.1"] }
`;

const dnat =
  '-A PREROUTING -d 169.254.169.254/32 -i eni+ -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8181';

/** Rules in the form of iptables-save; line 4 is the first rule of table nat, line 9 that of filter. */
function saved(nat: string, filter: string): string {
  return [
    '*nat',
    ':PREROUTING ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    nat,
    'COMMIT',
    '*filter',
    ':INPUT ACCEPT [0:0]',
    ':FORWARD ACCEPT [0:0]',
    filter,
    'COMMIT',
  ].join('\n');
}

const known = ['cni=aws-vpc-cni', 'kube2iam.daemon=ready', 'imds.httpProtocolIpv6=enabled'].flatMap(
  (fact) => ['--assume', fact],
);

function trace(to: string, files: Readonly<Record<string, string>>, ...more: string[]): Promise<CliRun> {
  const cwd = mkdtempSync(join(tmpdir(), 'whichrole-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  const rules = Object.keys(files).flatMap((name) => ['--iptables-save', name]);
  return runCli(['trace', 'pay/api', '--to', to, '-', ...rules, ...known, ...more], pods, { cwd });
}

/** What the JSON says of each way: its end, and the lines of the rules that decided. */
async function ways(to: string, nat: string, filter: string, ...more: string[]): Promise<unknown> {
  const { stdout } = await trace(to, { 'node.rules': saved(nat, filter) }, '-o', 'json', ...more);
  const { outcomes } = JSON.parse(stdout) as {
    outcomes: { end: string; receiver?: string; steps: { action: string; at?: { line: number } }[] }[];
  };
  return outcomes.map(({ end, receiver, steps }) => [
    receiver ?? end,
    ...steps.filter(({ action }) => /drops|rejects|rewrites/.test(action)).map(({ at }) => at?.line),
  ]);
}

describe('whichrole trace', () => {
  it('answers well under a second on a node with 10,000 rules', async () => {
    const files = { 'busy.rules': busyNodeRules(10_000) };
    const start = performance.now();
    const { stdout } = await trace('imds', files);
    expect(stdout).toContain('reaches kube2iam');
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it.each([
    ['imds', dnat, '', [['kube2iam', 4]]],
    ['imds', dnat.replace('eni+', 'cali+'), '', [['imds']]],
    ['imds', dnat, '-A INPUT -p tcp -m tcp --dport 8181 -j DROP', [['dropped', 4, 9]]],
    ['imds', dnat, '-A INPUT -p tcp -j REJECT --reject-with tcp-reset', [['refused', 4, 9]]],
    ['imds', '', '-A FORWARD -d 169.254.0.0/16 -j DROP', [['dropped', 9]]],
    ['imds', dnat.replace('10.0.0.1', '127.0.0.1'), '', [['dropped', 4, undefined]]],
    ['imds', '-A PREROUTING -p tcp -j REDIRECT --to-ports 8181', '', [['dropped', 4]]],
    ['169.254.169.254:8080', dnat, '', [['imds']]],
    ['pod-identity', dnat, '-A FORWARD -j DROP', [['podIdentityAgent']]],
    ['node:8181', dnat, '', [['kube2iam']]],
    ['10.0.0.1:8182', dnat, '', [['refused', 2]]],
    ['[fd00:ec2::254]:80', dnat, '-A FORWARD -j DROP', [['imds']]],
    ['sts', dnat, '-A FORWARD -p tcp -m tcp --dport 443 -j DROP', [['dropped', 9]]],
    ['imds', '', '-A FORWARD -m conntrack --ctstate ESTABLISHED -j DROP', [['dropped', 9]]],
    ['imds', '', '-A FORWARD -p tcp -m tcp --dport 1024:65535 -j DROP', [['dropped', 9]]],
    ['imds', '', '-A FORWARD -i eth0 -p tcp -j REJECT --reject-with tcp-reset', [['dropped', 9]]],
  ])('packet to %s with %s and %s', async (to, nat, filter, expected) => {
    expect(await ways(to, nat, filter)).toEqual(expected);
  });

  it('says station by station what happened, with the line of each rule', async () => {
    const { exitCode, stdout, stderr } = await trace('imds', { 'node.rules': saved(dnat, '') });
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain('=> packet to 169.254.169.254:80: reaches kube2iam');
    expect(stdout).toContain('nat PREROUTING: this rule rewrites the packet');
    expect(stdout).toContain('(node.rules:4)');
    expect(stdout).toContain('filter INPUT: no rule decides');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('says how far the answer of IMDS has to travel', async () => {
    const { stdout } = await trace('imds', { 'node.rules': saved('', '') });
    expect(stdout).toContain('an IMDSv2 token needs a hop limit of 2');
  });

  it('explores a match that nobody can foretell', async () => {
    const chance = '-A FORWARD -m statistic --mode random --probability 0.5 -j DROP';
    expect(await ways('imds', '', chance)).toEqual([['dropped', 9], ['imds']]);
    const { stdout } = await trace('imds', { 'node.rules': saved('', chance) });
    expect(stdout).toContain('if the packet fits rule');
    expect(stdout).toContain('not known: iptablesMatch');
    expect(await ways('imds', '', chance, '--assume', `iptablesMatch=fitsNot`)).toEqual([['imds']]);
  });

  it('asks once for the interface of a pod that a controller makes, when the rules name several', async () => {
    const rules = ['eni1', 'eni2'].map((face) => `-A FORWARD -i ${face} -j DROP`).join('\n');
    const cwd = mkdtempSync(join(tmpdir(), 'whichrole-'));
    writeFileSync(join(cwd, 'node.rules'), saved('', rules));
    const argv = [
      'trace',
      'pay/web',
      '--to',
      'imds',
      '-',
      '--iptables-save',
      'node.rules',
      '-o',
      'json',
      ...known,
    ];
    const { stdout } = await runCli(argv, pods, { cwd });
    const { outcomes } = JSON.parse(stdout) as { outcomes: { end: string }[] };
    expect(outcomes.map(({ end }) => end)).toEqual(['arrives', 'dropped', 'dropped']);
  });

  it('knows the interface of any other pod by its name', async () => {
    const face = `eni${createHash('sha1').update('pay.api').digest('hex').slice(0, 11)}`;
    expect(await ways('imds', '', `-A FORWARD -i ${face} -j DROP`)).toEqual([['dropped', 9]]);
    expect(await ways('imds', '', '-A FORWARD -i eni0123456789a -j DROP')).toEqual([['imds']]);
  });

  it('takes sets from another file', async () => {
    const rule = '-A FORWARD -m set --match-set metadata dst -j DROP';
    const sets = 'create metadata hash:net family inet\nadd metadata 169.254.0.0/16\n';
    const files = { 'node.rules': saved('', rule), 'node.sets': sets };
    const { stdout } = await trace('imds', files, '-o', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ outcomes: [{ end: 'dropped', when: [] }] });
  });

  it('takes rules of one node for that node alone', async () => {
    const run = (node: string): Promise<CliRun> =>
      trace('imds', { x: '' }, '--iptables-save', `${node}=node.rules`, '-o', 'json');
    const { stderr } = await run('n2');
    expect(stderr).toContain('the input has no node `n2`');
  });

  it('follows a process of the node through OUTPUT', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'whichrole-'));
    writeFileSync(
      join(cwd, 'node.rules'),
      saved(dnat.replace('PREROUTING', 'OUTPUT').replace('-i eni+ ', ''), ''),
    );
    const argv = [
      'trace',
      'pay/agent',
      '--to',
      'imds',
      '-',
      '--iptables-save',
      'node.rules',
      '-o',
      'json',
      ...known,
    ];
    const { stdout } = await runCli(argv, pods, { cwd });
    expect(JSON.parse(stdout)).toMatchObject({ outcomes: [{ receiver: 'kube2iam', seenAs: 'node' }] });
  });

  it('reports a line that iptables would refuse, and uses the rest', async () => {
    const rules = saved(dnat, '-A FORWARD -s 10.0.0.300/32 -j DROP');
    const { exitCode, stdout, stderr } = await trace('imds', { 'node.rules': rules });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('node.rules:9:1: error: `10.0.0.300/32` is no address');
    expect(stdout).toContain('reaches kube2iam');
  });

  it.each(['nowhere', '169.254.169.254', '169.254.169.254:99999', '[::1', 'node:0'])(
    'ends with 2 when the destination is none: %s',
    async (to) => {
      const { exitCode, stderr } = await trace(to, {});
      expect(exitCode).toBe(2);
      expect(stderr).toContain('is no destination');
    },
  );

  it('is derived from the arguments of kube2iam without a file', async () => {
    const { stdout } = await trace('imds', {});
    expect(stdout).toContain('reaches');
  });

  it('decides what a pod gets, too: the rule of kube2iam is known from the file', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'whichrole-'));
    writeFileSync(join(cwd, 'node.rules'), saved('', ''));
    const { stdout } = await runCli(
      ['explain', 'pay/api', '-f', '-', '--iptables-save', 'node.rules', '--sdk', 'go-v2', ...known],
      pods,
      { cwd },
    );
    expect(stdout).toContain('filter FORWARD');
    expect(stdout).not.toContain('kube2iam.rule');
  });
});
