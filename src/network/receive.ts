import { lookUpFact } from '../model/fact.ts';
import type { ClusterNode } from '../model/node.ts';
import { imdsHops } from './imdsHopLimit.ts';
import { listeningOn } from './interception.ts';
import type { PacketPath, PathStep, Receiver } from './path.ts';
import { pathStep } from './pathStep.ts';
import type { Turn } from './prerouting.ts';
import type { Scene } from './scene.ts';
import { targetFamily, type Target } from './target.ts';

/** Finds who takes a packet that no station stopped; `turned` is the rule that sent it here. */
export function receive(
  scene: Scene,
  target: Target,
  steps: readonly PathStep[],
  turned?: Turn['rule'],
  seenAs?: 'pod' | 'node',
): PacketPath {
  const from = scene.source.pod.hostNetwork ? 'node' : 'pod';
  switch (target.kind) {
    case 'imds':
      if (targetFamily(target) === 6 && !answersOverIpv6(scene)) {
        const off = pathStep('receiver', 'drops', 'imdsOverIpv6Off', { refs: [scene.source.node.ref] });
        return { steps: [...steps, off], end: { kind: 'dropped' } };
      }
      return arrival(steps, { kind: 'imds' }, from === 'node' ? imdsHops.node : hopsOfPod(scene));
    case 'podIdentityAgent':
      return arrival(steps, { kind: 'podIdentityAgent' }, 1);
    case 'node': {
      const own = turned && target.bound === 'primary' ? turned : undefined;
      const listening = own?.listening ? own.by : undefined;
      const by = own ? listening : listeningOn(scene, target.node, target.port.port);
      return by ? arrival(steps, by.receiver(seenAs ?? from), 1) : refusal(steps, target.node);
    }
    case 'loopback':
    case 'pod':
    case 'outside': {
      if (!turned) return arrival(steps, { kind: 'outside' }, 2);
      const lost = pathStep('receiver', 'drops', 'redirectedElsewhere', { refs: [turned.daemon.ref] });
      return { steps: [...steps, lost], end: { kind: 'dropped' } };
    }
  }
}

/**
 * Tells whether the metadata service of the node also answers on its IPv6 address, which is off by default.
 *
 * @source EC2 API ModifyInstanceMetadataOptions (HttpProtocolIpv6)
 */
function answersOverIpv6({ ask, source: { node } }: Scene): boolean {
  const { httpProtocolIpv6, ref } = node.imds;
  const known = httpProtocolIpv6 === undefined ? {} : { known: httpProtocolIpv6 };
  const question = { name: 'imds.httpProtocolIpv6', scope: node.name, about: ref ?? node.ref } as const;
  return ask({ ...question, ...known }) === 'enabled';
}

/** What lies between a pod and its node no manifest shows; it is asked only where somebody states it. */
function hopsOfPod({ world, ask, source: { node } }: Scene): number {
  const question = { name: 'imds.hops', scope: node.name } as const;
  const { basis } = lookUpFact(world, question);
  return basis.kind === 'stated' ? Number(ask(question)) : imdsHops.pod;
}

/** Ends a way at who has the packet. */
export function arrival(steps: readonly PathStep[], at: Receiver, hops: number): PacketPath {
  const refs = at.kind === 'kube2iam' ? [at.daemon.ref] : at.kind === 'kiam' ? [at.agent.ref] : [];
  return {
    steps: [...steps, pathStep('receiver', 'passes', 'arrives', { refs })],
    end: { kind: 'arrives', at, hops },
  };
}

function refusal(steps: readonly PathStep[], node: ClusterNode): PacketPath {
  return {
    steps: [...steps, pathStep('receiver', 'rejects', 'noListener', { refs: [node.ref] })],
    end: { kind: 'refused' },
  };
}
