import type { PrincipalMatch } from './decision.ts';

/** Which policies of the caller must allow the request too, once the trust policy does. */
export interface Grant {
  readonly identityPolicies: 'needed' | 'notNeeded';
  readonly permissionsBoundary: 'limits' | 'doesNotLimit';
}

/** A grant and where it is known from. */
export interface GrantRow extends Grant {
  readonly source: string;
}

const evaluationLogic = 'awsdocs/iam-user-guide:doc_source/reference_policies_evaluation-logic.md';
const principalElement = 'awsdocs/iam-user-guide:doc_source/reference_policies_elements_principal.md';

/** A grant that stands by itself. */
const direct = { identityPolicies: 'notNeeded', permissionsBoundary: 'doesNotLimit' } as const;

/** What a trust policy grants a caller of its own account, by the way in which it names the caller. */
export const grantsWithinAccount: Readonly<Record<PrincipalMatch, GrantRow>> = {
  everyone: { ...direct, source: `${principalElement} (All principals; IAM role principals)` },
  session: { ...direct, source: `${evaluationLogic} (IAM role session)` },
  role: {
    identityPolicies: 'notNeeded',
    permissionsBoundary: 'limits',
    source: `${evaluationLogic} (IAM role)`,
  },
  account: {
    identityPolicies: 'needed',
    permissionsBoundary: 'limits',
    source: `${principalElement} (AWS account principals: delegates authority to the account)`,
  },
  service: { ...direct, source: `${principalElement} (AWS service principals)` },
  federated: { ...direct, source: 'awsdocs/iam-user-guide:doc_source/id_roles_providers_oidc.md' },
};

/** What a trust policy grants a caller of another account: both accounts must allow. */
export const grantAcrossAccounts: GrantRow = {
  identityPolicies: 'needed',
  permissionsBoundary: 'limits',
  source: 'awsdocs/iam-user-guide:doc_source/reference_policies_evaluation-logic-cross-account.md',
};
