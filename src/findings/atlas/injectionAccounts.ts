import { webhookConfig } from '../../admission/webhookConfigMap.ts';
import { webhookKeys } from '../../admission/webhookFacts.ts';
import { nearestWord } from '../../model/nearest.ts';
import { annotationRef, describeRef, fieldOf } from '../../model/objectRef.ts';
import type { Fix } from '../../model/patch.ts';
import type { Workload } from '../../model/workload.ts';
import { indexOf, type World } from '../../model/world.ts';
import type { Rule } from '../finding.ts';
import { causeRule, eachContainer, hasStep, whereUsually, type Sighting } from '../law.ts';
import { consequences, severityOf } from '../laws/consequences.ts';
import { giveRole } from '../laws/giveRole.ts';
import { answersOfAccount } from '../laws/inertAnnotation.ts';
import { objectOf } from '../laws/notInjected.ts';
import { workloadNames } from '../workloads.ts';

/** Where a pod names a service account that is not shown: one that was perhaps meant. */
const missingAccount: Rule = causeRule(
  {
    id: 'irsa-sa-missing',
    title: 'the pod names a service account that is not there',
    severity: 'outage',
    expects: 'the role of the service account',
    gets: 'the API server refuses the pod, so there is none',
    source: 'kubernetes/kubernetes:plugin/pkg/admission/serviceaccount/admission.go',
    advice: 'let namespace and name agree with a service account that exists',
  },
  eachContainer(({ workload, answers, name }, { world }): Sighting | undefined => {
    const { serviceAccountName, namespace, ref } = workload.template;
    if (indexOf(world).serviceAccount(namespace, serviceAccountName)) return undefined;
    const refused = whereUsually(answers, (outcome) =>
      hasStep(
        outcome,
        (step) =>
          step.kind === 'admission' &&
          'reason' in step.evidence &&
          step.evidence.reason === 'noSuchServiceAccount',
      ),
    );
    const near = nearestWord(
      serviceAccountName,
      world.serviceAccounts
        .filter((account) => account.namespace === namespace && account.annotations[webhookKeys.roleArn])
        .map((account) => account.name),
    );
    const elsewhere = world.serviceAccounts.find(
      (account) =>
        account.name === serviceAccountName && account.annotations[webhookKeys.roleArn] !== undefined,
    );
    const meant = near ?? (elsewhere && `${elsewhere.namespace}/${elsewhere.name}`);
    if (serviceAccountName === 'default' || (refused.length === 0 && meant === undefined)) return undefined;
    const affected = refused.length === 0 ? answers : refused;
    return {
      at: fieldOf(ref, 'spec.serviceAccountName'),
      message: `${name} runs as service account \`${namespace}/${serviceAccountName}\`, which ${refused.length === 0 ? 'the input does not show' : 'is not there'}${meant === undefined ? '' : `; \`${meant}\` is there`}`,
      severity: refused.length === 0 ? 'latent' : 'outage',
      answers: affected,
      fixes: near === undefined ? [] : [runAs(workload, near)],
    };
  }),
);

/** A workload that names no service account, beside one of its own name that has a role and no user. */
const unnamedAccount: Rule = causeRule(
  {
    id: 'irsa-sa-not-named',
    title: 'the pod does not name the service account that was made for it',
    severity: 'wrongIdentity',
    expects: 'the role of the service account of the same name',
    gets: 'the service account `default`, which has no role, so nothing is injected',
    source:
      'kubernetes/kubernetes:plugin/pkg/admission/serviceaccount/admission.go (DefaultServiceAccountName)',
    advice: 'set `serviceAccountName` in the pod template',
  },
  eachContainer(({ workload, answers, name }, { world }): Sighting | undefined => {
    const { template, namespace } = workload;
    const account = indexOf(world).serviceAccount(namespace, workload.name);
    const isUsed = world.workloads.some(
      (each) => each.namespace === namespace && each.template.serviceAccountName === workload.name,
    );
    if (template.serviceAccountName !== 'default' || isUsed) return undefined;
    if (!account?.annotations[webhookKeys.roleArn]) return undefined;
    const affected = whereUsually(answers, ({ mechanism }) => mechanism !== 'irsa');
    if (affected.length === 0) return undefined;
    return {
      at: fieldOf(template.ref, 'spec.serviceAccountName'),
      message: `${name} runs as \`default\`, and ${describeRef(account.ref)}, which has a role, is used by nobody; it gets ${consequences(affected)}`,
      answers: affected,
      fixes: [runAs(workload, workload.name)],
    };
  }),
);

function runAs(workload: Workload, serviceAccountName: string): Fix {
  return {
    title: `let ${workload.namespace}/${workload.name} run as service account ${serviceAccountName}`,
    patches: [{ kind: 'podSpec', object: objectOf(workload), set: { serviceAccountName } }],
  };
}

/** The service account of all pods that name none carries a role. */
const defaultAccount: Rule = causeRule(
  {
    id: 'irsa-default-sa-annotated',
    title: 'the service account of all pods that name none carries a role',
    severity: 'privilegeEscalation',
    expects: 'one workload to use the role',
    gets: 'the role for every pod of the namespace that names no service account',
    source: 'fluxcd/source-controller#284',
    advice: 'make a service account for the workload that needs the role, and annotate that one',
  },
  ({ world, answers }) =>
    world.serviceAccounts
      .filter(({ name, annotations }) => name === 'default' && annotations[webhookKeys.roleArn])
      .map((account): Sighting => {
        const users = answersOfAccount(world, answers, account);
        const names = workloadNames(users).join(', ');
        return {
          at: annotationRef(account, webhookKeys.roleArn),
          message: `every pod of namespace \`${account.namespace}\` that names no service account gets \`${account.annotations[webhookKeys.roleArn] ?? ''}\`${names === '' ? '' : `: ${names}`}`,
          answers: users,
        };
      }),
);

/** A pattern that the webhook's ConfigMap does not know. */
const configMapPattern: Rule = causeRule(
  {
    id: 'irsa-wildcard-configmap',
    title: 'a pattern in the ConfigMap of the webhook matches nothing',
    severity: 'wrongIdentity',
    expects: 'every namespace that fits the pattern',
    gets: 'only exact namespaces and a `*` alone are looked up, so pods of fitting namespaces stay bare',
    source:
      'aws/amazon-eks-pod-identity-webhook#237, aws/amazon-eks-pod-identity-webhook:README.md, aws/amazon-eks-pod-identity-webhook:pkg/cache/cache.go',
    advice: 'write an entry for each namespace, or annotate the service accounts',
  },
  ({ world, answers }) =>
    world.dataObjects.flatMap((object) =>
      Object.entries(webhookConfig(object)).flatMap(([key, { RoleARN }]): readonly Sighting[] => {
        const [pattern = '', name = ''] = key.split('/');
        if (!pattern.includes('*') || pattern === '*') return [];
        const fitting = new RegExp(`^${pattern.replace(/[^a-z0-9*-]/g, '').replaceAll('*', '.*')}$`);
        const bare = answers.filter(
          (answer) =>
            fitting.test(answer.subject.namespace) &&
            answersOfAccount(world, [answer], { namespace: answer.subject.namespace, name }).length > 0 &&
            whereUsually([answer], (outcome) =>
              hasStep(
                outcome,
                (step) =>
                  step.kind === 'admission' &&
                  'reason' in step.evidence &&
                  step.evidence.reason === 'noAnnotation',
              ),
            ).length > 0,
        );
        if (bare.length === 0) return [];
        const namespaces = [...new Set(bare.map(({ subject }) => subject.namespace))];
        return [
          {
            at: fieldOf(object.ref, `data.config["${key}"]`),
            message: `the entry \`${key}\` matches no namespace; ${workloadNames(bare).join(', ')}: ${consequences(bare)}`,
            severity: severityOf(bare),
            answers: bare,
            fixes: typeof RoleARN === 'string' ? [annotateFix(world, namespaces, name, RoleARN)] : [],
          },
        ];
      }),
    ),
);

function annotateFix(world: World, namespaces: readonly string[], name: string, roleArn: string): Fix {
  return {
    title: `annotate service account ${name} in ${namespaces.join(', ')} with the role`,
    patches: namespaces.map((namespace) => giveRole(world, namespace, name, roleArn)),
  };
}

/** Conflicts in which the role belongs to another service account than the one that the pod runs as. */
export const injectionAccountRules: readonly Rule[] = [
  missingAccount,
  unnamedAccount,
  defaultAccount,
  configMapPattern,
];
