import type { PolicyDocument } from '../model/aws.ts';
import type { StsRequest } from './assumeRequest.ts';
import type { PolicyRole, StatementEvidence } from './decision.ts';
import { evaluate, weigh, type Weight } from './evaluate.ts';
import { isAccepted } from './policy.ts';
import { parsePolicy } from './policyDocument.ts';
import { allOf, anyOf } from './truth.ts';

/** What the policies of one kind say of a request. */
export interface PolicySide {
  readonly by: PolicyRole;
  readonly weight: Weight;
  readonly because: readonly StatementEvidence[];
}

/**
 * Weighs policies for each action of a request: all must be allowed, none denied.
 *
 * @returns nothing when IAM would refuse one of the documents: what AWS holds in its place is not known
 */
export function weighPolicies(
  by: PolicyRole,
  documents: readonly PolicyDocument[],
  request: StsRequest,
): PolicySide | undefined {
  const parsed = documents.map((document) => parsePolicy(document, by));
  if (!parsed.every(isAccepted)) return undefined;
  const policies = parsed.map(({ policy }) => policy);
  const because = request.actions.map((action) => evaluate(policies, { ...request.context, action }));
  const weights = because.map(weigh);
  const weight: Weight = {
    allows: allOf(weights.map(({ allows }) => allows)),
    denies: anyOf(weights.map(({ denies }) => denies)),
  };
  return { by, weight, because: because.flat() };
}

/** Tells whether a side leaves the verdict to something that the input does not show. */
export function isOpen({ weight }: PolicySide): boolean {
  return weight.denies === 'open' || (weight.denies === 'no' && weight.allows === 'open');
}
