import { imdsHops } from './imdsHopLimit.ts';
import { listeningOn } from './interception.ts';
import type { PacketPath, PacketSource, PathStep, Receiver } from './path.ts';
import { pathStep } from './pathStep.ts';
import type { Turn } from './prerouting.ts';
import type { Scene } from './scene.ts';
import type { Target } from './target.ts';

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
      return arrival(steps, { kind: 'imds' }, imdsHops[from]);
    case 'podIdentityAgent':
      return arrival(steps, { kind: 'podIdentityAgent' }, 1);
    case 'node': {
      const own = turned && target.bound === 'primary' ? turned : undefined;
      const listening = own?.listening ? own.by : undefined;
      const by = own ? listening : listeningOn(scene, target.node, target.port.port);
      return by ? arrival(steps, by.receiver(seenAs ?? from), 1) : refusal(steps, scene.source);
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

/** Ends a way at who has the packet. */
export function arrival(steps: readonly PathStep[], at: Receiver, hops: number): PacketPath {
  const refs = at.kind === 'kube2iam' ? [at.daemon.ref] : at.kind === 'kiam' ? [at.agent.ref] : [];
  return {
    steps: [...steps, pathStep('receiver', 'passes', 'arrives', { refs })],
    end: { kind: 'arrives', at, hops },
  };
}

function refusal(steps: readonly PathStep[], { node }: PacketSource): PacketPath {
  return {
    steps: [...steps, pathStep('receiver', 'rejects', 'noListener', { refs: [node.ref] })],
    end: { kind: 'refused' },
  };
}
