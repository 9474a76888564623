import type { ClusterNode } from '../../model/node.ts';
import type { Outcome } from '../../resolve/answer.ts';

/** Finds the node on which a pod runs on the way to an outcome. */
export function nodeOf({ trace }: Outcome): ClusterNode | undefined {
  const placed = trace.find((step) => step.kind === 'placement');
  return placed?.placement.node;
}
