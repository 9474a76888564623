import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { schemaPath, schemaText, writeSchema } from '../../../scripts/schema.ts';
import { parseFact } from '../../../src/ingest/factText.ts';
import { parseSdk } from '../../../src/ingest/sdkText.ts';
import { complaints, read, readFiles } from '../read.ts';

const settings = (text: string): ReturnType<typeof read> => read(text, 'whichrole.yaml');
const role = 'arn:aws:iam::111122223333:role/node';

describe('whichrole.yaml', () => {
  it('states what no export shows', () => {
    const parsed = settings(
      [
        'cluster: {name: prod, accountId: 111122223333, oidcIssuer: "https://oidc.example/id/A", ipFamily: ipv6}',
        'cni: cilium',
        `nodeRole: ${role}`,
        'imds: {httpTokens: required, httpPutResponseHopLimit: 1}',
        'nodes:',
        '  - {name: n1, role: "arn:aws:iam::111122223333:role/one", imds: {httpTokens: optional}}',
        '  - {matchLabels: {pool: gpu}, compute: fargate}',
        'sdks:',
        '  - {sdk: boto3}',
        '  - {namespace: pay, workload: api, container: app, sdk: java-v2@2.20.0}',
        'kube2iam: {installed: true, daemon: ready, rule: present}',
        'podIdentityAgent: absent',
        'webhook: injects',
        'sts: answers',
        'facts:',
        `  trust:${role}: refuses`,
        '  imds.httpPutResponseHopLimit: 2',
      ].join('\n'),
    );
    expect(complaints(parsed)).toEqual([]);
    const { world } = parsed;
    expect(world.cluster).toMatchObject({
      name: 'prod',
      accountId: '111122223333',
      oidcIssuer: 'oidc.example/id/A',
      ipFamily: 'ipv6',
      partition: 'aws',
      ref: { field: 'cluster', position: { file: 'whichrole.yaml', line: 1 } },
    });
    expect(world.nodeDefaults).toMatchObject({
      roleArn: role,
      roleRef: { position: { line: 3 } },
      imds: { httpTokens: 'required', httpPutResponseHopLimit: 1, ref: { position: { line: 4 } } },
    });
    expect(world.nodes).toMatchObject([
      {
        name: 'n1',
        roleArn: 'arn:aws:iam::111122223333:role/one',
        imds: { httpTokens: 'optional' },
        compute: 'ec2',
      },
      { name: 'pool=gpu', labels: { pool: 'gpu' }, compute: 'fargate', imds: {} },
    ]);
    expect(world.sdkStatements).toMatchObject([
      { sdk: { family: 'botocore' } },
      { namespace: 'pay', workload: 'api', container: 'app', sdk: { family: 'java-v2', version: '2.20.0' } },
    ]);
    expect(
      world.facts.map(({ name, scope, value, ref }) => [name, scope, value, ref?.position?.line]),
    ).toEqual([
      ['cni', undefined, 'cilium', 2],
      ['kube2iam.daemon', undefined, 'ready', 11],
      ['kube2iam.rule', undefined, 'present', 11],
      ['podIdentityAgent', undefined, 'absent', 12],
      ['webhook', undefined, 'injects', 13],
      ['sts', undefined, 'answers', 14],
      ['kube2iam', undefined, 'installed', 11],
      ['trust', role, 'refuses', 16],
      ['imds.httpPutResponseHopLimit', undefined, '2', 17],
    ]);
  });

  it.each([
    ['dir/whichrole.yml', 'cni: cilium'],
    ['other.yaml', 'apiVersion: whichrole.dev/v1\ncni: cilium'],
  ])('is recognised as %s', (file, text) => {
    expect(read(text, file).world.facts).toMatchObject([{ name: 'cni', value: 'cilium' }]);
  });

  it.each<[string, string, readonly string[]]>([
    ['an unknown key', 'cnis: cilium', ['1 error bad-setting cnis → cni']],
    ['an unknown key below', 'cluster:\n  acountId: x', ['2 error bad-setting cluster.acountId → accountId']],
    ['an unknown key in a list', 'nodes:\n  - nme: x', ['2 error bad-setting nodes[0].nme → name']],
    ['an unknown word', 'cni: cillium', ['1 error bad-setting cni → cilium']],
    ['a key that is missing', 'sdks:\n  - namespace: x', ['2 error bad-setting sdks[0]']],
    ['a wrong type', 'kube2iam: {installed: "yes"}', ['1 error bad-setting kube2iam.installed']],
    [
      'an account of 11 digits',
      'cluster: {accountId: "11112222333"}',
      ['1 error bad-setting cluster.accountId'],
    ],
    ['a role that is none', 'nodeRole: my-role', ['1 error bad-setting nodeRole']],
    [
      'a number out of range',
      'imds: {httpPutResponseHopLimit: 65}',
      ['1 error bad-setting imds.httpPutResponseHopLimit'],
    ],
    ['an unknown SDK', 'sdks:\n  - sdk: jav-v2', ['2 error bad-sdk sdks[0].sdk → java-v2']],
    ['an unknown fact', 'facts:\n  stss: answers', ['2 error bad-setting facts.stss → sts']],
    ['a value no fact has', 'facts:\n  sts: anwers', ['2 error bad-setting facts.sts → answers']],
    [
      'several mistakes at once',
      'cnis: x\nwebhok: injects',
      ['1 error bad-setting cnis → cni', '2 error bad-setting webhok → webhook'],
    ],
    [
      'several in one section',
      'cluster:\n  nam: x\n  regio: y\n  ipFamily: z',
      [
        '2 error bad-setting cluster.nam → name',
        '3 error bad-setting cluster.regio → region',
        '4 error bad-setting cluster.ipFamily',
      ],
    ],
    ['a word instead of a list', 'apiVersion: whichrole.dev/v1\nnodes: x', ['2 error bad-setting nodes']],
  ])('complains of %s at its line', (_name, text, expected) => {
    expect(complaints(settings(text))).toEqual(expected);
  });

  it('keeps the sections without mistakes', () => {
    const { world } = settings(`cni: cillium\nnodeRole: ${role}\nfacts: {sts: timeout, stss: x}`);
    expect(world.nodeDefaults.roleArn).toBe(role);
    expect(world.facts).toMatchObject([{ name: 'sts', value: 'timeout' }]);
  });

  it('wins over what exports show', () => {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', labels: { pool: 'gpu' } } };
    const { world } = readFiles({
      'whichrole.yaml':
        'nodes: [{matchLabels: {pool: gpu}, imds: {httpTokens: required}}]\ncluster: {region: eu-west-1}',
      'n.json': node,
      'c.json': { cluster: { name: 'prod', arn: 'arn:aws:eks:us-east-1:111122223333:cluster/prod' } },
    });
    expect(world.nodes).toMatchObject([{ name: 'n1', imds: { httpTokens: 'required' } }]);
    expect(world.cluster).toMatchObject({ name: 'prod', region: 'eu-west-1', accountId: '111122223333' });
  });

  it('lets a pod say more than the settings', () => {
    const { world } = readFiles({
      'p.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata: {name: p, annotations: {whichrole.dev/sdk: go-v2}}\nspec: {containers: [{name: a, image: a}]}',
      'whichrole.yaml': 'sdks: [{sdk: boto3}]',
    });
    expect(world.sdkStatements.map(({ sdk }) => sdk.family)).toEqual(['botocore', 'go-v2']);
  });
});

describe('the published schema', () => {
  it('is that of the code (UPDATE_DOCS=1 writes it)', async () => {
    if (process.env['UPDATE_DOCS'] === '1') await writeSchema();
    expect(readFileSync(schemaPath, 'utf8')).toBe(await schemaText());
  });
});

describe('parseFact', () => {
  it.each([
    ['sts', 'timeout', { name: 'sts', value: 'timeout' }],
    [`trust:${role}`, 'admits', { name: 'trust', scope: role, value: 'admits' }],
    ['node:pay/api', 'n1', { name: 'node', scope: 'pay/api', value: 'n1' }],
    ['imds.httpPutResponseHopLimit', '3', { name: 'imds.httpPutResponseHopLimit', value: '3' }],
  ])('reads %s=%s', (key, value, fact) => {
    expect(parseFact(key, value)).toEqual({ kind: 'fact', fact });
  });

  it.each([
    ['imds.httpPutResponseHopLimit', '65'],
    ['sts', ''],
    ['', 'x'],
    ['toString', 'x'],
  ])('refuses %s=%s', (key, value) => {
    expect(parseFact(key, value).kind).toBe('wrong');
  });
});

describe('parseSdk', () => {
  it.each([
    ['java-v2', { family: 'java-v2' }],
    ['Java-V2@2.20.0', { family: 'java-v2', version: '2.20.0' }],
    [' boto3@1.34 ', { family: 'botocore', version: '1.34' }],
    ['go@', { family: 'go-v2' }],
  ])('reads %j', (text, sdk) => {
    expect(parseSdk(text)).toEqual({ kind: 'sdk', sdk });
  });

  it.each([
    ['jav-v2', 'java-v2'],
    ['constructor', undefined],
  ])('refuses %j', (text, nearest) => {
    expect(parseSdk(text)).toEqual({ kind: 'unknown', family: text, ...(nearest ? { nearest } : {}) });
  });
});
