import { describe, expect, it } from 'vitest';
import { parseShellCommand } from '../../src/cli/shellCommand.ts';
import type { ShellCommand } from '../../src/resolve/runCommand.ts';
import { irsaManifests as irsa, runCli } from './runCli.ts';

const admits = ['--assume', 'trust:arn:aws:iam::111122223333:role/app=admits'];
const refuses = ['--assume', 'trust:arn:aws:iam::111122223333:role/app=refuses'];
const tokenPath = '/var/run/secrets/eks.amazonaws.com/serviceaccount/token';
const security = 'http://169.254.169.254/latest/meta-data/iam/security-credentials/';

async function exec(command: readonly string[], options: readonly string[] = admits): Promise<string> {
  return (await runCli(['exec', 'pay/api', '-f', '-', ...options, '--', ...command], irsa)).stdout;
}

describe('parseShellCommand', () => {
  const sdk = { family: 'aws-cli-v2' } as const;
  it.each<{ line: readonly string[]; command: ShellCommand }>([
    {
      line: ['aws', 'sts', 'get-caller-identity', '--output', 'json'],
      command: { kind: 'callerIdentity', sdk },
    },
    {
      line: ['aws', '--no-cli-pager', 'sts', 'get-caller-identity'],
      command: { kind: 'callerIdentity', sdk },
    },
    { line: ['/usr/bin/env'], command: { kind: 'environment' } },
    { line: ['printenv', 'AWS_ROLE_ARN'], command: { kind: 'printenv', names: ['AWS_ROLE_ARN'] } },
    {
      line: ['sh', '-c', 'echo "$AWS_ROLE_ARN" done'],
      command: { kind: 'echo', text: '$AWS_ROLE_ARN done' },
    },
    { line: ['cat', tokenPath], command: { kind: 'readFile', path: tokenPath } },
    {
      line: [
        'curl',
        '-s',
        '-X',
        'PUT',
        '-H',
        'X-aws-ec2-metadata-token-ttl-seconds: 60',
        'http://169.254.169.254/latest/api/token',
      ],
      command: { kind: 'metadata', call: { kind: 'token' }, withToken: false },
    },
    {
      line: ['curl', '-XPUT', '169.254.169.254/latest/api/token'],
      command: { kind: 'metadata', call: { kind: 'token' }, withToken: false },
    },
    {
      line: ['curl', '--header', 'X-aws-ec2-metadata-token: abc', security],
      command: { kind: 'metadata', call: { kind: 'roleList' }, withToken: true },
    },
    {
      line: ['curl', `${security}app`],
      command: { kind: 'metadata', call: { kind: 'roleCredentials', roleName: 'app' }, withToken: false },
    },
    {
      line: ['curl', '-H', 'Authorization: x', 'http://169.254.170.23/v1/credentials'],
      command: { kind: 'containerCredentials', url: 'http://169.254.170.23/v1/credentials', token: 'sent' },
    },
  ])('reads $line', ({ line, command }) => {
    expect(parseShellCommand(line, sdk)).toEqual({ kind: 'command', command });
  });

  it.each([
    [['ls']],
    [['aws', 's3', 'ls']],
    [['curl', 'https://example.com']],
    [['cat']],
    [['env', 'X=1', 'sh']],
  ])('does not claim to know what %j prints', (line) => {
    expect(parseShellCommand(line, sdk).kind).toBe('wrong');
  });
});

describe('whichrole exec', () => {
  it('prints what the CLI prints, and marks what nobody can know', async () => {
    expect(JSON.parse(await exec(['aws', 'sts', 'get-caller-identity']))).toEqual({
      UserId: 'AROA<unknown>:botocore-session-<unix s>',
      Account: '111122223333',
      Arn: 'arn:aws:sts::111122223333:assumed-role/app/botocore-session-<unix s>',
    });
  });

  it('prints the error of the CLI in its place', async () => {
    expect(await exec(['aws', 'sts', 'get-caller-identity'], refuses)).toBe(
      'An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity\n# exit code 254\n',
    );
  });

  it('answers for the SDK that is named', async () => {
    const output = await exec(['aws', 'sts', 'get-caller-identity'], [...refuses, '--sdk', 'java-v2']);
    expect(output).toContain('assumed-role/node/');
  });

  it('prints each output that is possible, with its condition', async () => {
    const lines = (await exec(['aws', 'sts', 'get-caller-identity'], [])).split('\n');
    expect(lines.filter((line) => line.startsWith('# if'))).toEqual([
      '# if the trust policy of arn:aws:iam::111122223333:role/app admits the caller',
      '# if the trust policy of arn:aws:iam::111122223333:role/app refuses',
    ]);
  });

  it.each([
    { command: ['printenv', 'AWS_ROLE_ARN'], output: 'arn:aws:iam::111122223333:role/app\n' },
    { command: ['printenv', 'HOME'], output: '# exit code 1\n' },
    { command: ['echo', '$AWS_WEB_IDENTITY_TOKEN_FILE'], output: `${tokenPath}\n` },
    { command: ['sh', '-c', 'echo ${NOTHING}here'], output: 'here\n' },
    { command: ['cat', '/nowhere'], output: 'cat: /nowhere: No such file or directory\n# exit code 1\n' },
    { command: ['curl', '-s', security], output: 'node\n' },
    { command: ['curl', '-s', '-X', 'PUT', 'http://169.254.169.254/latest/api/token'], output: '<token>\n' },
    {
      command: ['curl', 'http://169.254.169.254/latest/meta-data/hostname'],
      output: '<a body that the input does not show>\n',
    },
  ])('$command', async ({ command, output }) => {
    expect(await exec(command)).toBe(output);
  });

  it('describes a token instead of inventing one', async () => {
    expect(await exec(['cat', tokenPath])).toContain('subject system:serviceaccount:pay:api');
  });

  it('lists the variables that manifests and the webhook set', async () => {
    const names = (await exec(['env'])).split('\n').map((line) => line.split('=')[0]);
    expect(names).toEqual(
      expect.arrayContaining(['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_REGION']),
    );
  });

  it('gives curl a token only where one is to be had', async () => {
    const lost = ['--assume', 'imds.httpPutResponseHopLimit=1', '--assume', 'imds.httpTokens=required'];
    const command = ['curl', '-H', 'X-aws-ec2-metadata-token: $TOKEN', security];
    expect(await exec(command, lost)).toContain('<status 401>');
    expect(await exec(command, ['--assume', 'imds.httpTokens=required'])).toBe('node\n');
  });
});
