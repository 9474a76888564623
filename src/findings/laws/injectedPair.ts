import type { AdmissionEvidence } from '../../admission/evidence.ts';
import type { Outcome } from '../../resolve/answer.ts';

type Injected = Extract<AdmissionEvidence, { kind: 'injected' }>;

/** Finds which variables the webhook injected on the way to an outcome. */
export function injectedPair({ trace }: Outcome): Injected['pair'] | undefined {
  for (const step of trace) {
    if (step.kind === 'admission' && step.evidence.kind === 'injected') return step.evidence.pair;
  }
  return undefined;
}
