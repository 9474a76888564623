import { describe, expect, it } from 'vitest';
import { complaints, readFiles } from '../read.ts';

const account = '111122223333';
const role = (name: string): string => `arn:aws:iam::${account}:role/${name}`;
const issuer = 'oidc.eks.eu-west-1.amazonaws.com/id/ABC';
const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: role('node') }, Action: 'sts:AssumeRole' }],
};
const cluster = {
  cluster: {
    name: 'prod',
    arn: `arn:aws:eks:eu-west-1:${account}:cluster/prod`,
    identity: { oidc: { issuer: `https://${issuer}` } },
    kubernetesNetworkConfig: { ipFamily: 'ipv6' },
  },
};

describe('describe-cluster', () => {
  it('tells the facts of the cluster', () => {
    expect(readFiles({ 'c.json': cluster }).world.cluster).toEqual({
      name: 'prod',
      accountId: account,
      region: 'eu-west-1',
      partition: 'aws',
      oidcIssuer: issuer,
      ipFamily: 'ipv6',
      ref: { kind: 'Cluster', name: 'prod', position: { file: 'c.json', line: 2, column: 3 } },
    });
  });
});

describe('get-account-authorization-details', () => {
  const managed = (name: string): object => ({
    PolicyName: name,
    Arn: `arn:aws:iam::aws:policy/${name}`,
    DefaultVersionId: 'v2',
    PolicyVersionList: [
      { VersionId: 'v1', Document: { Statement: [], Id: 'old' } },
      { VersionId: 'v2', Document: { Statement: [], Id: name } },
    ],
  });
  const details = (policies: readonly object[], more: object = {}): object => ({
    RoleDetailList: [
      {
        RoleName: 'app',
        Arn: role('team/app'),
        RoleId: 'AROA1',
        MaxSessionDuration: 3600,
        AssumeRolePolicyDocument: trust,
        RolePolicyList: [{ PolicyName: 'inline', PolicyDocument: { Statement: [] } }],
        AttachedManagedPolicies: [{ PolicyName: 'A', PolicyArn: 'arn:aws:iam::aws:policy/A' }],
        PermissionsBoundary: { PermissionsBoundaryArn: 'arn:aws:iam::aws:policy/B' },
        InstanceProfileList: [
          {
            InstanceProfileName: 'p',
            Arn: `arn:aws:iam::${account}:instance-profile/p`,
            Roles: [{ RoleName: 'app', Arn: role('team/app') }],
          },
        ],
      },
    ],
    Policies: policies,
    ...more,
  });

  it('gives roles with every policy, and says that there are no others', () => {
    const parsed = readFiles({ 'a.json': details([managed('A'), managed('B')]) });
    expect(complaints(parsed)).toEqual([]);
    const [app] = parsed.world.roles;
    expect(app).toMatchObject({
      arn: role('team/app'),
      name: 'app',
      roleId: 'AROA1',
      maxSessionDurationSeconds: 3600,
    });
    expect(app?.trustPolicy?.value).toEqual(trust);
    expect(app?.trustPolicy?.positions?.['Statement[0].Principal.AWS']).toEqual({
      file: 'a.json',
      line: 14,
      column: 15,
    });
    expect(app?.identityPolicies?.map(({ name, document }) => [name, document.value])).toEqual([
      ['inline', { Statement: [] }],
      ['A', { Statement: [], Id: 'A' }],
    ]);
    expect(app?.permissionsBoundary?.document.value).toEqual({ Statement: [], Id: 'B' });
    expect(parsed.world.complete.rolesOfAccounts).toEqual([account]);
    expect(parsed.world.instanceProfiles).toMatchObject([{ name: 'p', roleArn: role('team/app') }]);
  });

  it.each([
    ['an attached policy', [managed('B')]],
    ['the boundary', [managed('A')]],
  ])('leaves the policies open when %s is not in the export', (_name, policies) => {
    const parsed = readFiles({ 'a.json': details(policies) });
    expect(parsed.world.roles[0]).not.toHaveProperty('identityPolicies');
    expect(complaints(parsed)).toEqual(['3 note partial-export']);
  });

  it('claims nothing when the export breaks off', () => {
    const parsed = readFiles({ 'a.json': details([managed('A'), managed('B')], { IsTruncated: true }) });
    expect(parsed.world.complete.rolesOfAccounts).toEqual([]);
    expect(parsed.diagnostics).toMatchObject([{ severity: 'warning', code: 'partial-export' }]);
  });
});

describe('roles one by one', () => {
  it.each([
    ['get-role', { Role: { RoleName: 'app', Arn: role('app'), AssumeRolePolicyDocument: trust } }],
    [
      'get-role, URL-encoded',
      {
        Role: {
          RoleName: 'app',
          Arn: role('app'),
          AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(trust)),
        },
      },
    ],
    [
      'get-role, as text',
      { Role: { RoleName: 'app', Arn: role('app'), AssumeRolePolicyDocument: JSON.stringify(trust) } },
    ],
    ['list-roles', { Roles: [{ RoleName: 'app', Arn: role('app'), AssumeRolePolicyDocument: trust }] }],
    ['a wrapper with the ARN', { RoleArn: role('app'), TrustPolicy: trust }],
    ['a wrapper with the name', { RoleName: 'app', AssumeRolePolicyDocument: trust }],
  ])('%s states the trust policy and leaves the other policies open', (_name, document) => {
    const parsed = readFiles({ 'x.json': document, 'c.json': cluster });
    expect(complaints(parsed)).toEqual([]);
    expect(parsed.world.roles.map(({ arn, trustPolicy }) => [arn, trustPolicy?.value])).toEqual([
      [role('app'), trust],
    ]);
    expect(parsed.world.roles[0]).not.toHaveProperty('identityPolicies');
    expect(parsed.world.roles[0]?.trustPolicy?.ref).toMatchObject({ kind: 'TrustPolicy', name: role('app') });
    expect(parsed.world.complete.rolesOfAccounts).toEqual([]);
  });

  it.each(['app.json', 'trust-app.json', 'roles/trust_app.json', 'app.yaml'])(
    '%s names the role of a bare trust policy',
    (file) => {
      const { world } = readFiles({ [file]: trust, 'c.json': cluster });
      expect(world.roles).toMatchObject([{ arn: role('app'), name: 'app' }]);
    },
  );

  it('finds the role of a bare trust policy among the roles that are known', () => {
    const list = { Roles: [{ RoleName: 'app', Arn: role('team/app') }] };
    const { world } = readFiles({ 'app.json': trust, 'r.json': list });
    expect(world.roles).toMatchObject([{ arn: role('team/app'), trustPolicy: { value: trust } }]);
  });

  it.each([
    ['a name that says nothing', { 'trust.json': trust }, ['1 error unnamed-policy']],
    ['no account', { 'app.json': trust }, ['1 error unknown-account']],
    [
      'a document that is none',
      { 'r.json': { Role: { RoleName: 'a', Arn: role('a'), AssumeRolePolicyDocument: 'x' } } },
      ['5 error bad-document Role.AssumeRolePolicyDocument'],
    ],
    [
      'a role without an ARN',
      { 'r.json': { Roles: [{ RoleName: 'a' }] } },
      ['3 error missing-field Roles[0]'],
    ],
  ])('complains of %s', (_name, files, expected) => {
    expect(complaints(readFiles(files)).map((line) => line.replace('Role.', ''))).toEqual(
      expected.map((line) => line.replace('Role.', '')),
    );
  });

  it('notes placeholders, but not the variables of IAM', () => {
    const document = {
      Statement: [{ Effect: 'Allow', Principal: { Federated: '${oidc}' }, Resource: '${aws:username}${*}' }],
    };
    expect(complaints(readFiles({ 'app.json': document, 'c.json': cluster }))).toEqual([
      '6 note placeholder',
    ]);
  });

  it('joins what several exports say of one role', () => {
    const { world } = readFiles({
      'a.json': { Roles: [{ RoleName: 'app', Arn: role('app'), MaxSessionDuration: 7200 }] },
      'b.json': { Role: { RoleName: 'app', Arn: role('app'), AssumeRolePolicyDocument: trust } },
    });
    expect(world.roles).toMatchObject([{ maxSessionDurationSeconds: 7200, trustPolicy: { value: trust } }]);
    expect(world.roles.length).toBe(1);
  });
});

describe('OIDC providers', () => {
  const arn = `arn:aws:iam::${account}:oidc-provider/${issuer}`;
  const details = { Url: issuer, ClientIDList: ['sts.amazonaws.com'] };

  it('joins the list with the details', () => {
    const { world } = readFiles({
      'l.json': { OpenIDConnectProviderList: [{ Arn: arn }] },
      'd.json': details,
    });
    expect(world.oidcProviders).toMatchObject([
      { arn, accountId: account, url: issuer, clientIds: ['sts.amazonaws.com'] },
    ]);
    expect(world.complete.oidcProvidersOfAccounts).toEqual([account]);
  });

  it('takes the account of the cluster where there is no list', () => {
    const { world } = readFiles({ 'd.json': details, 'c.json': cluster });
    expect(world.oidcProviders).toMatchObject([{ arn, clientIds: ['sts.amazonaws.com'] }]);
    expect(world.complete.oidcProvidersOfAccounts).toEqual([]);
  });

  it('knows of an empty list that the cluster has no provider', () => {
    const { world } = readFiles({ 'l.json': { OpenIDConnectProviderList: [] }, 'c.json': cluster });
    expect(world.complete.oidcProvidersOfAccounts).toEqual([account]);
  });

  it('complains when nothing says which account', () => {
    expect(complaints(readFiles({ 'd.json': details }))).toEqual(['1 error unknown-account']);
  });
});

describe('Pod Identity associations', () => {
  const entry = { clusterName: 'prod', namespace: 'pay', serviceAccount: 'api', associationId: 'a-1' };
  const described = {
    association: { ...entry, roleArn: role('app'), targetRoleArn: role('far'), disableSessionTags: true },
  };

  it('joins the list with the description', () => {
    const { world } = readFiles({ 'l.json': { associations: [entry] }, 'd.json': described });
    expect(world.podIdentityAssociations).toMatchObject([
      {
        namespace: 'pay',
        serviceAccount: 'api',
        roleArn: role('app'),
        targetRoleArn: role('far'),
        disableSessionTags: true,
      },
    ]);
    expect(world.complete.podIdentityAssociations).toBe(true);
  });

  it('does not take a description, or a page of several, for the whole', () => {
    expect(readFiles({ 'd.json': described }).world.complete.podIdentityAssociations).toBe(false);
    const page = readFiles({ 'l.json': { associations: [], nextToken: 'x' } });
    expect(page.world.complete.podIdentityAssociations).toBe(false);
    expect(complaints(page)).toEqual(['3 warning partial-export nextToken']);
  });

  it('leaves out those of another cluster', () => {
    const parsed = readFiles({
      'c.json': cluster,
      'l.json': { associations: [{ ...entry, clusterName: 'test' }] },
    });
    expect(parsed.world.podIdentityAssociations).toEqual([]);
    expect(complaints(parsed)).toEqual(['3 note other-cluster']);
  });
});

describe('nodes and what is under them', () => {
  const profileArn = `arn:aws:iam::${account}:instance-profile/p`;
  const instance = (more: object = {}): object => ({
    Reservations: [
      {
        Instances: [
          {
            InstanceId: 'i-0abc',
            PrivateDnsName: 'ip-10-0-0-1.ec2.internal',
            PrivateIpAddress: '10.0.0.1',
            State: { Name: 'running' },
            IamInstanceProfile: { Arn: profileArn },
            MetadataOptions: {
              HttpTokens: 'required',
              HttpPutResponseHopLimit: 1,
              HttpEndpoint: 'enabled',
              HttpProtocolIpv6: 'disabled',
            },
            ...more,
          },
        ],
      },
    ],
  });
  const profiles = {
    InstanceProfiles: [{ InstanceProfileName: 'p', Arn: profileArn, Roles: [{ Arn: role('node') }] }],
  };
  const node = (name: string, spec: object = {}, labels: object = {}): object => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
    spec,
  });

  it.each([
    ['its instance id', node('n1', { providerID: 'aws:///eu-west-1a/i-0abc' })],
    ['its name', node('ip-10-0-0-1.ec2.internal')],
  ])('joins a node with its instance by %s', (_name, object) => {
    const { world } = readFiles({ 'n.json': object, 'i.json': instance(), 'p.json': profiles });
    expect(world.nodes).toMatchObject([
      {
        instanceId: 'i-0abc',
        roleArn: role('node'),
        roleRef: { kind: 'InstanceProfile' },
        imds: {
          httpTokens: 'required',
          httpPutResponseHopLimit: 1,
          httpEndpoint: 'enabled',
          httpProtocolIpv6: 'disabled',
        },
      },
    ]);
  });

  it('does not guess the role of a profile that no export shows', () => {
    const { world } = readFiles({ 'n.json': node('ip-10-0-0-1.ec2.internal'), 'i.json': instance() });
    expect(world.nodes[0]).not.toHaveProperty('roleArn');
  });

  it.each([
    ['a tag of a cluster', { Tags: [{ Key: 'kubernetes.io/cluster/prod', Value: 'owned' }] }, 1],
    ['no such tag', { Tags: [{ Key: 'Name', Value: 'bastion' }] }, 0],
    [
      'a tag, but terminated',
      { State: { Name: 'terminated' }, Tags: [{ Key: 'eks:cluster-name', Value: 'prod' }] },
      0,
    ],
  ])('an instance that no node names, with %s, makes %#', (_name, more, count) => {
    expect(readFiles({ 'i.json': instance(more) }).world.nodes.length).toBe(count);
  });

  const group = {
    nodegroup: { nodegroupName: 'gpu', clusterName: 'prod', nodeRole: role('gpu'), labels: { pool: 'gpu' } },
  };

  it('gives the nodes of a group its role', () => {
    const object = node('n1', {}, { 'eks.amazonaws.com/nodegroup': 'gpu' });
    const { world } = readFiles({ 'n.json': object, 'g.json': group });
    expect(world.nodes).toMatchObject([{ name: 'n1', roleArn: role('gpu') }]);
    expect(world.nodes.length).toBe(1);
  });

  it('lets a group stand for its nodes when none is shown', () => {
    expect(readFiles({ 'g.json': group }).world.nodes).toMatchObject([
      { name: 'gpu', labels: { pool: 'gpu', 'eks.amazonaws.com/nodegroup': 'gpu' }, roleArn: role('gpu') },
    ]);
  });
});

describe('outputs that decide nothing', () => {
  it.each([
    ['aws iam list-role-policies', { PolicyNames: [] }],
    ['aws iam list-attached-role-policies', { AttachedPolicies: [] }],
    ['aws iam get-role-policy', { RoleName: 'a', PolicyName: 'b', PolicyDocument: { Statement: [] } }],
    ['aws sts get-caller-identity', { UserId: 'x', Account: account, Arn: role('x') }],
    ['other policy document', { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }],
  ])('%s is counted', (kind, document) => {
    const parsed = readFiles({ 'x.json': document });
    expect(parsed.ignored).toEqual([{ kind, count: 1 }]);
    expect(complaints(parsed)).toEqual([]);
  });
});
