import { intentionsOf } from '../../findings/intention.ts';
import { findOutcome, type PropertyScope } from '../findOutcome.ts';
import { propertyOf, type Property } from '../property.ts';

/**
 * A container for which a role is asked for gets it, or nothing: never credentials by another way.
 *
 * A role is asked for by an EKS Pod Identity association, by the annotation of the service account, or by the
 * annotation that kube2iam reads.
 *
 * @example
 * noFallback().check(world().pod('pay/api').build()) // => { kind: 'holds' }
 */
export function noFallback(scope: PropertyScope = {}): Property {
  const law = 'a pod that asks for a role gets it by that way or gets nothing';
  return propertyOf('noFallback', law, (world) =>
    findOutcome(world, scope, ({ identity, mechanism }, { workload }) => {
      const asked = intentionsOf(world, workload);
      if (asked.length === 0 || identity.kind === 'none') return false;
      return !asked.some((intention) => intention.mechanism === mechanism);
    }),
  );
}
