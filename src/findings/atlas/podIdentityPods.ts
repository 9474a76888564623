import { roleArnAnnotation } from '../../model/builder.ts';
import { annotationRef, describeRef, type ObjectRef } from '../../model/objectRef.ts';
import type { Patch } from '../../model/patch.ts';
import { indexOf } from '../../model/world.ts';
import type { Workload } from '../../model/workload.ts';
import type { Answer } from '../../resolve/answer.ts';
import type { Rule } from '../finding.ts';
import { causeRule, eachContainer, whereUsually, type Sighting } from '../law.ts';
import { closeMetadataForPods } from '../laws/closeMetadata.ts';
import { consequences, severityOf } from '../laws/consequences.ts';
import { answersOfAccount } from '../laws/inertAnnotation.ts';
import { nodeOf } from '../laws/nodeOf.ts';
import { isOfOneMoment, objectOf, recreateFixes } from '../laws/notInjected.ts';
import { takesFromMetadata } from '../laws/takesFromMetadata.ts';
import { roleName } from '../laws/trustPolicy.ts';
import { workloadNames, workloadOf } from '../workloads.ts';

const handler = 'aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go';

/** Pods of before the association keep the role of the annotation. */
const bothConfigured: Rule = causeRule(
  {
    id: 'pi-association-and-annotation',
    title: 'a service account has an association and another role in its annotation',
    severity: 'wrongIdentity',
    expects: 'one of the two roles',
    gets: 'the role of the association in pods that are made now, the role of the annotation in pods of before, whatever the SDK',
    source: `${handler}, aws/amazon-eks-pod-identity-webhook:pkg/handler/testdata/containercredentials/rawPodWithRoleArn.pod.yaml`,
    advice: 'remove the annotation, and roll the workloads',
  },
  ({ world, answers }) =>
    world.podIdentityAssociations.flatMap((association): readonly Sighting[] => {
      const { namespace, serviceAccount, roleArn } = association;
      const account = indexOf(world).serviceAccount(namespace, serviceAccount);
      const annotated = account?.annotations[roleArnAnnotation];
      if (!account || !annotated || annotated === roleArn) return [];
      const users = answersOfAccount(world, answers, account);
      const old = whereUsually(users, ({ mechanism }) => mechanism === 'irsa').filter((answer) => {
        const status = workloadOf(world, answer)?.template.status;
        return status !== undefined && !isOfOneMoment(association, status.createdAt);
      });
      const rolled = [...new Set(old.map((answer) => workloadOf(world, answer)))].filter(
        (workload) => workload !== undefined,
      );
      const held =
        old.length === 0 ? '' : `; ${workloadNames(old).join(', ')} of before ${consequences(old)}`;
      return [
        {
          at: annotationRef(account, roleArnAnnotation),
          message: `${describeRef(account.ref)} is annotated with \`${annotated}\`, and its association gives new pods \`${roleArn ?? ''}\`${held}`,
          severity: old.length === 0 ? 'latent' : 'wrongIdentity',
          answers: old.length === 0 ? users : old,
          fixes: [
            {
              title: `remove ${roleArnAnnotation} from ${describeRef(account.ref)}${rolled.length === 0 ? '' : ' and recreate the pods of before'}`,
              patches: [
                {
                  kind: 'annotation',
                  object: { kind: 'ServiceAccount', namespace, name: serviceAccount },
                  on: 'metadata',
                  key: roleArnAnnotation,
                },
                ...rolled.map((workload): Patch => ({ kind: 'recreate', object: objectOf(workload) })),
              ],
            },
          ],
        },
      ];
    }),
);

/** The webhook did not know of the association yet. */
const cacheRace: Rule = causeRule(
  {
    id: 'pi-association-cache-race',
    title: 'association and pod were made together, and the webhook knew only the pod',
    severity: 'wrongIdentity',
    expects: 'the association to hold at once',
    gets: 'nothing injected, or the variables of IRSA, which are an error where no OIDC provider is registered',
    source: 'aws/amazon-eks-pod-identity-webhook#264, aws/eks-pod-identity-agent#153',
    advice: 'wait some seconds after the association, and make the pod anew',
  },
  eachContainer((container, { world }): Sighting | undefined => {
    const { workload, answers, name } = container;
    const { namespace, serviceAccountName, status } = workload.template;
    const association = indexOf(world).association(namespace, serviceAccountName);
    if (!association || !status || !isOfOneMoment(association, status.createdAt)) return undefined;
    const affected = whereUsually(answers, ({ mechanism }) => mechanism !== 'podIdentity').filter(
      (answer) => !holdsUri(workload, answer),
    );
    if (affected.length === 0) return undefined;
    return {
      at: workload.template.ref,
      message: `${name} was made at ${status.createdAt ?? ''}, seconds after ${describeRef(association.ref)}, and has none of its variables; it gets ${consequences(affected)}`,
      severity: severityOf(affected),
      answers: affected,
      fixes: recreateFixes(container),
    };
  }),
);

function holdsUri({ template }: Workload, { subject }: Answer): boolean {
  return template.containers.some(
    ({ name, env }) =>
      name === subject.container.name &&
      env.some((each) => each.name === 'AWS_CONTAINER_CREDENTIALS_FULL_URI'),
  );
}

/** A pattern in an association matches nothing. */
const patterns: Rule = causeRule(
  {
    id: 'pi-no-wildcards',
    title: 'a pattern in an association matches no service account',
    severity: 'wrongIdentity',
    expects: 'every service account that fits the pattern, as in a trust policy',
    gets: 'namespace and name are compared letter by letter, so fitting pods stay bare and every SDK goes to the metadata service',
    source: 'aws/eks-pod-identity-agent#112',
    advice: 'make an association for each service account',
  },
  ({ world, answers }) =>
    world.podIdentityAssociations
      .filter(({ namespace, serviceAccount }) => /[*?]/.test(namespace + serviceAccount))
      .flatMap((association): readonly Sighting[] => {
        const bare = whereUsually(answers, ({ mechanism }) => mechanism !== 'podIdentity').filter(
          (answer) => {
            const template = workloadOf(world, answer)?.template;
            return (
              template !== undefined &&
              fits(association.namespace, template.namespace) &&
              fits(association.serviceAccount, template.serviceAccountName) &&
              !indexOf(world).association(template.namespace, template.serviceAccountName)
            );
          },
        );
        if (bare.length === 0) return [];
        const { roleArn } = association;
        const accounts = new Map(
          bare.flatMap((answer) => {
            const template = workloadOf(world, answer)?.template;
            return template
              ? [[`${template.namespace}/${template.serviceAccountName}`, template] as const]
              : [];
          }),
        );
        return [
          {
            at: association.ref,
            message: `the pattern \`${association.namespace}/${association.serviceAccount}\` matches no service account; ${workloadNames(bare).join(', ')}: ${consequences(bare)}`,
            severity: severityOf(bare),
            answers: bare,
            fixes:
              roleArn === undefined
                ? []
                : [
                    {
                      title: `associate ${[...accounts.keys()].join(', ')} one by one`,
                      patches: [
                        ...[...accounts.values()].map(
                          ({ namespace, serviceAccountName: serviceAccount }): Patch => ({
                            kind: 'association',
                            namespace,
                            serviceAccount,
                            roleArn,
                          }),
                        ),
                        {
                          kind: 'association',
                          namespace: association.namespace,
                          serviceAccount: association.serviceAccount,
                        },
                      ],
                    },
                  ],
          },
        ];
      }),
);

function fits(pattern: string, name: string): boolean {
  const known = pattern.replaceAll(/[^a-z0-9*?-]/g, '');
  return new RegExp(`^${known.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(name);
}

/** The association works, and the node role is within reach beside it. */
const metadataOpen: Rule = causeRule(
  {
    id: 'pi-does-not-close-imds',
    title: 'pods with an association can still take the node role',
    severity: 'latent',
    expects: 'an association to keep pods from the node role',
    gets: 'the metadata service answers any pod that asks, whatever its SDK takes first',
    source: 'awsdocs/amazon-eks-user-guide:latest/ug/manage-access/aws-access/service-accounts.adoc',
    advice: 'require tokens and let them travel one hop, or block the address by a policy that holds',
  },
  ({ world, answers }) => {
    const byNode = new Map<
      string,
      { readonly at: ObjectRef; readonly role: string; readonly open: Answer[] }
    >();
    for (const answer of whereUsually(answers, ({ mechanism }) => mechanism === 'podIdentity')) {
      const workload = workloadOf(world, answer);
      const { ref: at, roleArn } = (answer.outcomes[0] && nodeOf(answer.outcomes[0])) ?? {};
      if (!workload || !at || roleArn === undefined || workload.template.hostNetwork) continue;
      if (!takesFromMetadata(world, workload, roleArn)) continue;
      const known = byNode.get(at.name);
      if (known) known.open.push(answer);
      else byNode.set(at.name, { at, role: roleName(roleArn), open: [answer] });
    }
    return [...byNode.values()].map(({ at, role, open }): Sighting => ({
      at,
      message: `${workloadNames(open).join(', ')} can take ${role} from the metadata service beside the role of the association`,
      answers: open,
      fixes: [closeMetadataForPods],
    }));
  },
);

/** Conflicts between associations and the pods that they are for. */
export const podIdentityPodRules: readonly Rule[] = [bothConfigured, cacheRace, patterns, metadataOpen];
