import { describe, expect, it } from 'vitest';
import { podTemplate } from '../../src/model/builderPod.ts';
import type { Container, PodTemplate } from '../../src/model/pod.ts';
import { blockingInitContainer, pastInitContainer } from '../../src/network/initContainerBlock.ts';
import type { Destination, PacketPath } from '../../src/network/path.ts';

const ref = { kind: 'Pod', namespace: 'hub', name: 'p' };
const bare = podTemplate(ref, 'hub', {});
const [sample] = bare.containers;
const chain = ['--append', 'OUTPUT', '--destination'];

function container(name: string, kind: Container['kind'], ...words: readonly string[]): Container {
  if (!sample) throw new Error('the builder makes a container');
  return { ...sample, name, kind, ref: { ...ref, field: name }, ...(words.length === 0 ? {} : { words }) };
}

const blocker = (kind: Container['kind'] = 'init'): Container =>
  container('block', kind, 'iptables', ...chain, '169.254.169.254', '--jump', 'DROP');
const setup = container('setup', 'init', 'sh', '-c', 'true');
const proxy = container('proxy', 'sidecar', 'envoy');
const app = container('app', 'app', 'serve');
const debug = container('debug', 'ephemeral');
const podOf = (...containers: readonly Container[]): PodTemplate => ({ ...bare, containers });

describe('the init container that a process finds to have blocked the metadata service', () => {
  it.each<[string, readonly Container[], Container, string | undefined]>([
    ['an app', [setup, blocker(), app], app, 'block'],
    ['a container for debugging', [blocker(), app, debug], debug, 'block'],
    ['a sidecar after it', [blocker(), proxy, app], proxy, 'block'],
    ['a sidecar before it', [proxy, blocker(), app], proxy, undefined],
    ['an init container before it', [setup, blocker(), app], setup, undefined],
    ['itself, before it has run', [blocker(), app], blocker(), undefined],
    ['the first of two', [blocker(), { ...blocker(), name: 'again' }, app], app, 'block'],
    ['an app that is listed before it', [app, blocker()], app, 'block'],
    ['a sidecar is none', [blocker('sidecar'), app], app, undefined],
    ['an app is none', [blocker('app'), app], app, undefined],
    ['nor is one for debugging', [app, blocker('ephemeral')], app, undefined],
    ['no container of that kind', [app], app, undefined],
  ])('%s', (_title, containers, own, name) => {
    expect(blockingInitContainer(podOf(...containers), own)?.name).toBe(name);
  });

  it.each<[string, readonly string[], boolean]>([
    ['a list of words', ['iptables', ...chain, '169.254.169.254', '-j', 'DROP'], true],
    ['that rejects', ['iptables', ...chain, '169.254.169.254', '-j', 'REJECT'], true],
    ['a line of a shell', ['sh', '-c', 'iptables -A OUTPUT -d 169.254.169.254/32 -j DROP && true'], true],
    ['a path', ['/sbin/iptables', ...chain, '169.254.169.254', '-j', 'DROP'], true],
    ['a rule that is inserted', ['iptables', '-I', 'OUTPUT', '-d', '169.254.169.254', '-j', 'DROP'], true],
    ['that is deleted', ['iptables', '-D', 'OUTPUT', '-d', '169.254.169.254', '-j', 'DROP'], false],
    [
      'that accepts, beside one that drops another address',
      [
        'sh',
        '-c',
        'iptables -A OUTPUT -d 169.254.169.254 -j ACCEPT; iptables -A OUTPUT -d 169.254.170.23 -j DROP',
      ],
      false,
    ],
    ['that accepts', ['iptables', ...chain, '169.254.169.254', '-j', 'ACCEPT'], false],
    ['to a chain whose name begins alike', ['iptables', ...chain, '169.254.169.254', '-j', 'DROPPED'], false],
    ['another address', ['iptables', ...chain, '169.254.170.23', '-j', 'DROP'], false],
    ['another program', ['nft', 'add', 'rule', 'ip', 'daddr', '169.254.169.254', 'DROP'], false],
    ['a program whose name begins alike', ['iptablesctl', '169.254.169.254', 'DROP'], false],
    ['the address alone', ['curl', '169.254.169.254'], false],
    ['the verdict alone', ['echo', 'DROP'], false],
    ['no words', [], false],
  ])('%s', (_title, words, blocks) => {
    const pod = podOf(container('block', 'init', ...words), app);
    expect(blockingInitContainer(pod, app) !== undefined).toBe(blocks);
  });

  it('none on the network of the host', () => {
    expect(blockingInitContainer({ ...podOf(blocker(), app), hostNetwork: true }, app)).toBeUndefined();
  });
});

describe('the way past init containers', () => {
  const onwards: PacketPath = { steps: [], end: { kind: 'refused' } };
  const blocked: PacketPath = {
    steps: [
      {
        hook: 'namespace',
        action: 'drops',
        reason: 'initContainerBlocks',
        at: { ...ref, field: 'block' },
        source: 'jupyterhub/zero-to-jupyterhub-k8s:jupyterhub/values.yaml (cloudMetadata.blockWithIptables)',
      },
    ],
    end: { kind: 'dropped' },
  };
  const to = (address: string, port = 80): Destination => ({
    kind: 'address',
    address,
    port,
    protocol: 'TCP',
  });
  it.each<[string, readonly Container[], Destination, PacketPath]>([
    ['the metadata service', [blocker(), app], to('169.254.169.254'), blocked],
    ['the metadata service on another port', [blocker(), app], to('169.254.169.254', 8080), blocked],
    ['the metadata service of a pod that nothing blocks', [setup, app], to('169.254.169.254'), onwards],
    ['the metadata service by IPv6', [blocker(), app], to('fd00:ec2::254'), onwards],
    ['the agent of pod identity', [blocker(), app], to('169.254.170.23'), onwards],
    ['STS', [blocker(), app], { kind: 'sts' }, onwards],
    ['DNS', [blocker(), app], { kind: 'dns' }, onwards],
    ['the own node', [blocker(), app], { kind: 'node', port: 80, protocol: 'TCP' }, onwards],
  ])('to %s', (_title, containers, destination, path) => {
    expect(pastInitContainer(podOf(...containers), app, destination, () => onwards)).toStrictEqual(path);
  });
});
