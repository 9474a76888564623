import { lintAnnotations } from '../admission/lintAnnotations.ts';
import { lintTrustPolicy } from '../iam/trustLint.ts';
import type { World } from '../model/world.ts';
import { answerKey, type Answer } from '../resolve/answer.ts';
import type { Examined, Finding, Rule } from './finding.ts';
import { symptoms } from './symptoms.ts';
import { chainOrderRules } from './atlas/chainOrder.ts';
import { daemonRoleAssumeRules } from './atlas/daemonRoleAssume.ts';
import { daemonRoleDefaultRules } from './atlas/daemonRoleDefault.ts';
import { daemonRoleKiamRules } from './atlas/daemonRoleKiam.ts';
import { daemonRoleNameRules } from './atlas/daemonRoleNames.ts';
import { daemonRoleNamespaceRules } from './atlas/daemonRoleNamespaces.ts';
import { daemonRolePodRules } from './atlas/daemonRolePods.ts';
import { chainPodRules } from './atlas/chainPods.ts';
import { chainSdkRules } from './atlas/chainSdk.ts';
import { chainTimeRules } from './atlas/chainTime.ts';
import { interceptionDaemonRules } from './atlas/interceptionDaemons.ts';
import { interceptionMissedRules } from './atlas/interceptionMissed.ts';
import { interceptionHopRules } from './atlas/interceptionHops.ts';
import { interceptionNodeRules } from './atlas/interceptionNodes.ts';
import { interceptionOptionRules } from './atlas/interceptionOptions.ts';
import { networkPolicyCutRules } from './atlas/networkPolicyCuts.ts';
import { networkPolicyHoleRules } from './atlas/networkPolicyHoles.ts';
import { networkPolicyOrderRules } from './atlas/networkPolicyOrders.ts';
import { chainedRoleRules } from './atlas/chainedRoles.ts';
import { injectionRules } from './atlas/injection.ts';
import { injectionAccountRules } from './atlas/injectionAccounts.ts';
import { injectionAnnotationRules } from './atlas/injectionAnnotations.ts';
import { injectionPodRules } from './atlas/injectionPods.ts';
import { migrationRules } from './atlas/migration.ts';
import { migrationAfterRules } from './atlas/migrationAfter.ts';
import { podIdentityRules } from './atlas/podIdentity.ts';
import { podIdentityPodRules } from './atlas/podIdentityPods.ts';
import { seedRules } from './atlas/seed.ts';
import { seedKube2iamRules } from './atlas/seedKube2iam.ts';
import { trustRules } from './atlas/trust.ts';
import { trustNetworkRules } from './atlas/trustNetwork.ts';
import { trustWideRules } from './atlas/trustWide.ts';

/** Every rule, in the order in which findings are listed. */
export const rules: readonly Rule[] = [
  ...symptoms,
  ...seedRules,
  ...seedKube2iamRules,
  ...injectionRules,
  ...injectionAnnotationRules,
  ...injectionAccountRules,
  ...injectionPodRules,
  ...trustRules,
  ...trustWideRules,
  ...trustNetworkRules,
  ...chainOrderRules,
  ...chainSdkRules,
  ...chainPodRules,
  ...chainTimeRules,
  ...podIdentityRules,
  ...podIdentityPodRules,
  ...migrationRules,
  ...migrationAfterRules,
  ...chainedRoleRules,
  ...daemonRoleDefaultRules,
  ...daemonRoleNameRules,
  ...daemonRoleNamespaceRules,
  ...daemonRoleAssumeRules,
  ...daemonRolePodRules,
  ...daemonRoleKiamRules,
  ...networkPolicyHoleRules,
  ...networkPolicyOrderRules,
  ...networkPolicyCutRules,
  ...interceptionMissedRules,
  ...interceptionDaemonRules,
  ...interceptionOptionRules,
  ...interceptionNodeRules,
  ...interceptionHopRules,
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
  const unexplained = rules
    .filter(({ level }) => level === 'symptom')
    .flatMap((rule) => rule.find(examined))
    .filter((finding) => !explained(finding));
  return [...unexplained, ...causes];
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
