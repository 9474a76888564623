import { describe, expect, it } from 'vitest';
import { isAllowed, type AssumeDecision } from '../../src/iam/decision.ts';

describe('the verdict of a decision', () => {
  it.each<[string, AssumeDecision, boolean]>([
    ['allowed by a policy', { kind: 'allowed', because: [] }, true],
    ['denied by a policy', { kind: 'denied', reason: 'implicitDeny', by: 'trustPolicy', because: [] }, false],
    ['allowed by a fact', { kind: 'byFact', allowed: true, question: { name: 'sdk' } }, true],
    ['denied by a fact', { kind: 'byFact', allowed: false, question: { name: 'sdk' } }, false],
  ])('%s', (_, decision, expected) => {
    expect(isAllowed(decision)).toBe(expected);
  });
});
