import { describe, expect, it } from 'vitest';
import { world } from '../../../src/model/builder.ts';
import type { NetworkPolicyPort } from '../../../src/model/kubernetes.ts';
import type { ContainerPort } from '../../../src/model/pod.ts';
import {
  hasName,
  isOutside,
  podOf,
  portNames,
  portsMatch,
  viewOfPod,
  type PolicyPort,
  type Saying,
} from '../../../src/network/policies/peer.ts';
import { peers, podNamed, receives, sends, twoNamespaces, type PeerName } from './connection.ts';

describe('the other end of a connection', () => {
  it.each<[PeerName, { pod: string | undefined; outside: boolean; named: boolean }]>([
    ['internet', { pod: undefined, outside: true, named: true }],
    ['internet6', { pod: undefined, outside: true, named: true }],
    ['sts', { pod: undefined, outside: true, named: true }],
    ['imds', { pod: undefined, outside: true, named: false }],
    ['nowhere', { pod: undefined, outside: true, named: false }],
    ['db', { pod: 'db', outside: false, named: false }],
    ['agentPod', { pod: undefined, outside: false, named: false }],
    ['ownNode', { pod: undefined, outside: false, named: false }],
    ['otherNode', { pod: undefined, outside: false, named: false }],
  ])('%s', (name, seen) => {
    const peer = peers[name];
    expect({ pod: podOf(peer)?.ref.name, outside: isOutside(peer), named: hasName(peer) }).toStrictEqual(
      seen,
    );
  });
});

describe('the address of a pod', () => {
  const cluster = twoNamespaces.build();
  const hidden = { kind: 'hidden', fact: 'hostAddress', host: 'pay/worker', orAmong: [] };
  it('is the one that its status shows', () => {
    expect(viewOfPod(cluster, podNamed(cluster, 'api'))).toStrictEqual({
      kind: 'known',
      address: '10.1.0.1',
    });
  });
  it('is asked for by the name of the pod where there is no status', () => {
    expect(viewOfPod(cluster, podNamed(cluster, 'worker'))).toStrictEqual({ ...hidden, family: 4 });
  });
  it('has the family of the cluster', () => {
    const six = twoNamespaces.cluster({ ipFamily: 'ipv6' }).build();
    expect(viewOfPod(six, podNamed(six, 'worker'))).toStrictEqual({ ...hidden, family: 6 });
  });
});

describe('the names of a port', () => {
  const names = (ports: readonly ContainerPort[], port: PolicyPort): readonly string[] => {
    const of = world().pod('pay/p', {
      containers: { a: { ports }, b: { ports: [{ name: 'b80', port: 80, protocol: 'TCP' }] } },
    });
    return portNames(podNamed(of.build(), 'p'), port);
  };
  const tcp: PolicyPort = { port: 80, protocol: 'TCP' };
  it.each<[string, readonly ContainerPort[], PolicyPort, readonly string[]]>([
    ['every container may give one', [{ name: 'a80', port: 80, protocol: 'TCP' }], tcp, ['a80', 'b80']],
    ['a port without a name has none', [{ port: 80, protocol: 'TCP' }], tcp, ['b80']],
    ['another number', [{ name: 'a81', port: 81, protocol: 'TCP' }], tcp, ['b80']],
    ['another protocol', [{ name: 'a80', port: 80, protocol: 'UDP' }], tcp, ['b80']],
    [
      '… which is asked for',
      [{ name: 'a80', port: 80, protocol: 'UDP' }],
      { port: 80, protocol: 'UDP' },
      ['a80'],
    ],
    ['none', [], { port: 443, protocol: 'TCP' }, []],
  ])('%s', (_title, ports, port, expected) => {
    expect(names(ports, port)).toStrictEqual(expected);
  });
  it('an address that is no pod has none', () => {
    expect(portNames(undefined, tcp)).toStrictEqual([]);
  });
});

describe('ports that a rule wants', () => {
  const ports = (...wanted: NetworkPolicyPort[]): readonly NetworkPolicyPort[] => wanted;
  it.each<[string, readonly NetworkPolicyPort[], Saying, boolean]>([
    ['none: every port', ports(), sends('imds'), true],
    ['a protocol', ports({ protocol: 'TCP' }), sends('imds'), true],
    ['another protocol', ports({ protocol: 'UDP' }), sends('imds'), false],
    ['the port', ports({ protocol: 'TCP', port: 80 }), sends('imds'), true],
    ['another port', ports({ protocol: 'TCP', port: 81 }), sends('imds'), false],
    ['a port below', ports({ protocol: 'TCP', port: 79 }), sends('imds'), false],
    ['the first of a range', ports({ protocol: 'TCP', port: 80, endPort: 90 }), sends('imds'), true],
    ['the last of a range', ports({ protocol: 'TCP', port: 70, endPort: 80 }), sends('imds'), true],
    ['past a range', ports({ protocol: 'TCP', port: 70, endPort: 79 }), sends('imds'), false],
    ['one of two', ports({ protocol: 'UDP' }, { protocol: 'TCP', port: 80 }), sends('imds'), true],
    ['a name of the receiver', ports({ protocol: 'TCP', port: 'sql' }), sends('db', 5432), true],
    ['a name of the sender', ports({ protocol: 'TCP', port: 'web' }), sends('db', 8080), false],
    ['ingress: a name of the pod', ports({ protocol: 'TCP', port: 'web' }), receives('db'), true],
    ['ingress: a name of the peer', ports({ protocol: 'TCP', port: 'sql' }), receives('db', 5432), false],
    ['a name and an address', ports({ protocol: 'TCP', port: 'sql' }), sends('imds', 5432), false],
  ])('%s', (_title, wanted, saying, matches) => {
    expect(portsMatch(wanted, saying)).toBe(matches);
  });
});
