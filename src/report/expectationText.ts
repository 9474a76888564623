import type { Outcome } from '../resolve/answer.ts';
import type { Overview } from '../resolve/resolve.ts';
import { conditionWords } from './conditions.ts';
import { identityWords, mechanismNames } from './identityWords.ts';

/**
 * Says how an expectation is not met: `expected pay/api=app, but container app gets node role via IMDS`.
 */
export function expectationText(expected: string, { subject }: Overview, outcome: Outcome): string {
  const { identity, mechanism, when } = outcome;
  const condition = conditionWords(when, { alternatives: 2, values: 6 });
  const via = identity.kind === 'none' ? '' : ` via ${mechanismNames[mechanism]}`;
  const who = identity.kind === 'none' ? 'no identity' : identityWords(identity);
  const details = condition === undefined ? '' : ` ${condition}`;
  return `expected ${expected}, but container ${subject.container.name} gets ${who}${via}${details}`;
}
