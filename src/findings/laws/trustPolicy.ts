import { parseRoleArn } from '../../model/arn.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { admittedAccounts } from '../../resolve/admittedAccounts.ts';
import type { Answer } from '../../resolve/answer.ts';
import type { Examined, Rule } from '../finding.ts';
import { causeRule, type ConflictRow, type Sighting } from '../law.ts';
import { byContainer, workloadNames } from '../workloads.ts';
import { consequences, severityOf } from './consequences.ts';
import { exactTrustFixes } from './exactTrust.ts';
import { refusalsOf, type Refusal } from './stsRefuses.ts';

/** The name of a role in a sentence. */
export function roleName(roleArn: string): string {
  return `role \`${parseRoleArn(roleArn)?.name ?? roleArn}\``;
}

/**
 * The law: a trust policy that can match nobody refuses whoever asks.
 *
 * @param codes - what `lintTrustPolicy` says of such a policy
 */
export function admitsNobodyRule(row: ConflictRow, codes: readonly string[]): Rule {
  return causeRule(row, (examined) =>
    complaintsBy(examined, codes).map(([roleArn, complaint]): Sighting => {
      const answers = refusalsOf(examined.answers)
        .filter((refusal) => isRefusedBy(refusal, roleArn))
        .map(({ answer }) => answer);
      const then =
        answers.length === 0 ? '' : `; ${workloadNames(answers).join(', ')}: ${consequences(answers)}`;
      return {
        at: placeOf(complaint),
        message: `the trust policy of ${roleName(roleArn)} admits nobody: ${complaint.message}${then}`,
        severity: answers.length === 0 ? row.severity : severityOf(answers),
        answers,
        fixes: exactTrustFixes(examined.world, roleArn, complaint.field),
      };
    }),
  );
}

/** Tells whether the trust policy of a role is why STS refused. */
function isRefusedBy({ evidence }: Refusal, roleArn: string): boolean {
  return (
    evidence.kind === 'assumption' && evidence.roleArn === roleArn && evidence.decision.kind === 'denied'
  );
}

/**
 * The law: a trust policy admits a language of subjects; whoever can make a service account in it has the role.
 *
 * Only what the tokens of this cluster can match counts. The account that could be made is the shortest witness.
 */
export function admitsTooManyRule(row: ConflictRow, codes: readonly string[]): Rule {
  return causeRule(row, (examined) =>
    complaintsBy(examined, codes).flatMap(([roleArn, complaint]): readonly Sighting[] => {
      const witness = witnessOf(examined, roleArn);
      if (witness === undefined) return [];
      return [
        {
          at: placeOf(complaint),
          message: `the trust policy of ${roleName(roleArn)} admits too many: ${complaint.message}; \`${witness}\` would get it too`,
          answers: usersOf(examined, roleArn),
          fixes: exactTrustFixes(examined.world, roleArn, complaint.field),
        },
      ];
    }),
  );
}

/** The law for a statement that names everybody as its principal: no token is needed, and no service account. */
export function admitsEverybodyRule(row: ConflictRow, codes: readonly string[]): Rule {
  return causeRule(row, (examined) =>
    complaintsBy(examined, codes).map(([roleArn, complaint]): Sighting => ({
      at: placeOf(complaint),
      message: `the trust policy of ${roleName(roleArn)} admits everybody: ${complaint.message}`,
      answers: usersOf(examined, roleArn),
      fixes: exactTrustFixes(examined.world, roleArn, complaint.field),
    })),
  );
}

/** A service account that nobody meant, and that could be made: nothing where only other clusters are trusted. */
function witnessOf({ world }: Examined, roleArn: string): string | undefined {
  for (const { of, other } of admittedAccounts(world, roleArn) ?? []) {
    if (of !== 'another' && other.kind === 'text') return other.text;
  }
  return undefined;
}

/** The first complaint of these about each role. */
function complaintsBy(
  { trustComplaints }: Examined,
  codes: readonly string[],
): readonly (readonly [roleArn: string, complaint: Diagnostic])[] {
  const byRole = new Map<string, Diagnostic>();
  for (const complaint of trustComplaints) {
    const roleArn = complaint.object?.name ?? '';
    if (codes.includes(complaint.code) && !byRole.has(roleArn)) byRole.set(roleArn, complaint);
  }
  return [...byRole];
}

function placeOf({ object, field, position }: Diagnostic): Sighting['at'] {
  return {
    ...(object ?? { kind: 'TrustPolicy', name: '' }),
    ...(field === undefined ? {} : { field }),
    ...(position ? { position } : {}),
  };
}

/** Answers of the containers that ask for a role. */
function usersOf({ world, answers }: Examined, roleArn: string): readonly Answer[] {
  return byContainer(world, answers)
    .filter(({ intentions }) => intentions.some(({ role }) => role === roleArn))
    .flatMap((container) => container.answers);
}
