import type { Rule } from '../finding.ts';
import { admitsEverybodyRule, admitsTooManyRule } from '../laws/trustPolicy.ts';

/** Conflicts in which a trust policy admits more service accounts than its author means. */
export const trustWideRules: readonly Rule[] = [
  admitsTooManyRule(
    {
      id: 'trust-no-sub',
      title: 'a trust policy does not test the subject',
      severity: 'privilegeEscalation',
      expects: 'the own service account alone',
      gets: 'the role for every service account of the cluster that is annotated with it',
      source:
        'aws/amazon-eks-pod-identity-webhook:README.md, aws/aws-eks-best-practices:latest/bpg/security/iam.adoc',
      advice: 'test `:sub` with `StringEquals`',
    },
    ['subject-not-tested'],
  ),
  admitsTooManyRule(
    {
      id: 'trust-stringlike-crosses-colons',
      title: 'a wildcard in a trust policy matches other namespaces',
      severity: 'privilegeEscalation',
      expects: 'the service accounts of one team',
      gets: 'the role for every namespace that fits, as `*` also matches `:`',
      source:
        'aws/amazon-eks-pod-identity-webhook#58, aws/amazon-eks-pod-identity-webhook#193, cloudposse/terraform-aws-eks-iam-role#14',
      advice: 'name the service accounts one by one, and mind who may create namespaces',
    },
    ['subject-wildcard-spans-namespaces'],
  ),
  admitsTooManyRule(
    {
      id: 'seed4-stringlike-corrected',
      title: 'a trust policy admits every service account of a namespace',
      severity: 'privilegeEscalation',
      expects: 'the namespace as a boundary that is safe enough',
      gets: 'the role for every service account of the namespace, also for one that an intruder makes there',
      source:
        'aws/aws-eks-best-practices:latest/bpg/security/iam.adoc, aws/amazon-eks-pod-identity-webhook:README.md',
      advice: 'name the service accounts one by one',
    },
    ['subject-wildcard-any-service-account'],
  ),
  admitsTooManyRule(
    {
      id: 'trust-ifexists-or-negated',
      title: 'a trust policy restricts the subject by an operator that lets everybody else in',
      severity: 'privilegeEscalation',
      expects: 'a restriction to some service accounts',
      gets: 'the role for every service account but those that are named',
      source:
        'awsdocs/iam-user-guide:doc_source/reference_policies_elements_condition_operators.md, awsdocs/iam-user-guide:doc_source/reference_policies_multi-value-conditions.md',
      advice: 'test `:sub` with a plain `StringEquals`',
    },
    ['negated-subject', 'for-all-values-on-subject'],
  ),
  admitsEverybodyRule(
    {
      id: 'trust-principal-everyone',
      title: 'a trust policy admits everybody',
      severity: 'privilegeEscalation',
      expects: 'the own callers alone',
      gets: 'the role for every caller of every account whose own policies allow it to ask',
      source: 'awsdocs/iam-user-guide:doc_source/reference_policies_elements_principal.md',
      advice: 'name the principals that are meant',
    },
    ['principal-everyone'],
  ),
];
