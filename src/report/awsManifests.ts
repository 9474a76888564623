import { parseRoleArn } from '../model/arn.ts';
import type { AttachedPolicy, IamRole, OidcProvider, PodIdentityAssociation } from '../model/aws.ts';
import type { World } from '../model/world.ts';
import { written, type Manifest } from './manifestDraft.ts';

/** Writes what the world knows of AWS, in the shapes of the outputs of the AWS CLI. */
export function awsManifests(world: World): readonly Manifest[] {
  return [
    ...roleManifests(world),
    ...oidcManifests(world),
    ...associationManifests(world),
    ...organizationManifests(world),
  ];
}

/**
 * Roles of which only the trust policy is known, as `get-role` prints them; the others and those of an
 * account that was exported as a whole as `get-account-authorization-details` does.
 */
function roleManifests({ roles, complete }: World): readonly Manifest[] {
  const accountOf = ({ arn }: IamRole): string => parseRoleArn(arn)?.accountId ?? '';
  const exported = roles.filter((role) => complete.rolesOfAccounts.includes(accountOf(role)));
  const others = roles.filter((role) => !exported.includes(role));
  const detailed = others.filter((role) => role.identityPolicies ?? role.permissionsBoundary);
  return [
    ...others.filter((role) => !detailed.includes(role)).map((role) => ({ Role: roleHead(role) })),
    ...(detailed.length === 0 ? [] : [{ ...authorizationDetails(detailed), IsTruncated: true }]),
    ...(exported.length === 0 ? [] : [authorizationDetails(exported)]),
  ];
}

function roleHead(role: IamRole): Manifest {
  return written({
    RoleName: role.name,
    Arn: role.arn,
    RoleId: role.roleId,
    MaxSessionDuration: role.maxSessionDurationSeconds,
    AssumeRolePolicyDocument: role.trustPolicy?.value,
  });
}

function authorizationDetails(roles: readonly IamRole[]): Manifest {
  const managed = roles.flatMap((role) => boundaryOf(role) ?? []);
  const policies = managed.map(({ name, arn, document }) => ({
    PolicyName: name,
    Arn: arn ?? '',
    DefaultVersionId: 'v1',
    PolicyVersionList: [{ VersionId: 'v1', Document: document.value }],
  }));
  return { RoleDetailList: roles.map(roleDetail), ...(policies.length === 0 ? {} : { Policies: policies }) };
}

function roleDetail(role: IamRole): Manifest {
  const boundary = boundaryOf(role);
  // Policies that are not known are those of an attached one which the export does not hold.
  const notShown = role.arn.replace(/:role\/.*/, ':policy/not-shown');
  return written({
    ...roleHead(role),
    PermissionsBoundary: boundary && { PermissionsBoundaryArn: boundary.arn ?? '' },
    RolePolicyList: (role.identityPolicies ?? []).map(({ name, document }) => ({
      PolicyName: name,
      PolicyDocument: document.value,
    })),
    AttachedManagedPolicies: role.identityPolicies
      ? undefined
      : [{ PolicyName: 'not-shown', PolicyArn: notShown }],
  });
}

function boundaryOf({ arn, name, permissionsBoundary: boundary }: IamRole): AttachedPolicy | undefined {
  return boundary && { arn: arn.replace(/:role\/.*/, `:policy/boundary-of-${name}`), ...boundary };
}

/** The list says that there are no others; the details say nothing of the account, which is the cluster's. */
function oidcManifests({ oidcProviders, complete, cluster }: World): readonly Manifest[] {
  const isListed = ({ accountId, clientIds }: OidcProvider): boolean =>
    clientIds === undefined ||
    accountId !== cluster.accountId ||
    complete.oidcProvidersOfAccounts.includes(accountId);
  const accounts = complete.oidcProvidersOfAccounts;
  const listed = oidcProviders.filter(isListed);
  const isComplete = listed.every(({ accountId }) => accounts.includes(accountId));
  const list = {
    OpenIDConnectProviderList: listed.map(({ arn }) => ({ Arn: arn })),
    ...(isComplete ? {} : { IsTruncated: true }),
  };
  const details = oidcProviders.flatMap(({ url, clientIds }) =>
    clientIds === undefined ? [] : [{ Url: url, ClientIDList: clientIds }],
  );
  return listed.length > 0 || accounts.length > 0 ? [list, ...details] : details;
}

function associationManifests({ podIdentityAssociations, complete }: World): readonly Manifest[] {
  const associations = podIdentityAssociations.map(associationManifest);
  if (complete.podIdentityAssociations) return [{ associations }];
  return associations.map((association) => ({ association }));
}

function associationManifest(association: PodIdentityAssociation): Manifest {
  const { namespace, serviceAccount, roleArn, targetRoleArn, disableSessionTags, createdAt } = association;
  return written({ namespace, serviceAccount, roleArn, targetRoleArn, disableSessionTags, createdAt });
}

const organizationTypes = {
  serviceControlPolicy: 'SERVICE_CONTROL_POLICY',
  resourceControlPolicy: 'RESOURCE_CONTROL_POLICY',
} as const;

function organizationManifests({ organization }: World): readonly Manifest[] {
  if (!organization) return [];
  const { managementAccountId, policies } = organization;
  const own =
    managementAccountId === undefined ? [] : [{ Organization: { MasterAccountId: managementAccountId } }];
  const limits = policies.map(({ type, name, arn, target, document }) =>
    written({
      TargetId: target,
      Policy: {
        PolicySummary: written({ Name: name, Arn: arn, Type: organizationTypes[type] }),
        Content: document.value,
      },
    }),
  );
  return [...own, ...limits];
}
