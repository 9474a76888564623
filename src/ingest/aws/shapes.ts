import { child, complain, items, type Field } from '../field.ts';
import type { Found } from '../found.ts';
import { parseRoleArn } from '../../model/arn.ts';
import { valueAt } from '../yaml/located.ts';
import { readAssociation, readAssociationList, readCluster, readNodeGroup } from './cluster.ts';
import { readInstanceProfile, readInstances } from './instance.ts';
import { readOrganization, readOrganizationPolicy } from './organization.ts';
import { readOidcProvider, readOidcProviderList } from './oidcProvider.ts';
import { readManagedPolicy, readRole, readRoleDetail } from './role.ts';
import { readSecurityGroups } from './securityGroup.ts';
import { readTrustPolicy, wrappedDocumentKey } from './trustPolicy.ts';

/** An output of AWS that is recognised by its keys, whatever the file is called. */
export interface AwsShape {
  /** What the output is, for the count of what was read or ignored. */
  readonly what: string;
  readonly matches: (keys: ReadonlySet<string>, document: Field) => boolean;
  /** Absent: the output decides nothing and is counted as ignored. */
  readonly read?: (document: Field) => Partial<Found>;
}

const hasKey =
  (...needed: readonly string[]): AwsShape['matches'] =>
  (keys) =>
    needed.every((key) => keys.has(key));

const hasMap =
  (key: string, inner: string): AwsShape['matches'] =>
  (_, document) =>
    valueAt(document.value, key, inner) !== undefined;

const some = <Item>(item: Item | undefined): readonly Item[] => (item === undefined ? [] : [item]);

/** The outputs that are known, first match first. */
export const awsShapes: readonly AwsShape[] = [
  {
    what: 'aws iam get-account-authorization-details',
    matches: hasKey('RoleDetailList'),
    read: readAuthorizationDetails,
  },
  {
    what: 'aws iam list-roles',
    matches: (keys, document) => keys.has('Roles') && valueAt(document.value, 'Roles')?.kind === 'list',
    read: (document) => ({ roles: items(child(document, 'Roles')).flatMap((item) => some(readRole(item))) }),
  },
  {
    what: 'aws iam get-role',
    matches: hasMap('Role', 'Arn'),
    read: (document) => ({ roles: some(readRole(child(document, 'Role'))) }),
  },
  {
    what: 'aws iam list-open-id-connect-providers',
    matches: hasKey('OpenIDConnectProviderList'),
    read: readOidcProviderList,
  },
  {
    what: 'aws iam get-open-id-connect-provider',
    matches: hasKey('Url', 'ClientIDList'),
    read: (document) => ({ oidcDetails: [readOidcProvider(document)] }),
  },
  {
    what: 'aws iam list-instance-profiles',
    matches: hasKey('InstanceProfiles'),
    read: (document) => ({
      instanceProfiles: items(child(document, 'InstanceProfiles')).flatMap((item) =>
        some(readInstanceProfile(item)),
      ),
    }),
  },
  {
    what: 'aws iam get-instance-profile',
    matches: hasMap('InstanceProfile', 'Arn'),
    read: (document) => ({ instanceProfiles: some(readInstanceProfile(child(document, 'InstanceProfile'))) }),
  },
  {
    what: 'aws eks describe-cluster',
    matches: hasMap('cluster', 'arn'),
    read: (document) => ({ clusters: [readCluster(document)] }),
  },
  {
    what: 'aws eks describe-nodegroup',
    matches: hasMap('nodegroup', 'nodegroupName'),
    read: (document) => ({ nodeGroups: [readNodeGroup(child(document, 'nodegroup'))] }),
  },
  {
    what: 'aws eks list-pod-identity-associations',
    matches: hasKey('associations'),
    read: readAssociationList,
  },
  {
    what: 'aws eks describe-pod-identity-association',
    matches: hasMap('association', 'namespace'),
    read: (document) => ({ associations: some(readAssociation(child(document, 'association'))) }),
  },
  {
    what: 'aws ec2 describe-instances',
    matches: hasKey('Reservations'),
    read: (document) => ({ instances: readInstances(document) }),
  },
  {
    what: 'aws ec2 describe-security-groups',
    matches: hasKey('SecurityGroups'),
    read: (document) => ({ securityGroups: readSecurityGroups(document) }),
  },
  {
    what: 'aws organizations describe-policy',
    matches: hasMap('Policy', 'PolicySummary'),
    read: readOrganizationPolicy,
  },
  {
    what: 'aws organizations describe-organization',
    matches: hasMap('Organization', 'MasterAccountId'),
    read: readOrganization,
  },
  {
    what: 'trust policy',
    matches: isTrustPolicy,
    read: (document) => ({ trustPolicies: some(readTrustPolicy(document)) }),
  },
  { what: 'other policy document', matches: hasKey('Statement') },
  { what: 'aws iam get-role-policy', matches: hasKey('PolicyName', 'PolicyDocument') },
  { what: 'aws iam list-role-policies', matches: hasKey('PolicyNames') },
  { what: 'aws iam list-attached-role-policies', matches: hasKey('AttachedPolicies') },
  { what: 'aws iam list-policies', matches: hasKey('Policies') },
  { what: 'aws iam get-policy-version', matches: hasKey('PolicyVersion') },
  { what: 'aws sts get-caller-identity', matches: hasKey('UserId', 'Account', 'Arn') },
  { what: 'aws ec2 describe-launch-template-versions', matches: hasKey('LaunchTemplateVersions') },
  { what: 'aws eks list-clusters', matches: hasKey('clusters') },
  { what: 'aws eks list-nodegroups', matches: hasKey('nodegroups') },
];

/**
 * Reads the export of a whole account. Unless it breaks off, a role that is absent from it does not exist.
 *
 * @source IAM API, GetAccountAuthorizationDetails
 */
function readAuthorizationDetails(document: Field): Partial<Found> {
  const list = child(document, 'RoleDetailList');
  const roles = items(list).flatMap((item) => some(readRoleDetail(item)));
  const profiles = items(list).flatMap((item) => items(child(item, 'InstanceProfileList')));
  const accounts = new Set(roles.flatMap(({ role }) => parseRoleArn(role.arn)?.accountId ?? []));
  const truncated = child(document, 'IsTruncated');
  const isPartial = truncated.value?.kind === 'scalar' && truncated.value.value === true;
  if (isPartial) {
    const message = 'more pages follow, so that what is absent may exist';
    complain(truncated, { code: 'partial-export', severity: 'warning', message });
  }
  return {
    roles,
    managedPolicies: items(child(document, 'Policies')).flatMap((item) => some(readManagedPolicy(item))),
    instanceProfiles: profiles.flatMap((item) => some(readInstanceProfile(item))),
    complete: isPartial ? [] : [{ rolesOfAccounts: [...accounts] }],
  };
}

/** A policy document with principals, alone or in a wrapper that names the role. */
function isTrustPolicy(keys: ReadonlySet<string>, document: Field): boolean {
  if (wrappedDocumentKey(keys) !== undefined) return true;
  const written = valueAt(document.value, 'Statement');
  const statements = written?.kind === 'list' ? written.items : written ? [written] : [];
  return statements.some(
    (one) => valueAt(one, 'Principal') !== undefined || valueAt(one, 'NotPrincipal') !== undefined,
  );
}
