import type { Destination, PacketPath, Receiver } from '../network/path.ts';
import type { ExchangeStep, Step, Way } from '../resolve/trace.ts';
import { admissionSentence, placementSentence } from './admissionSentences.ts';
import { chainSentence, isGoodReply, replyWords, requestWords } from './chainSentences.ts';
import { pathSentence } from './pathSentences.ts';
import { node, say, type Sentence, type TraceNode } from './sentence.ts';
import { serviceNode } from './serviceSentences.ts';

/**
 * Tells the steps of a trace in words, each with what it consists of.
 *
 * Requests to one address mostly go the same way: it is told once.
 */
export function traceTree(trace: readonly Step[]): readonly TraceNode[] {
  const told = new Set<string>();
  return trace.map((step, at) => stepNode(step, told, at === trace.length - 1 ? 'last' : 'inside'));
}

function stepNode(step: Step, told: Set<string>, place: 'inside' | 'last'): TraceNode {
  switch (step.kind) {
    case 'placement':
      return node(placementSentence(step.placement));
    case 'admission':
      return node(admissionSentence(step.evidence));
    case 'chain':
      return node(chainSentence(step.step, place));
    case 'exchange':
      return exchangeNode(step, told);
  }
}

function exchangeNode(step: ExchangeStep, told: Set<string>): TraceNode {
  const { provider, request, reply, attempts, ways, evidence } = step;
  const times = attempts > 1 ? ` (${attempts} attempts)` : '';
  const text = `${provider}: ${requestWords(request)}${times}: ${replyWords(reply)}`;
  const at = reply.kind === 'file' ? reply.content.from : undefined;
  return node(say(isGoodReply(reply) ? 'good' : 'bad', text, { at }), [
    ...ways.map((way) => wayNode(way, told)),
    ...weighed(evidence.map(serviceNode), told),
  ]);
}

/** What a service weighed; kube2iam weighs the same for each of the requests that fetch credentials. */
function weighed(nodes: readonly TraceNode[], told: Set<string>): readonly TraceNode[] {
  const text = JSON.stringify(nodes);
  if (nodes.length > 1 && told.has(text)) return [node(say('aside', 'weighed as before'))];
  told.add(text);
  return nodes;
}

function wayNode({ to, path }: Way, told: Set<string>): TraceNode {
  const end = wayEnd(to, path);
  const inside = path.steps.map((step) => node(pathSentence(step)));
  const text = JSON.stringify([end, inside]);
  if (told.has(text)) return node({ ...end, text: `${end.text}, as before` });
  told.add(text);
  return node(end, inside);
}

/** Says where a packet ended. */
export function wayEnd(to: Destination, { end }: PacketPath): Sentence {
  const target = destinationWords(to);
  switch (end.kind) {
    case 'arrives':
      return receiverSentence(`packet to ${target}:`, end.at);
    case 'dropped':
      return say('bad', `packet to ${target}: is dropped`);
    case 'refused':
      return say('bad', `packet to ${target}: is refused`);
  }
}

function receiverSentence(packet: string, receiver: Receiver): Sentence {
  switch (receiver.kind) {
    case 'imds':
      return say('good', `${packet} reaches IMDS`);
    case 'kube2iam':
      return say('good', `${packet} reaches kube2iam`, { at: receiver.daemon.ref });
    case 'kiam':
      return say('good', `${packet} reaches the kiam agent`, { at: receiver.agent.ref });
    case 'podIdentityAgent':
      return say('good', `${packet} reaches the EKS Pod Identity agent`);
    case 'outside':
      return say('good', `${packet} leaves the node`);
  }
}

/** Names where a packet is to go. */
export function destinationWords(to: Destination): string {
  switch (to.kind) {
    case 'address':
      return `${to.address.includes(':') ? `[${to.address}]` : to.address}:${to.port}`;
    case 'node':
      return `the node, port ${to.port}`;
    case 'sts':
      return 'STS (443)';
    case 'dns':
      return 'the cluster DNS (53)';
  }
}
