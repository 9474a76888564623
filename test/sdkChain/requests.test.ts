import { describe, expect, test } from 'vitest';
import type { Request, StsEndpoint } from '../../src/model/exchange.ts';
import { parseSdk, sdkBehaviour } from '../../src/sdkChain/registry.ts';
import { runChain, type ChainRun } from '../../src/sdkChain/run.ts';
import { fakeInput, type FakeWorld } from './fakeWorld.ts';

const token = '/var/run/token';
const irsa = { AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/app', AWS_WEB_IDENTITY_TOKEN_FILE: token };

function run(name: string, world: FakeWorld): ChainRun {
  const parsed = parseSdk(name);
  if (parsed.kind !== 'sdk') throw new Error(parsed.diagnostic.message);
  const variables = { HOME: '/home/app', ...world.variables };
  const input = fakeInput({ ...world, variables, files: { [token]: 'token', ...world.files } });
  return runChain(sdkBehaviour(parsed.sdk).behaviour, input);
}

function requests({ steps }: ChainRun): readonly Request[] {
  return steps.flatMap((step) => (step.kind === 'exchange' ? [step.request] : []));
}

function stsRequest(result: ChainRun): Extract<Request, { kind: 'sts' }> | undefined {
  return requests(result).find((request) => request.kind === 'sts');
}

describe('the STS host that an SDK dials', () => {
  const global: StsEndpoint = { kind: 'global' };
  const regional = (region: string): StsEndpoint => ({ kind: 'regional', region });
  const inRegion = (region: string) => ({ AWS_REGION: region, AWS_DEFAULT_REGION: region });
  const setting = (value: string) => ({ AWS_STS_REGIONAL_ENDPOINTS: value });
  const table: readonly (readonly [string, Readonly<Record<string, string>>, StsEndpoint | undefined])[] = [
    ['js-v2', inRegion('us-east-1'), global],
    ['js-v2', inRegion('eu-south-1'), regional('eu-south-1')],
    ['js-v2', { ...inRegion('us-east-1'), ...setting('regional') }, regional('us-east-1')],
    ['js-v3', { ...inRegion('us-east-1'), ...setting('legacy') }, regional('us-east-1')],
    ['js-v3', {}, regional('')],
    ['botocore@1.39.0', inRegion('us-east-1'), global],
    ['botocore@1.40.0', inRegion('us-east-1'), regional('us-east-1')],
    ['botocore@1.40.0', { ...inRegion('us-east-1'), ...setting('legacy') }, global],
    ['botocore', { AWS_REGION: 'eu-west-1' }, global],
    ['aws-cli-v1', {}, undefined],
    ['aws-cli-v2', {}, regional('us-east-1')],
    ['go-v1', inRegion('eu-west-1'), global],
    ['go-v2', inRegion('eu-west-1'), regional('eu-west-1')],
    ['go-v2', {}, undefined],
    // The metadata service of the fake world lies in us-east-1.
    ['java-v2', {}, regional('us-east-1')],
    ['java-v2', { AWS_EC2_METADATA_DISABLED: 'true' }, global],
    ['dotnet-v4', {}, regional('us-east-1')],
    ['dotnet-v3', {}, global],
    ['swift', {}, undefined],
  ];
  test.each(table)('%s with %o', (name, variables, endpoint) => {
    expect(stsRequest(run(name, { variables: { ...irsa, ...variables } }))?.endpoint).toEqual(endpoint);
  });

  test('a region in a visible config file counts', () => {
    const files = { '/home/app/.aws/config': '[default]\nregion = eu-west-1\n' };
    expect(stsRequest(run('go-v2', { variables: irsa, files }))?.endpoint).toEqual(regional('eu-west-1'));
  });
});

describe('the name of the role session', () => {
  const region = { AWS_REGION: 'eu-west-1' };
  test.each([
    ['botocore', 'botocore-session-<unix s>'],
    ['js-v2', 'token-file-web-identity'],
    ['js-v3', 'aws-sdk-js-session-<unix ms>'],
    ['java-v2', 'aws-sdk-java-<unix ms>'],
    ['rust', 'web-identity-token-<unix ms>'],
  ])('of %s is %s unless somebody sets one', (name, pattern) => {
    const variables = { ...irsa, ...region };
    expect(stsRequest(run(name, { variables }))?.sessionName).toBe(pattern);
    const named = { ...variables, AWS_ROLE_SESSION_NAME: 'mine' };
    expect(stsRequest(run(name, { variables: named }))?.sessionName).toBe('mine');
  });
});

describe('the container endpoint', () => {
  const relative = { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/x' };
  const full = { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials' };
  const tokenFile = { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: token };
  const ecs = 'http://169.254.170.2/v2/x';
  const agent = 'http://169.254.170.23/v1/credentials';
  const table: readonly (readonly [string, Readonly<Record<string, string>>, object])[] = [
    ['botocore', { ...relative, ...full, ...tokenFile }, { url: ecs, tokenFile: token }],
    ['go-v1', { ...relative, ...full, ...tokenFile }, { url: agent, tokenFile: token }],
    ['go-v2@1.27.33', { ...relative, ...full }, { url: agent }],
    ['go-v2@1.27.34', { ...relative, ...full }, { url: ecs }],
    ['js-v2', { ...full, ...tokenFile, AWS_CONTAINER_AUTHORIZATION_TOKEN: 't' }, { url: agent }],
    [
      'js-v3',
      { ...full, ...tokenFile, AWS_CONTAINER_AUTHORIZATION_TOKEN: 't' },
      { url: agent, tokenFile: token },
    ],
    ['swift', { ...relative, ...tokenFile }, { url: ecs }],
  ];
  test.each(table)('%s with %o', (name, variables, expected) => {
    const asked = requests(run(name, { variables })).find(({ kind }) => kind === 'container');
    expect(asked).toEqual({ kind: 'container', ...expected });
  });

  test('a URI that is present but empty switches most SDKs to it', () => {
    const variables = { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '' };
    const providers = ['botocore', 'ruby', 'js-v3', 'java-v2', 'rust'].map(
      (name) => run(name, { variables }).end.provider,
    );
    expect(providers).toEqual(['container', 'container', 'imds', 'container', 'container']);
  });
});

describe('a variable whose text is not known', () => {
  test('counts as set, and stands in a request as the reference to it', () => {
    const world = { variables: { ...irsa, AWS_ROLE_ARN: undefined, AWS_REGION: 'eu-west-1' } };
    expect(stsRequest(run('java-v2', world))?.roleArn).toBe('$(AWS_ROLE_ARN)');
  });

  test('gives static keys of an unknown user', () => {
    const variables = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
    expect(run('go-v2', { variables }).end).toMatchObject({
      kind: 'credentials',
      provider: 'environment',
      credentials: { identity: { kind: 'static', from: { kind: 'Pod' } }, mechanism: 'env' },
    });
  });
});

describe('what switches the metadata service off', () => {
  const table = [
    ['js-v2', 'false', false],
    ['js-v3', 'false', true],
    ['js-v3', 'yes', false],
    ['botocore', 'TRUE', false],
    ['botocore', 'yes', true],
    ['rust', 'True', false],
  ] as const;
  test.each(table)('%s with AWS_EC2_METADATA_DISABLED=%s reaches it: %s', (name, value, reaches) => {
    const asked = requests(run(name, { variables: { AWS_EC2_METADATA_DISABLED: value } }));
    expect(asked.length > 0).toBe(reaches);
  });
});

describe('half a pair of static keys', () => {
  test.each([
    ['botocore', 'environment'],
    ['go-v2', 'imds'],
    ['js-v3', 'imds'],
    ['java-v2', 'imds'],
  ])('%s ends at %s', (name, provider) => {
    expect(run(name, { variables: { AWS_ACCESS_KEY_ID: 'AKIA' } }).end.provider).toBe(provider);
  });

  test('a name that is present but empty hides the names after it, in Ruby only', () => {
    const variables = {
      AWS_ACCESS_KEY_ID: '',
      AWS_ACCESS_KEY: 'AKIA',
      AWS_SECRET_ACCESS_KEY: 'secret',
    };
    expect(run('ruby', { variables }).end.provider).toBe('imds');
    expect(run('go-v2', { variables }).end.provider).toBe('environment');
  });
});

describe('the proxy to which the request for container credentials goes', () => {
  const proxy = 'http://proxy.example.com:3128';
  const agent = 'http://169.254.170.23/v1/credentials';
  const through = (name: string, url: string, variables: Readonly<Record<string, string>>) =>
    requests(run(name, { variables: { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, ...variables } })).find(
      (request) => request.kind === 'container',
    )?.proxy;
  const table: readonly (readonly [string, string, Readonly<Record<string, string>>, string | undefined])[] =
    [
      ['go-v2', agent, {}, undefined],
      ['go-v2', agent, { HTTP_PROXY: proxy }, proxy],
      ['go-v1', agent, { http_proxy: proxy }, proxy],
      ['botocore', agent, { HTTP_PROXY: proxy }, undefined],
      ['java-v2', agent, { HTTP_PROXY: proxy }, undefined],
      ['go-v2', agent, { HTTP_PROXY: proxy, NO_PROXY: '10.0.0.0/8, .svc' }, proxy],
      ['go-v2', agent, { HTTP_PROXY: proxy, NO_PROXY: '10.0.0.0/8, 169.254.170.23' }, undefined],
      ['go-v2', agent, { HTTP_PROXY: proxy, no_proxy: '169.254.0.0/16' }, undefined],
      ['go-v2', agent, { HTTP_PROXY: proxy, NO_PROXY: '169.254.0.0/99' }, proxy],
      ['go-v2', agent, { HTTP_PROXY: proxy, NO_PROXY: '*' }, undefined],
      ['go-v2', 'http://[fd00:ec2::23]/v1/credentials', { HTTP_PROXY: proxy }, proxy],
      [
        'go-v2',
        'http://[fd00:ec2::23]/v1/credentials',
        { HTTP_PROXY: proxy, NO_PROXY: 'fd00:ec2::23' },
        undefined,
      ],
      ['go-v2', 'http://127.0.0.1:8080/', { HTTP_PROXY: proxy }, undefined],
      ['go-v2', 'http://localhost:8080/', { HTTP_PROXY: proxy }, undefined],
    ];
  test.each(table)('%s to %s with %o', (name, url, variables, expected) => {
    expect(through(name, url, variables)).toBe(expected);
  });
});
