import type { Rule } from '../finding.ts';
import {
  audienceGround,
  foreignProviderGround,
  issuerGround,
  providerGround,
  subjectGround,
} from '../laws/refusalGrounds.ts';
import { stsRefusesRule } from '../laws/stsRefuses.ts';
import { admitsNobodyRule } from '../laws/trustPolicy.ts';

const bestPractices = 'aws/aws-eks-best-practices:latest/bpg/security/iam.adoc';

/** Conflicts in which the trust policy can match nobody whom its author means. */
const admitsNobody: readonly Rule[] = [
  admitsNobodyRule(
    {
      id: 'seed4-stringequals-wildcard',
      title: 'a wildcard in a trust policy stands for itself',
      severity: 'outage',
      expects: 'every service account that fits the wildcard',
      gets: '`StringEquals` takes `*` and `?` letter by letter, so nobody is admitted: an error with SDKs that stop, the next provider with java-v1, java-v2, js-v2 and cpp',
      source:
        'CircleCI-Public/server-terraform#291, terraform-aws-modules/terraform-aws-iam#486, gitops-bridge-dev/gitops-bridge#26',
      advice: 'name the service accounts one by one; `StringLike` only where every fitting one is meant',
    },
    ['wildcard-under-equals'],
  ),
  admitsNobodyRule(
    {
      id: 'trust-aud-holds-the-subject',
      title: 'subject and audience of a trust policy stand under each other’s key',
      severity: 'outage',
      expects: 'the service account that is written there',
      gets: 'an audience never equals a subject, so STS refuses',
      source: 'awsdocs/iam-user-guide:doc_source/reference_policies_iam-condition-keys.md',
      advice: 'write `sts.amazonaws.com` under `:aud` and the subject under `:sub`',
    },
    ['subject-under-audience', 'audience-under-subject'],
  ),
  admitsNobodyRule(
    {
      id: 'trust-key-does-not-fit-federated',
      title: 'the conditions of a trust policy name another issuer than its principal',
      severity: 'outage',
      expects: 'the service account that is written there',
      gets: 'tokens of the provider have no such key, and a comparison with nothing is false, so STS refuses',
      source: 'awsdocs/iam-user-guide:doc_source/reference_policies_elements_condition_operators.md',
      advice: 'begin the keys of the conditions with the issuer that `Federated` names',
    },
    ['condition-key-of-another-issuer'],
  ),
  admitsNobodyRule(
    {
      id: 'trust-without-web-identity',
      title: 'a trust policy names a provider and not the action by which its tokens are traded',
      severity: 'outage',
      expects: 'the service account that is written there',
      gets: 'AssumeRoleWithWebIdentity is not allowed, so STS refuses',
      source: 'awsdocs/iam-user-guide:doc_source/id_roles_create_for-idp_oidc.md',
      advice: 'allow `sts:AssumeRoleWithWebIdentity`',
    },
    ['federated-without-web-identity'],
  ),
];

/** Conflicts between a token, the provider of its issuer and the trust policy. */
const refusals: readonly Rule[] = [
  stsRefusesRule(
    {
      id: 'trust-sub-mismatch',
      title: 'a trust policy names another service account',
      severity: 'outage',
      expects: 'the role of the service account',
      gets: 'STS refuses: an error with SDKs that stop, the next provider with java-v1, java-v2, js-v2 and cpp',
      source: 'terraform-aws-modules/terraform-aws-iam#486, aws-ia/terraform-aws-eks-blueprints-addons#70',
      advice: 'name the namespace and the service account in the trust policy, and keep both names fixed',
    },
    subjectGround,
  ),
  stsRefusesRule(
    {
      id: 'trust-aud-mismatch',
      title: 'the token is for another audience than the one that is trusted',
      severity: 'outage',
      expects: 'the role of the service account',
      gets: 'STS refuses',
      source:
        'aws/amazon-eks-pod-identity-webhook:hack/example-app.yaml, aws/amazon-eks-pod-identity-webhook:README.md',
      advice:
        'let the audience of the service account, the trust policy and the provider be one and the same',
    },
    audienceGround,
  ),
  stsRefusesRule(
    {
      id: 'trust-issuer-of-another-cluster',
      title: 'a trust policy names the issuer of another cluster',
      severity: 'outage',
      expects: 'the role as before the cluster was made anew',
      gets: 'STS refuses this cluster, and still admits the other',
      source: `${bestPractices} (blue and green clusters)`,
      advice: 'add the issuer of this cluster, and remove the other when that cluster is gone',
    },
    issuerGround,
  ),
  stsRefusesRule(
    {
      id: 'oidc-provider-absent',
      title: 'the account has no OIDC provider for the cluster',
      severity: 'outage',
      expects: 'the role of the service account',
      gets: 'STS refuses with InvalidIdentityToken',
      source: 'aws/amazon-eks-pod-identity-webhook#264',
      advice: 'create the provider, with the client id `sts.amazonaws.com`',
    },
    (refusal, examined) => providerGround(refusal, examined, 'ownAccount'),
  ),
  stsRefusesRule(
    {
      id: 'role-in-other-account',
      title: 'the role is in another account, which does not know the cluster’s issuer as its own provider',
      severity: 'outage',
      expects: 'a role across accounts by IRSA',
      gets: 'STS refuses: it looks for the provider in the account of the role alone',
      source: `${bestPractices} (roles across accounts)`,
      advice:
        'create the provider in the account of the role and name that one, or go on from a role of the cluster’s account by `sts:AssumeRole`',
    },
    foreignProviderGround,
  ),
];

/** Conflicts in which the trust policy or the provider refuses the token. */
export const trustRules: readonly Rule[] = [...admitsNobody, ...refusals];
