import type { ObjectRef } from '../../model/objectRef.ts';
import type { Answer, Outcome } from '../../resolve/answer.ts';
import type { ResolvedProvider } from '../../sdkChain/behaviour.ts';
import { sdkBehaviour } from '../../sdkChain/registry.ts';

/** The member of a chain from which the credentials came, and what switched it on. */
export interface Winner {
  readonly kind: ResolvedProvider['kind'];
  /** Variables, and places of a profile. */
  readonly by: readonly string[];
  readonly refs: readonly ObjectRef[];
}

/** Finds the kind of a member of an answer's chain. */
export function providerKind({ sdk }: Answer, id: string): ResolvedProvider['kind'] | undefined {
  return sdkBehaviour(sdk).behaviour.providers.find((provider) => provider.id === id)?.kind;
}

/** Finds who won the usual way, or nothing when there are no credentials. */
export function winnerOf(answer: Answer): Winner | undefined {
  const [usual] = answer.outcomes;
  const last = usual?.trace.at(-1);
  if (last?.kind !== 'chain' || last.step.kind !== 'succeeded') return undefined;
  const { provider } = last.step;
  const kind = providerKind(answer, provider);
  if (!kind) return undefined;
  for (const step of usual?.trace.toReversed() ?? []) {
    if (step.kind === 'chain' && step.step.kind === 'selected' && step.step.provider === provider) {
      return { kind, by: step.step.by, refs: step.step.refs };
    }
  }
  return { kind, by: [], refs: [] };
}

/** Tells whether a member of the chain failed in one of these ways on the way to an outcome. */
export function failedBy(outcome: Outcome, failures: readonly string[]): boolean {
  return outcome.trace.some(
    (step) => step.kind === 'chain' && step.step.kind === 'failed' && failures.includes(step.step.failure),
  );
}
