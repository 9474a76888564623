import * as fc from 'fast-check';
import { inOrder, mostly, perhaps, steps, unchanged, type BuildStep } from './buildStep.ts';
import {
  testAccount,
  testIssuer,
  testNamespaces,
  testNodeRole,
  testRoles,
  testServiceAccounts,
} from './clusterNames.ts';
import { trustPolicy } from './trustPolicy.ts';

/** Draws the namespaces, with or without what kube2iam and kiam read of the roles their pods may have. */
export function namespaces(): fc.Arbitrary<BuildStep> {
  const allowed = fc.constantFrom('["app"]', '["*"]', '[]', 'app', `["${testRoles[0]}"]`, '["a.*"]');
  const permitted = fc.constantFrom('.*', 'app', '');
  const one = (name: string): fc.Arbitrary<BuildStep> =>
    fc
      .tuple(fc.option(allowed, { nil: undefined }), fc.option(permitted, { nil: undefined }))
      .map(([list, pattern]) => (builder) => {
        const annotations = {
          ...(list === undefined ? {} : { 'iam.amazonaws.com/allowed-roles': list }),
          ...(pattern === undefined ? {} : { 'iam.amazonaws.com/permitted': pattern }),
        };
        return builder.namespace(name, { annotations });
      });
  return steps(testNamespaces.map(one));
}

/** Draws up to three service accounts; some name a role, a part of one, or a placeholder. */
export function serviceAccounts(): fc.Arbitrary<BuildStep> {
  const role = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...testRoles) },
    fc.constantFrom('app', '<ROLE_ARN>', '', `arn:aws:iam::${testAccount}:role/missing`),
  );
  const extra = mostly<Readonly<Record<string, string>>>(
    {},
    fc.constantFrom<Readonly<Record<string, string>>>(
      { 'eks.amazonaws.com/audience': 'example.com' },
      { 'eks.amazonaws.com/sts-regional-endpoints': 'true' },
      { 'eks.amazonaws.com/token-expiration': '600' },
    ),
    6,
  );
  const draft = fc.record({
    namespace: fc.constantFrom(...testNamespaces),
    name: fc.constantFrom(...testServiceAccounts),
    role: fc.option(role, { nil: undefined }),
    annotations: extra,
  });
  return fc
    .uniqueArray(draft, { maxLength: 3, selector: ({ namespace, name }) => `${namespace}/${name}` })
    .map((drafts) =>
      inOrder(
        drafts.map(({ namespace, name, role: roleArn, annotations }): BuildStep => {
          const options = { annotations, ...(roleArn === undefined ? {} : { roleArn }) };
          return (builder) => builder.serviceAccount(`${namespace}/${name}`, options);
        }),
      ),
    );
}

/** Draws the roles that pods can name; one that is not stated is not known. */
export function roles(known: 'stated' | 'mayBeOpen'): fc.Arbitrary<BuildStep> {
  const one = (arn: string): fc.Arbitrary<BuildStep> => {
    const stated = fc.record({ trust: trustPolicy(), policies: fc.constantFrom(...identityPolicies) }).map(
      ({ trust, policies }): BuildStep =>
        (builder) =>
          builder.role(arn, { trust, policies }),
    );
    return known === 'stated' ? stated : fc.oneof(stated, fc.constant(unchanged));
  };
  const daemonRole = fc.constantFrom(...identityPolicies).map(
    (policies): BuildStep =>
      (builder) =>
        builder.role(testNodeRole, { policies }),
  );
  return steps([...testRoles.map(one), perhaps(daemonRole)]);
}

const identityPolicies = [
  [],
  [{ Statement: [{ Effect: 'Allow', Action: ['sts:AssumeRole', 'sts:TagSession'], Resource: '*' }] }],
  [{ Statement: [{ Effect: 'Allow', Action: ['sts:*', 'ec2:DescribeRegions'], Resource: '*' }] }],
];

/** Draws at most one EKS Pod Identity association, and whether the cluster has others. */
export function associations(): fc.Arbitrary<BuildStep> {
  const one = fc
    .record({
      namespace: fc.constantFrom(...testNamespaces),
      serviceAccount: fc.constantFrom(...testServiceAccounts),
      roleArn: fc.constantFrom(...testRoles),
    })
    .map(
      ({ namespace, serviceAccount, roleArn }): BuildStep =>
        (builder) =>
          builder.podIdentityAssociation(`${namespace}/${serviceAccount}`, { roleArn }),
    );
  const all: BuildStep = (builder) => builder.complete({ podIdentityAssociations: true });
  return steps([perhaps(one), mostly<BuildStep>(unchanged, fc.constant(all))]);
}

/** Draws the cluster's OIDC provider: not shown, registered with an audience, or known to be missing. */
export function oidcProviders(): fc.Arbitrary<BuildStep> {
  const arn = `arn:aws:iam::${testAccount}:oidc-provider/${testIssuer}`;
  const menu: readonly BuildStep[] = [
    (builder) => builder.oidcProvider(arn, { clientIds: ['sts.amazonaws.com'] }),
    (builder) => builder.oidcProvider(arn, { clientIds: ['example.com'] }),
    (builder) => builder.complete({ oidcProvidersOfAccounts: [testAccount] }),
  ];
  return mostly<BuildStep>(unchanged, fc.constantFrom(...menu));
}

/** Draws an organization that limits who may assume roles; mostly none. */
export function perhapsOrganization(): fc.Arbitrary<BuildStep> {
  const all = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  const none = { Statement: [{ Effect: 'Deny', Action: 'sts:AssumeRole', Resource: '*' }] };
  const limits = { Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sts:*', Resource: '*' }] };
  const menu: readonly BuildStep[] = [
    (builder) => builder.organization({ serviceControlPolicies: [all] }),
    (builder) => builder.organization({ serviceControlPolicies: [all, none] }),
    (builder) => builder.organization({ managementAccountId: testAccount, serviceControlPolicies: [none] }),
    (builder) => builder.organization({ resourceControlPolicies: [limits] }),
  ];
  return mostly<BuildStep>(unchanged, fc.constantFrom(...menu), 9);
}
