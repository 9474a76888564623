import type { PolicyRole } from './decision.ts';

/** What the grammar demands of the statements of one kind of policy. */
export interface PolicyGrammar {
  readonly principal: 'required' | 'prohibited' | 'everyoneOnly';
  readonly resource: 'required' | 'prohibited';
  /** Characters of a `Sid`, and whether it must be the only one of its name. */
  readonly sid: 'alphanumericAndUnique' | 'any';
  readonly source: string;
}

const grammarSource = 'awsdocs/iam-user-guide:doc_source/reference_policies_grammar.md';

const attached: PolicyGrammar = {
  principal: 'prohibited',
  resource: 'required',
  sid: 'alphanumericAndUnique',
  source: `${grammarSource} (notes); awsdocs/iam-user-guide:doc_source/reference_policies_elements_sid.md`,
};

/** The grammar of each kind of policy. */
export const policyGrammars: Readonly<Record<PolicyRole, PolicyGrammar>> = {
  trustPolicy: {
    principal: 'required',
    resource: 'prohibited',
    sid: 'any',
    source: `${grammarSource}; "Has prohibited field Resource", the message of IAM`,
  },
  identityPolicy: attached,
  permissionsBoundary: attached,
  sessionPolicy: attached,
  serviceControlPolicy: attached,
  resourceControlPolicy: {
    ...attached,
    principal: 'everyoneOnly',
    source:
      'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html',
  },
};

/**
 * The elements that a document may have. Their names are case-sensitive.
 *
 * @source "Unknown field statement", the message of IAM in pulumi/pulumi-aws-native#1616
 */
export const documentElements: readonly string[] = ['Version', 'Id', 'Statement'];

/**
 * The elements that a statement may have.
 *
 * @source awsdocs/iam-user-guide:doc_source/reference_policies_grammar.md
 */
export const statementElements: readonly string[] = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
];

/**
 * The versions of the policy language. Without `Version`, the older one holds, which knows no variables.
 *
 * @source awsdocs/iam-user-guide:doc_source/reference_policies_elements_version.md
 */
export const policyVersions = ['2008-10-17', '2012-10-17'] as const;
