import { factKey } from '../model/fact.ts';
import { describeSdk } from '../model/sdk.ts';
import type { World } from '../model/world.ts';
import type { Counterexample, Witness } from '../report/counterexample.ts';
import { conditionText } from '../resolve/condition.ts';
import type { Property } from './property.ts';

/** The lists of a world that are cut first: what is left out early makes every later trial cheap. */
const early: readonly (keyof World)[] = [
  'workloads',
  'nodes',
  'iptables',
  'serviceAccounts',
  'networkPolicies',
  'adminPolicies',
  'ciliumPolicies',
  'calicoPolicies',
  'roles',
];

function listsOf(world: World): readonly (keyof World)[] {
  const all = Object.entries(world).flatMap(([key, value]) =>
    Array.isArray(value) ? [key as keyof World] : [],
  );
  return [...new Set([...early, ...all])];
}

/**
 * Leaves out of a counterexample every object without which the law is broken all the same, in the same way
 * and under the same conditions, and with nothing more that has to be assumed.
 */
export function minimise(property: Property, counterexample: Counterexample): Counterexample {
  let smallest = counterexample;
  const key = witnessKey(counterexample.witness);
  const holdsWithout = (world: World): boolean => {
    const verdict = property.check(world);
    if (verdict.kind === 'holds') return true;
    const { witness } = verdict.counterexample;
    if (witnessKey(witness) !== key) return true;
    smallest = { world, witness, changes: smallest.changes };
    return false;
  };
  const { organization, ...withoutOrganization } = counterexample.world;
  if (organization) holdsWithout(withoutOrganization);
  const itemsOf = (list: keyof World): readonly unknown[] => smallest.world[list] as readonly unknown[];
  for (const list of listsOf(counterexample.world)) {
    let size = Math.ceil(itemsOf(list).length / 2);
    while (size > 0) {
      let at = 0;
      while (at < itemsOf(list).length) {
        const items = itemsOf(list);
        const rest = [...items.slice(0, at), ...items.slice(at + size)];
        if (holdsWithout({ ...smallest.world, [list]: rest })) at += size;
      }
      size = Math.floor(size / 2);
    }
  }
  return smallest;
}

/** Says how a law is broken, when, and what is assumed for it. */
function witnessKey(witness: Witness): string {
  if (witness.kind === 'reach') {
    const { hops, when } = witness.reach;
    return [...hops.map(({ by }) => by), conditionText(when)].join(' ');
  }
  const { answer, outcome } = witness;
  const { identity, mechanism, when } = outcome;
  const assumed = answer.consulted.flatMap(({ basis, question }) =>
    basis.kind === 'assumed' ? [factKey(question)] : [],
  );
  const how = [identity.kind, mechanism, describeSdk(answer.sdk), conditionText(when)];
  return [...how, ...assumed.toSorted()].join(' ');
}
