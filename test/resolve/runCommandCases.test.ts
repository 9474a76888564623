import { describe, expect, test } from 'vitest';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import { askStated } from '../../src/model/fact.ts';
import { runCommand, type CommandResult, type ShellCommand } from '../../src/resolve/runCommand.ts';
import { findContainer } from '../../src/resolve/whichRole.ts';

const role = (name: string): string => `arn:aws:iam::111122223333:role/${name}`;
const tokenFile = '/var/run/secrets/eks.amazonaws.com/serviceaccount/token';
const agentTokenFile = '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token';
const agentUrl = 'http://169.254.170.23/v1/credentials';

const cluster = world()
  .cluster({ accountId: '111122223333', region: 'eu-west-1', oidcIssuer: 'oidc.example', name: 'prod' })
  .nodeDefaults({
    roleArn: role('node'),
    imds: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 2 },
  })
  .fact('cni', 'aws-vpc-cni')
  .fact('kube2iam', 'notInstalled')
  .fact('podIdentityAgent', 'running')
  .fact('trust', 'admits');
const irsa = cluster
  .serviceAccount('pay/api', { roleArn: role('app') })
  .pod('pay/api', { serviceAccount: 'api' });
const podIdentity = cluster
  .serviceAccount('pay/api')
  .podIdentityAssociation('pay/api', { roleArn: role('app') })
  .pod('pay/api', { serviceAccount: 'api' });
const own = cluster
  .secret('pay/hidden', { KEY: undefined, WORD: 'shown' })
  .pod('pay/api', { containers: { app: { envFromSecrets: ['hidden'], env: { A: '1', NONE: '' } } } });

const regionVariables = [
  { name: 'AWS_STS_REGIONAL_ENDPOINTS', value: 'regional' },
  { name: 'AWS_DEFAULT_REGION', value: 'eu-west-1' },
  { name: 'AWS_REGION', value: 'eu-west-1' },
];
const agentCredentials: CommandResult = {
  kind: 'reply',
  reply: {
    kind: 'ok',
    body: {
      kind: 'credentials',
      credentials: {
        identity: { kind: 'role', arn: role('app') },
        mechanism: 'podIdentity',
        sessionName: 'eks-prod-api-<uuid>',
        expiresInSeconds: 21600,
      },
    },
  },
};
const noToken: CommandResult = {
  kind: 'reply',
  reply: { kind: 'httpError', status: 400, message: 'Service account token cannot be empty' },
};
const nodeRoleList: CommandResult = {
  kind: 'reply',
  reply: { kind: 'ok', body: { kind: 'roleList', roleNames: ['node'] } },
};
const roleList = (withToken: boolean): ShellCommand => ({
  kind: 'metadata',
  call: { kind: 'roleList' },
  withToken,
});

function run(builder: WorldBuilder, command: ShellCommand): CommandResult {
  const built = builder.build();
  return runCommand(built, askStated(built), findContainer(built, 'pay/api', undefined), command);
}

describe('what a command in a container meets', () => {
  test.each<[string, WorldBuilder, ShellCommand, CommandResult]>([
    [
      'env: what the webhook adds for IRSA',
      irsa,
      { kind: 'environment' },
      {
        kind: 'variables',
        variables: [
          ...regionVariables,
          { name: 'AWS_ROLE_ARN', value: role('app') },
          { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: tokenFile },
        ],
      },
    ],
    [
      'env: what the webhook adds for EKS Pod Identity',
      podIdentity,
      { kind: 'environment' },
      {
        kind: 'variables',
        variables: [
          ...regionVariables,
          { name: 'AWS_CONTAINER_CREDENTIALS_FULL_URI', value: agentUrl },
          { name: 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', value: agentTokenFile },
        ],
      },
    ],
    [
      'env: empty ones too, and those of a Secret without what is hidden',
      own,
      { kind: 'environment' },
      {
        kind: 'variables',
        variables: [
          { name: 'KEY' },
          { name: 'WORD', value: 'shown' },
          { name: 'A', value: '1' },
          { name: 'NONE', value: '' },
        ],
      },
    ],
    [
      'printenv: the values that are set',
      own,
      { kind: 'printenv', names: ['KEY', 'UNKNOWN', 'A', 'NONE'] },
      { kind: 'values', values: [undefined, '1', ''] },
    ],
    ['printenv: nothing', own, { kind: 'printenv', names: ['UNKNOWN'] }, { kind: 'values', values: [] }],
    [
      'echo: the number of the shell itself, which nobody knows before it runs',
      world().pod('pay/api', { env: { A: 'x' } }),
      { kind: 'echo', text: '$$A $A' },
      { kind: 'text', text: '<not shown>A x' },
    ],
    [
      'echo: variables in their two forms',
      own,
      { kind: 'echo', text: '$KEY and ${KEY}, $WORD-${A}$NONE, ${UNKNOWN}. $UNKNOWN costs 5$' },
      { kind: 'text', text: '<not shown> and <not shown>, shown-1, .  costs 5$' },
    ],
    [
      'cat: the token that a variable leads to',
      irsa,
      { kind: 'readFile', path: '$AWS_WEB_IDENTITY_TOKEN_FILE' },
      {
        kind: 'file',
        path: tokenFile,
        content: {
          kind: 'serviceAccountToken',
          audience: 'sts.amazonaws.com',
          subject: 'system:serviceaccount:pay:api',
          expirationSeconds: 86400,
          from: {
            kind: 'ServiceAccount',
            namespace: 'pay',
            name: 'api',
            field: 'metadata.annotations["eks.amazonaws.com/role-arn"]',
          },
        },
      },
    ],
    [
      'cat: a file that is not there',
      irsa,
      { kind: 'readFile', path: '/tmp/$UNKNOWN' },
      { kind: 'file', path: '/tmp/' },
    ],
    [
      'curl: the agent, with the token of its file',
      podIdentity,
      { kind: 'containerCredentials', url: '$AWS_CONTAINER_CREDENTIALS_FULL_URI', token: 'sent' },
      agentCredentials,
    ],
    [
      'curl: the agent, without a token',
      podIdentity,
      { kind: 'containerCredentials', url: agentUrl, token: 'notSent' },
      noToken,
    ],
    [
      'curl: the agent, with the token of a variable that is not set',
      irsa,
      { kind: 'containerCredentials', url: agentUrl, token: 'sent' },
      noToken,
    ],
    [
      'curl: the URL of a variable that is not set',
      irsa,
      { kind: 'containerCredentials', url: '$AWS_CONTAINER_CREDENTIALS_FULL_URI', token: 'sent' },
      { kind: 'reply', reply: { kind: 'refused' } },
    ],
    ['curl: the metadata service, with a token', own, roleList(true), nodeRoleList],
    [
      'curl: the metadata service, without a token',
      own,
      roleList(false),
      { kind: 'reply', reply: { kind: 'httpError', status: 401, message: 'Unauthorized' } },
    ],
    [
      'curl: the metadata service, with a token that does not come back',
      cluster.nodeDefaults({ imds: { httpPutResponseHopLimit: 1 } }).pod('pay/api'),
      roleList(true),
      { kind: 'reply', reply: { kind: 'httpError', status: 401, message: 'Unauthorized' } },
    ],
    [
      'curl: the metadata service, wherever a variable leads SDKs',
      cluster.pod('pay/api', { env: { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://198.51.100.7' } }),
      roleList(true),
      nodeRoleList,
    ],
    [
      'curl: the metadata service over IPv4, whatever a variable tells SDKs',
      cluster
        .fact('imds.httpProtocolIpv6', 'disabled')
        .pod('pay/api', { env: { AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: 'IPv6' } }),
      roleList(true),
      nodeRoleList,
    ],
  ])('%s', (_name, builder, command, expected) => {
    expect(run(builder, command)).toStrictEqual(expected);
  });
});

describe('aws sts get-caller-identity', () => {
  test.each<[string, WorldBuilder, string]>([
    ['botocore', irsa, 'botocore-session-<unix s>'],
    ['go-v2', irsa, '<unix ns>'],
  ])('tells the session of %s', (family, builder, session) => {
    const result = run(builder, {
      kind: 'callerIdentity',
      sdk: { family: family === 'go-v2' ? 'go-v2' : 'botocore' },
    });
    if (result.kind !== 'identity') throw new Error('no identity');
    const { trace: _steps, ...resolution } = result.resolution;
    const identity = { kind: 'role', arn: role('app') };
    expect(resolution).toStrictEqual({
      identity,
      mechanism: 'irsa',
      session,
      credentials: { identity, mechanism: 'irsa', sessionName: session, expiresInSeconds: 3600 },
    });
  });
});
