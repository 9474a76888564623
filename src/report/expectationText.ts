import type { UnmetExpectation } from '../findings/expectations.ts';
import type { Expectation } from '../model/expectation.ts';
import type { Outcome } from '../resolve/answer.ts';
import type { Overview } from '../resolve/resolve.ts';
import { containerWords } from './checkReport.ts';
import { conditionWords } from './conditions.ts';
import { identityWords, mechanismNames } from './identityWords.ts';
import { countOf } from './lists.ts';

/**
 * Says how an expectation is not met: `expected pay/api=app, but container app gets node role via IMDS`.
 */
export function expectationText(expected: string, { subject }: Overview, outcome: Outcome): string {
  return `expected ${expected}, but container ${subject.container.name} gets ${outcomeWords(outcome)}`;
}

/** Says how an expectation of `whichrole.yaml` is not met. */
export function unmetText({ expectation, overview, outcome }: UnmetExpectation): string {
  const expected = expectationWords(expectation);
  return `expected ${expected}, but ${containerWords(overview)}, gets ${outcomeWords(outcome)}`;
}

/** Says what is expected: `no pod of namespace pay to get node-role under 1 fault`. */
export function expectationWords({ of, claim, identity, underFaults = 0 }: Expectation): string {
  const faults = underFaults === 0 ? '' : ` under ${countOf(underFaults, 'fault')}`;
  const never = claim === 'never';
  const what = `to get ${identity}${faults}`;
  switch (of.kind) {
    case 'workload':
      return `${of.workload} ${never ? 'never ' : ''}${what}`;
    case 'namespace':
      return `${never ? 'no' : 'every'} pod of namespace ${of.namespace} ${what}`;
    case 'cluster':
      return `${never ? 'no' : 'every'} pod ${what}`;
  }
}

function outcomeWords({ identity, mechanism, when }: Outcome): string {
  const condition = conditionWords(when, { alternatives: 2, values: 6 });
  const via = identity.kind === 'none' ? '' : ` via ${mechanismNames[mechanism]}`;
  const who = identity.kind === 'none' ? 'no identity' : identityWords(identity);
  return `${who}${via}${condition === undefined ? '' : ` ${condition}`}`;
}
