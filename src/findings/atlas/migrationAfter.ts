import { kiamKeys } from '../../model/kiam.ts';
import { goRegexp } from '../../model/goRegexp.ts';
import { fieldOf, describeRef } from '../../model/objectRef.ts';
import type { Patch } from '../../model/patch.ts';
import type { Kube2iam } from '../../model/kube2iam.ts';
import type { Answer } from '../../resolve/answer.ts';
import type { Rule } from '../finding.ts';
import { causeRule, eachContainer, whereUsually, type Sighting } from '../law.ts';
import { listRoles } from '../laws/allowedRoles.ts';
import { exactTrustFixes } from '../laws/exactTrust.ts';
import { missingPermission } from '../laws/missingPermission.ts';
import { roleName } from '../laws/trustPolicy.ts';
import { mechanismWords, nameIdentity, workloadNames } from '../workloads.ts';

/** Who has fallen back to the node role lacks what the node role may no longer do. */
const nodeRoleSlimmed: Rule = causeRule(
  {
    id: 'mig-node-role-slimmed',
    title: 'a container has fallen back to the node role, which may not do what its own role may',
    severity: 'outage',
    expects: 'the migration to be done, so that the node role needs no permissions of applications',
    gets: 'access denied to the node role, for whoever had quietly fallen back to it: SDKs that go on, and pods that nothing was injected into',
    source: 'external-secrets/kubernetes-external-secrets#419',
    advice: 'find out who runs as the node role before its permissions are taken away',
  },
  eachContainer(({ intentions: [meant], answers, name, workload }, { world }): Sighting | undefined => {
    if (!meant || meant.mechanism === 'kube2iam' || meant.mechanism === 'kiam') return undefined;
    const fallen = whereUsually(answers, ({ mechanism }) => mechanism === 'imds');
    const identity = fallen[0]?.outcomes[0]?.identity;
    const missing =
      identity?.kind === 'role' ? missingPermission(world, meant.role, identity.arn) : undefined;
    if (!missing || !identity) return undefined;
    return {
      at: workload.template.ref,
      message: `${name} has fallen back from \`${meant.role}\` by ${mechanismWords[meant.mechanism]} to ${nameIdentity(identity)}, which may not do \`${missing.action}\` on \`${missing.resource}\``,
      answers: fallen,
      fixes: exactTrustFixes(world, meant.role, undefined),
    };
  }),
);

/** kiam's annotation of namespaces holds no longer under kube2iam. */
const kiamAnnotation: Rule = causeRule(
  {
    id: 'mig-kiam-annotation-reused',
    title: 'a namespace is restricted for kiam, and kube2iam does not read that',
    severity: 'privilegeEscalation',
    expects: 'the protection to move along with the pod annotations',
    gets: 'any role that kube2iam may assume, for whoever makes pods in the namespace, with every SDK',
    source:
      'uswitch/kiam:pkg/server/policy.go (NamespacePermittedRoleNamePolicy), jtblin/kube2iam:README.md (namespace restrictions)',
    advice:
      'set `--namespace-restrictions=true`, and translate each expression into a list of roles for kube2iam',
  },
  ({ world, answers }) => {
    const [daemon] = world.kube2iam;
    if (!daemon || daemon.startupFaults.length > 0 || daemon.flags.namespaceRestrictions) return [];
    if (world.kiamAgents.length > 0) return [];
    const served = whereUsually(answers, ({ mechanism }) => mechanism === 'kube2iam');
    return world.namespaces.flatMap((namespace): readonly Sighting[] => {
      const expression = namespace.annotations[kiamKeys.permitted];
      const own = served.filter(({ subject }) => subject.namespace === namespace.name);
      if (expression === undefined || own.length === 0) return [];
      const allowed = (roleArn: string): boolean => goRegexp(`^${expression}$`)?.test(roleArn) ?? false;
      const outside = rolesOf(own).filter((role) => !allowed(role));
      const beyond =
        outside.length === 0
          ? `could have any role, as ${workloadNames(own).join(', ')} has ${rolesOf(own).map(roleName).join(', ')}`
          : `has ${outside.map(roleName).join(', ')}, which it does not permit`;
      return [
        {
          at: fieldOf(namespace.ref, `metadata.annotations["${kiamKeys.permitted}"]`),
          message: `\`${kiamKeys.permitted}\` of namespace \`${namespace.name}\` is read by kiam alone, and ${describeRef(daemon.ref)} runs without restrictions: the namespace ${beyond}`,
          answers: own,
          fixes: [
            {
              title: `restrict ${describeRef(daemon.ref)} by namespace, with the roles that are in use`,
              patches: restrictions(daemon, served, (name, role) =>
                name === namespace.name ? allowed(role) : true,
              ),
            },
          ],
        },
      ];
    });
  },
);

function rolesOf(answers: readonly Answer[]): readonly string[] {
  return [
    ...new Set(
      answers.flatMap(({ outcomes: [usual] }) => (usual?.identity.kind === 'role' ? usual.identity.arn : [])),
    ),
  ];
}

function restrictions(
  daemon: Kube2iam,
  served: readonly Answer[],
  keeps: (namespace: string, roleArn: string) => boolean,
): readonly Patch[] {
  const namespaces = [...new Set(served.map(({ subject }) => subject.namespace))];
  return [
    ...namespaces.flatMap((name) => {
      const roles = rolesOf(served.filter(({ subject }) => subject.namespace === name));
      return listRoles(
        daemon,
        name,
        roles.filter((role) => keeps(name, role)),
      ).patches;
    }),
    { kind: 'kube2iamFlags', object: daemon.ref, set: { namespaceRestrictions: true }, withoutArguments: [] },
  ];
}

/** Conflicts that come to light when the older mechanism is taken away. */
export const migrationAfterRules: readonly Rule[] = [nodeRoleSlimmed, kiamAnnotation];
