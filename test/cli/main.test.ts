import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { answersSchema } from '../../src/report/answersSchema.ts';
import { irsaManifests as irsa, runCli } from './runCli.ts';

const trustAdmits = ['--assume', 'trust:arn:aws:iam::111122223333:role/app=admits'];
const trustRefuses = ['--assume', 'trust:arn:aws:iam::111122223333:role/app=refuses'];
const go = ['--sdk', 'go-v2'];

describe('whichrole PATH…', () => {
  it('ends with 0 when every pod gets what it is meant to get', async () => {
    const { exitCode, stdout, stderr } = await runCli(['-', ...go, ...trustAdmits], irsa);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('pay        deploy/api  app       IRSA');
  });

  it('ends with 1 when something is found', async () => {
    expect(await runCli(['-', ...go, ...trustRefuses], irsa)).toMatchObject({ exitCode: 1 });
  });

  it('reads files named in both forms, from the folder where it runs', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'whichrole-'));
    writeFileSync(join(cwd, 'all.yaml'), irsa);
    const argv = [...go, ...trustAdmits];
    const [byArgument, byOption, byFolder] = await Promise.all([
      runCli(['all.yaml', ...argv], '', { cwd }),
      runCli(['-f', 'all.yaml', ...argv], '', { cwd }),
      runCli(argv, '', { cwd }),
    ]);
    expect(byArgument.exitCode).toBe(0);
    expect(byOption.stdout).toBe(byArgument.stdout);
    expect(byFolder.stdout).toBe(byArgument.stdout);
  });

  it('answers what can be answered and complains of the rest with file and line', async () => {
    const broken = `${irsa}---\nkind: [\n`;
    const { exitCode, stdout, stderr } = await runCli(['-', ...go, ...trustAdmits], broken);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('deploy/api');
    expect(stderr).toMatch(/^-:\d+:\d+: error: /);
  });

  it.each([
    { title: 'nothing to answer', argv: ['-'], stdin: '', stderr: 'no workload in the input' },
    { title: 'a path that is not there', argv: ['nowhere.yaml'], stdin: '', stderr: '`nowhere.yaml`' },
    { title: 'a misspelt command', argv: ['explian', 'pay/api'], stdin: '', stderr: 'whichrole explain' },
    { title: 'an unknown option', argv: ['-', '--sdc', 'go-v2'], stdin: irsa, stderr: '--sdk' },
    { title: 'an unknown SDK', argv: ['-', '--sdk', 'jav-v2'], stdin: irsa, stderr: 'did you mean java-v2' },
    { title: 'an unknown format', argv: ['-', '-o', 'xml'], stdin: irsa, stderr: 'text, json' },
    { title: 'too many faults', argv: ['-', '--faults', '9'], stdin: irsa, stderr: 'from 0 to 3' },
    { title: 'an unknown fact', argv: ['-', '--assume', 'cnii=cilium'], stdin: irsa, stderr: '`cni`' },
    { title: 'a wrong value', argv: ['-', '--assume', 'cni=cillium'], stdin: irsa, stderr: '`cilium`' },
    {
      title: 'an expectation of nobody',
      argv: ['-', '--expect', 'pay/apo=app'],
      stdin: irsa,
      stderr: '`pay/api`',
    },
    {
      title: 'an expectation of nothing',
      argv: ['-', '--expect', 'pay/api'],
      stdin: irsa,
      stderr: 'pod=role',
    },
  ])('ends with 2 for $title', async ({ argv, stdin, stderr }) => {
    const result = await runCli(argv, stdin);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain(stderr);
    expect(result.stdout).toBe('');
  });

  it.each([
    { expected: 'pay/api=app', argv: trustAdmits, unmet: 0 },
    { expected: 'pay/api=arn:aws:iam::111122223333:role/app', argv: trustAdmits, unmet: 0 },
    { expected: 'pay/deploy/api=app', argv: trustAdmits, unmet: 0 },
    { expected: 'pay/api=none', argv: trustAdmits, unmet: 2 },
    { expected: 'pay/api=none', argv: trustRefuses, unmet: 0 },
    { expected: 'pay/api=node-role', argv: trustAdmits, unmet: 2 },
    // Nobody stated whether the role trusts the pod, so that it gets the role is not certain.
    { expected: 'pay/api=app', argv: [], unmet: 2 },
  ])('$expected with $argv is unmet by $unmet containers', async ({ expected, argv, unmet }) => {
    const { exitCode, stderr } = await runCli(['-', ...go, ...argv, '--expect', expected], irsa);
    const complaints = stderr.split('\n').filter((line) => line.startsWith(`expected ${expected}, but`));
    expect(complaints).toHaveLength(unmet);
    if (unmet > 0) expect(exitCode).toBe(1);
  });

  it('prints JSON as the schema describes it', async () => {
    const { stdout } = await runCli(['-', '-o', 'json', '--trace'], irsa);
    const json = JSON.parse(stdout) as unknown;
    expect(v.parse(answersSchema, json)).toEqual(json);
  });

  it('looks at one namespace, and lets expectations look at all', async () => {
    const other = `${irsa}---\n{apiVersion: v1, kind: Pod, metadata: {name: x, namespace: web}, spec: {containers: [{name: c, image: i}]}}\n`;
    const argv = ['-', '-n', 'web', ...go, ...trustAdmits, '--expect', 'pay/api=app'];
    const { stdout, stderr } = await runCli(argv, other);
    expect(stdout).toContain('po/x');
    expect(stdout).not.toContain('deploy/api');
    expect(stderr).toBe('');
  });
});

describe('colour', () => {
  it.each([
    { title: 'a pipe', io: {}, argv: [], coloured: false },
    { title: 'a terminal', io: { isTTY: true }, argv: [], coloured: true },
    { title: 'a dumb terminal', io: { isTTY: true, env: { TERM: 'dumb' } }, argv: [], coloured: false },
    { title: 'NO_COLOR', io: { isTTY: true, env: { NO_COLOR: '1' } }, argv: [], coloured: false },
    { title: 'an empty NO_COLOR', io: { isTTY: true, env: { NO_COLOR: '' } }, argv: [], coloured: true },
    { title: '--no-color', io: { isTTY: true }, argv: ['--no-color'], coloured: false },
    { title: 'FORCE_COLOR', io: { env: { FORCE_COLOR: '1' } }, argv: [], coloured: true },
    {
      title: 'FORCE_COLOR and NO_COLOR',
      io: { env: { FORCE_COLOR: '1', NO_COLOR: '1' } },
      argv: [],
      coloured: false,
    },
  ])('$title: $coloured', async ({ io, argv, coloured }) => {
    const { stdout } = await runCli(['-', ...go, ...trustAdmits, ...argv], irsa, io);
    expect(stdout.includes('\u001B[')).toBe(coloured);
  });
});

describe('whichrole explain', () => {
  it.each(['pay/api', 'pay/deploy/api', 'pay/Deployment/api'])('finds %s', async (name) => {
    const { stdout } = await runCli(['explain', name, '-f', '-', ...go, ...trustAdmits], irsa);
    expect(stdout).toContain('=> app via IRSA');
    expect(stdout).toContain('other containers: proxy (-c)');
  });

  it.each(['api', 'deploy/api'])('finds %s with the namespace as an option', async (name) => {
    const { exitCode } = await runCli(['explain', name, '-n', 'pay', '-f', '-', ...go, ...trustAdmits], irsa);
    expect(exitCode).toBe(0);
  });

  it('explains each group of SDKs once when nobody said which it is', async () => {
    const { stdout } = await runCli(['explain', 'pay/api', '-f', '-', ...trustRefuses], irsa);
    expect(stdout.split('\n').filter((line) => line.startsWith('SDK '))).toHaveLength(2);
  });

  it('draws a sequence diagram', async () => {
    const { stdout } = await runCli(
      ['explain', 'pay/api', '--mermaid', '-f', '-', ...go, ...trustAdmits],
      irsa,
    );
    expect(stdout).toMatch(/^sequenceDiagram\n/);
  });

  it.each([
    { argv: ['explain', 'pay/apu'], stderr: 'did you mean `pay/api`' },
    { argv: ['explain', 'api'], stderr: 'did you mean `pay/api`' },
    { argv: ['explain', 'pay/api', '-c', 'sidecar'], stderr: 'one of app, proxy' },
    { argv: ['explain'], stderr: 'missing required argument' },
  ])('ends with 2 for $argv', async ({ argv, stderr }) => {
    const result = await runCli([...argv, '-f', '-'], irsa);
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
    expect(result.stderr).toContain(stderr);
  });
});

describe('whichrole diff', () => {
  it('ends with 1 when an identity changes and with 0 when none does', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'whichrole-'));
    writeFileSync(join(cwd, 'before.yaml'), irsa);
    writeFileSync(join(cwd, 'after.yaml'), irsa.replace('role/app', 'role/other'));
    const changed = await runCli(['diff', 'before.yaml', 'after.yaml', ...go], '', { cwd });
    const same = await runCli(['diff', 'before.yaml', 'before.yaml', ...go], '', { cwd });
    expect(changed.exitCode).toBe(1);
    expect(changed.stdout).toContain('app via IRSA -> other via IRSA');
    expect(same).toMatchObject({ exitCode: 0, stdout: 'no identity changes\n' });
  });
});

describe('whichrole sdks', () => {
  it.each([
    { argv: ['sdks'], start: 'SDK ' },
    { argv: ['sdks', 'boto3'], start: 'botocore' },
    { argv: ['sdks', 'java-v2@2.10.0', '-o', 'json'], start: '{' },
    { argv: ['sdks', 'go-v2', '--mermaid'], start: 'stateDiagram-v2' },
  ])('$argv', async ({ argv, start }) => {
    const { exitCode, stdout } = await runCli(argv);
    expect(exitCode).toBe(0);
    expect(stdout.slice(0, 30)).toContain(start);
  });

  it('compares two, a situation a row, within 80 columns', async () => {
    const { exitCode, stdout } = await runCli(['sdks', '--compare', 'go-v2', 'java-v2@2.20.0']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^SITUATION +go-v2 +java-v2@2\.20\.0\n/);
    expect(stdout).toMatch(/IRSA, STS: AccessDenied +stops: failed to refresh +goes on to IMDS/);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('compares two as JSON', async () => {
    const { stdout } = await runCli(['sdks', '--compare', 'rust', 'php', '-o', 'json']);
    const { differences } = JSON.parse(stdout) as { differences: { situation: { id: string } }[] };
    expect(differences.map(({ situation }) => situation.id)).toContain('irsa.accessDenied');
  });

  it('answers for a version that nobody has looked at, and says as which', async () => {
    const { exitCode, stdout } = await runCli(['sdks', 'go-v2@99.0']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/assumed: go-v2@99\.0 \(as from [\d.]+; the newest looked at is [\d.]+\)/);
  });

  it.each([
    { argv: ['cobol'], says: /unknown SDK `cobol`, expected one of aws-cli-v1, .*rust/ },
    { argv: ['jva-v2'], says: /expected one of .*, did you mean `java-v2`/ },
    { argv: ['go-v2@latest'], says: /no version that can be compared/ },
    { argv: ['go-v2', 'java-v2'], says: /one SDK is shown at a time/ },
    { argv: ['--compare', 'go-v2'], says: /two SDKs are compared/ },
  ])('ends with 2 for $argv', async ({ argv, says }) => {
    const { exitCode, stderr } = await runCli(['sdks', ...argv]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(says);
  });
});

describe('--sdk', () => {
  it('names the nearest SDK and those that exist', async () => {
    const { exitCode, stderr } = await runCli(['-f', '-', '--sdk', 'gov2'], irsa);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/did you mean go-v2\? Expected one of aws-cli-v1, .*rust/);
  });

  it.each([
    ['newer than any that somebody has looked at', 'go-v2@99.0', /sdk=go-v2@99\.0 \(as from/],
    ['older', 'go-v2@0.1', /sdk=go-v2@0\.1 \(as before/],
  ])('of a version %s is answered, with what was assumed', async (_name, sdk, says) => {
    const table = await runCli(['-f', '-', '--sdk', sdk, ...trustAdmits], irsa);
    expect(table.stdout.replaceAll(/\s+/g, ' ')).toMatch(says);
    const explained = await runCli(['explain', 'pay/api', '-f', '-', '--sdk', sdk], irsa);
    expect(explained.stdout.replaceAll(/\s+/g, ' ')).toMatch(says);
    const json = await runCli(['-f', '-', '--sdk', sdk, '-o', 'json'], irsa);
    const { answers } = JSON.parse(json.stdout) as {
      answers: { consulted: { fact: string; basis: string }[] }[];
    };
    expect(answers[0]?.consulted[0]).toMatchObject({ fact: 'sdk', basis: 'assumed' });
  });
});

describe('whichrole timeline', () => {
  const timeline = ['timeline', 'pay/api', '-f', '-', ...trustAdmits];

  it('says what the process holds, and since when', async () => {
    const at = ['--at', '40', 'sts=timeout', '--at', '100', 'sts=answers'];
    const { exitCode, stdout } = await runCli([...timeline, '--sdk', 'kotlin', ...at], irsa);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      / 0 min {2}app via IRSA\n +45 min {2}node via IMDS: .*\n.*\n +105 min {2}app via IRSA/,
    );
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('tells the same as JSON', async () => {
    const argv = [...timeline, '--sdk', 'go-v2', '-o', 'json', '--at', '10', 'sts=refused'];
    const { stdout } = await runCli(argv, irsa);
    const { timelines } = JSON.parse(stdout) as {
      timelines: { courses: { entries: { minute: number; why: string; after: string[] }[] }[] }[];
    };
    expect(timelines[0]?.courses[0]?.entries).toMatchObject([
      { minute: 0, why: 'started', after: [] },
      { minute: 60, why: 'failed', after: ['sts=refused'], identity: { kind: 'none' } },
    ]);
  });

  it.each([
    { at: ['sts=timeout'], says: /has no minute before it/ },
    { at: ['40', 'sts=tmeout'], says: /did you mean `timeout`/ },
    { at: ['40', 'sdk=go-v2'], says: /does not change its SDK/ },
  ])('refuses $at', async ({ at, says }) => {
    const { exitCode, stderr } = await runCli([...timeline, '--at', ...at], irsa);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(says);
  });
});

describe('help and version', () => {
  it.each([['--help'], ['explain', '--help'], ['--version']])('%s %s ends with 0', async (...argv) => {
    const { exitCode, stdout, stderr } = await runCli(argv);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).not.toBe('');
  });
});
