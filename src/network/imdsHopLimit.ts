/**
 * Hops from the instance metadata service: a pod in a network namespace of its own is one behind its node.
 *
 * @source measured with packets: an answer with TTL 1 reaches the node and not the pod, TTL 2 reaches both
 */
export const imdsHops: Readonly<Record<'pod' | 'node', number>> = { pod: 2, node: 1 };

/**
 * Decides whether the answer to an IMDSv2 token request reaches who asked.
 *
 * The limit is on that answer alone; answers to GET travel as far as they need to.
 *
 * @source EC2 user guide, HttpPutResponseHopLimit; measured with packets
 * @example
 * imdsAnswerReturns(1, imdsHops.pod) // => false
 * imdsAnswerReturns(2, imdsHops.pod) // => true
 */
export function imdsAnswerReturns(hopLimit: number, hops: number): boolean {
  return hopLimit >= hops;
}
