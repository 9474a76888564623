import type { JsonValue } from '../model/aws.ts';
import { doubt, refusal, type Complaint } from './complaint.ts';
import type { PolicyRole } from './decision.ts';

/** How long a policy may be, in characters without white space. */
interface SizeLimit {
  /** Without a raised quota; absent where no quota can be raised. */
  readonly usual?: number;
  /** With the quota raised as far as it goes. */
  readonly most: number;
  readonly source: string;
}

const quotas = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html';

/** The limits that are known; those of the other kinds of policy hold for several documents together. */
const sizeLimits: Readonly<Partial<Record<PolicyRole, SizeLimit>>> = {
  trustPolicy: {
    usual: 2_048,
    most: 8_192,
    source: `${quotas} (Role trust policy length, L-C07B4B0D); 4,096 at most until 2024`,
  },
  identityPolicy: { most: 10_240, source: `${quotas} (role inline policies, together)` },
};

/**
 * Complains of a policy that is longer than IAM stores: for certain, or unless a quota was raised.
 *
 * @source https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html ("IAM doesn't count white
 *   space")
 */
export function sizeComplaints(value: JsonValue, role: PolicyRole): readonly Complaint[] {
  const limit = sizeLimits[role];
  if (!limit) return [];
  const size = JSON.stringify(value).length;
  const { usual = limit.most, most } = limit;
  const told = `the policy has ${size} characters`;
  if (size > most) return [refusal('policy-too-long', '', told, { expected: `at most ${most}` })];
  if (size <= usual) return [];
  const help = `IAM stores up to ${most} when the quota was raised`;
  return [doubt('policy-longer-than-default', '', told, { expected: `at most ${usual}`, help })];
}
