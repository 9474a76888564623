import { lintAnnotations } from '../admission/lintAnnotations.ts';
import { lintTrustPolicy } from '../iam/trustLint.ts';
import type { World } from '../model/world.ts';
import { answerKey, type Answer } from '../resolve/answer.ts';
import type { Examined, Finding, Rule } from './finding.ts';
import { injectionRules } from './atlas/injection.ts';
import { annotationNobodyReads } from './rules/annotationNobodyReads.ts';
import { defaultRoleForEveryone } from './rules/defaultRoleForEveryone.ts';
import { fallsBack } from './rules/fallsBack.ts';
import { hostNetworkAnnotated } from './rules/hostNetworkAnnotated.ts';
import { kube2iamExits } from './rules/kube2iamExits.ts';
import { kube2iamUnrestricted } from './rules/kube2iamUnrestricted.ts';
import { noCredentials } from './rules/noCredentials.ts';
import { policyLeavesOnlyMetadata } from './rules/policyLeavesOnlyMetadata.ts';
import { trustPolicyTooNarrow, trustPolicyTooWide } from './rules/trustPolicy.ts';
import { twoMechanisms } from './rules/twoMechanisms.ts';
import { wrongIdentity } from './rules/wrongIdentity.ts';

/** Every rule, in the order in which findings are listed. */
export const rules: readonly Rule[] = [
  wrongIdentity,
  noCredentials,
  fallsBack,
  twoMechanisms,
  hostNetworkAnnotated,
  defaultRoleForEveryone,
  kube2iamExits,
  kube2iamUnrestricted,
  policyLeavesOnlyMetadata,
  trustPolicyTooNarrow,
  trustPolicyTooWide,
  annotationNobodyReads,
  ...injectionRules,
];

/**
 * Finds the conflicts of a world, given its answers.
 *
 * @param answers - those of `resolveAll`, or a part of them
 */
export function findConflicts(world: World, answers: readonly Answer[]): readonly Finding[] {
  const examined: Examined = {
    world,
    answers,
    annotationComplaints: lintAnnotations(world),
    trustComplaints: world.roles.flatMap((role) =>
      role.trustPolicy ? lintTrustPolicy(role.trustPolicy) : [],
    ),
  };
  const causes = rules.filter(({ level }) => level === 'cause').flatMap((rule) => rule.find(examined));
  const explained = explainedBy(causes);
  const symptoms = rules
    .filter(({ level }) => level === 'symptom')
    .flatMap((rule) => rule.find(examined))
    .filter((finding) => !explained(finding));
  return [...symptoms, ...causes];
}

/**
 * Tells whether causes stand already for all the answers of a symptom.
 *
 * What is latent explains what is latent alone: it is not the reason for anything that happens today.
 */
function explainedBy(causes: readonly Finding[]): (symptom: Finding) => boolean {
  const keysOf = (findings: readonly Finding[]): ReadonlySet<string> =>
    new Set(findings.flatMap(({ answers }) => answers.map(answerKey)));
  const today = keysOf(causes.filter(({ severity }) => severity !== 'latent'));
  const latent = keysOf(causes.filter(({ severity }) => severity === 'latent'));
  return ({ severity, answers }) =>
    answers.every((answer) => (severity === 'latent' ? latent : today).has(answerKey(answer)));
}

/** Lists the ids of the findings that concern each answer, by {@link answerKey}. */
export function findingIdsByAnswer(findings: readonly Finding[]): ReadonlyMap<string, readonly string[]> {
  const ids = new Map<string, string[]>();
  for (const finding of findings) {
    for (const answer of finding.answers) {
      const key = answerKey(answer);
      const list = ids.get(key) ?? [];
      if (!list.includes(finding.rule)) list.push(finding.rule);
      ids.set(key, list);
    }
  }
  return ids;
}
