import { sameIdentity } from '../../model/identity.ts';
import { findOutcome, type PropertyScope } from '../findOutcome.ts';
import { propertyOf, type Property } from '../property.ts';

/** How much a fault may take from a container. */
export interface StableOptions extends PropertyScope {
  /** `lost`: it may be left without credentials; `same`: not even that. `lost` when it is left out. */
  readonly credentials?: 'same' | 'lost';
}

/**
 * No ordinary failure turns a container into somebody else: STS unreachable, a token expired, the webhook
 * missed, kube2iam's pod or rule gone, the Pod Identity agent gone.
 *
 * @example
 * stableUnderFaults({ sdk: 'go-v2' }).check(world().build()) // => { kind: 'holds' }
 */
export function stableUnderFaults({ credentials = 'lost', ...scope }: StableOptions = {}): Property {
  const faults = scope.faults ?? 1;
  const most = faults === 1 ? 'no single fault gives' : `no ${faults} faults together give`;
  const rest = credentials === 'same' ? ', or none' : '';
  return propertyOf('stableUnderFaults', `${most} a pod another identity${rest}`, (world) =>
    findOutcome(world, { ...scope, faults }, ({ identity, when }, _target, { outcomes }) => {
      const needsFault = when.every((all) =>
        all.some(({ why, values, options }) => why === 'fault' && !values.includes(options[0] ?? '')),
      );
      if (!needsFault || (identity.kind === 'none' && credentials === 'lost')) return false;
      const healthy = outcomes.filter((each) =>
        each.when.some((all) => all.every((fact) => mayBeHealthy(fact))),
      );
      return !healthy.some((each) => sameIdentity(each.identity, identity));
    }),
  );
}

/** A fault that did not happen, or a fact that nobody stated. */
function mayBeHealthy(fact: {
  readonly why: string;
  readonly values: readonly string[];
  readonly options: readonly string[];
}): boolean {
  return fact.why === 'open' || fact.values.includes(fact.options[0] ?? '');
}
