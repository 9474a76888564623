import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { irsaManifests as irsa, runCli } from './runCli.ts';

const arn = 'arn:aws:iam::111122223333:role/app';
const issuer = 'oidc.eks.eu-west-1.amazonaws.com/id/ABC';

function trust(operator: string, subject: string): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${issuer}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { [operator]: { [`${issuer}:sub`]: subject } },
      },
    ],
  };
}

/** The manifests and the role that they ask for. */
const withRole = `${irsa}---\n${JSON.stringify({
  Role: {
    RoleName: 'app',
    Arn: arn,
    AssumeRolePolicyDocument: trust('StringLike', 'system:serviceaccount:pay:*'),
  },
})}\n`;
const cni = ['--assume', 'cni=aws-vpc-cni'];

function folder(files: Readonly<Record<string, object>>): string {
  const cwd = mkdtempSync(join(tmpdir(), 'whichrole-'));
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(cwd, name), JSON.stringify(content));
  return cwd;
}

describe('whichrole reach', () => {
  it('lists what the pod can obtain, within 80 columns', async () => {
    const { exitCode, stdout } = await runCli(['reach', 'pay/api', '-', ...cni], withRole);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('app       1     IRSA');
    expect(stdout).toContain('node      1     IMDS');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('prints JSON', async () => {
    const { stdout } = await runCli(['reach', 'pay/api', '-', '-o', 'json', ...cni], withRole);
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      reaches: [
        {
          holder: { kind: 'pod', namespace: 'pay', name: 'api', workloadKind: 'Deployment' },
          identity: { kind: 'role', arn },
          hops: [{ by: 'irsa', identity: { kind: 'role', arn } }],
          when: [],
        },
        { identity: { kind: 'role' }, hops: [{ by: 'imds' }] },
      ],
      errors: [],
    });
  });

  it('ends with 2 when there is no such pod', async () => {
    const { exitCode, stderr } = await runCli(['reach', 'pay/apj', '-'], withRole);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('did you mean `pay/api`?');
  });
});

describe('whichrole role', () => {
  it('tells the set of tokens and everybody in the input', async () => {
    for (const named of [arn, 'app']) {
      const { exitCode, stdout } = await runCli(['role', named, '-', ...cni], withRole);
      expect(exitCode).toBe(0);
      expect(stdout).toContain('subjects: system:serviceaccount:pay:*');
      expect(stdout).toContain('and any other that fits, such as system:serviceaccount:pay:a');
      expect(stdout).toContain('sa pay/api      1     IRSA');
      expect(stdout).toContain('deploy pay/api  1     IRSA');
    }
  });

  it('prints JSON', async () => {
    const { stdout } = await runCli(['role', 'app', '-', '--output', 'json', ...cni], withRole);
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      role: arn,
      admitted: [
        {
          issuer,
          patterns: ['system:serviceaccount:pay:*'],
          serviceAccounts: ['pay/api'],
          other: 'system:serviceaccount:pay:a',
        },
      ],
      trusted: [],
      reaches: [{ holder: { kind: 'serviceAccount' } }, { holder: { kind: 'pod' } }],
    });
  });

  it('ends with 2 when there is no such role', async () => {
    const { exitCode, stderr } = await runCli(['role', 'apq', '-'], withRole);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('did you mean `app`?');
  });
});

describe('whichrole trust', () => {
  const cwd = folder({
    'narrow.json': trust('StringEquals', 'system:serviceaccount:pay:api'),
    'wide.json': trust('StringLike', 'system:serviceaccount:pay:*'),
    'other.json': trust('StringLike', 'system:serviceaccount:shop:*'),
    'wrong.json': { Statement: [{ Effect: 'allow' }] },
  });
  const run = (...files: readonly string[]): ReturnType<typeof runCli> =>
    runCli(['trust', ...files], '', { cwd });

  it('tells whom one policy admits, and whether it is doubtful', async () => {
    expect(await run('narrow.json')).toMatchObject({
      exitCode: 0,
      stdout: `tokens of ${issuer}\n  subjects: system:serviceaccount:pay:api\n  such as system:serviceaccount:pay:api\n`,
      stderr: '',
    });
    const doubtful = await run('wide.json');
    expect(doubtful.exitCode).toBe(1);
    expect(doubtful.stderr).toContain('wide.json:1:');
  });

  it('tells who comes and goes between two', async () => {
    const { exitCode, stdout } = await run('narrow.json', 'wide.json');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('gained: such as system:serviceaccount:pay:a');
    expect((await run('narrow.json', 'other.json')).stdout).toContain(
      'gained: system:serviceaccount:shop:*, such as system:serviceaccount:shop:a',
    );
    expect(stdout).toContain('lost: nobody');
    const back = await run('wide.json', 'narrow.json');
    expect(back.stdout).toContain('gained: nobody');
    expect((await run('narrow.json', 'narrow.json')).exitCode).toBe(0);
  });

  it('reads standard input', async () => {
    const text = JSON.stringify(trust('StringEquals', 'system:serviceaccount:pay:api'));
    expect((await runCli(['trust', '-'], text)).stdout).toContain('system:serviceaccount:pay:api');
  });

  it('ends with 2 when there is no policy to read', async () => {
    expect((await run('missing.json')).exitCode).toBe(2);
  });

  it('says with file and line what IAM would refuse', async () => {
    const { exitCode, stderr } = await run('wrong.json');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/wrong\.json:1:\d+: error: .*Statement\[0\]/);
  });
});

describe('a policy that IAM would refuse', () => {
  it('is an error of the table, with its path and its line', async () => {
    const refused = `${irsa}---\n${JSON.stringify(
      {
        Role: {
          RoleName: 'app',
          Arn: arn,
          AssumeRolePolicyDocument: {
            Statement: [{ Effect: 'allow', Principal: '*', Action: 'sts:AssumeRole' }],
          },
        },
      },
      undefined,
      2,
    )}\n`;
    const { exitCode, stderr } = await runCli(['-', '--sdk', 'go-v2'], refused);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/-:\d+:\d+: error: TrustPolicy .*: Statement\[0\]\.Effect: /);
  });
});
