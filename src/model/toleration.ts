import type { Taint } from './node.ts';
import type { Toleration } from './pod.ts';

/**
 * Decides whether a toleration is about a taint.
 *
 * An absent key with `Exists` tolerates every taint, an absent effect every effect.
 *
 * @source Kubernetes documentation "Taints and Tolerations"
 * @example
 * tolerates({ operator: 'Exists' }, { key: 'gpu', effect: 'NoSchedule' }) // => true
 */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect !== undefined && toleration.effect !== taint.effect) return false;
  if (toleration.key === undefined) return toleration.operator === 'Exists';
  if (toleration.key !== taint.key) return false;
  return toleration.operator === 'Exists' || (toleration.value ?? '') === (taint.value ?? '');
}
