import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { checkSchema, type CheckJson } from '../../src/report/checkSchema.ts';
import { checkedFiles, checkedFindings, ruleOfOps, ruleOfPay } from './checkManifests.ts';
import { folderOf } from './folder.ts';
import { runCli, type CliRun } from './runCli.ts';

type Files = Readonly<Record<string, string>>;

/** The files with some of their text replaced; a key of the form `file` alone adds to its end. */
function edited(changes: readonly (readonly [file: string, from: string, to: string])[]): Files {
  const files: Record<string, string> = { ...checkedFiles };
  for (const [file, from, to] of changes) {
    const text = files[file] ?? '';
    expect(text).toContain(from);
    files[file] = from === '' ? text + to : text.replace(from, to);
  }
  return files;
}

async function checkFiles(files: Files, ...argv: readonly string[]): Promise<CliRun> {
  return runCli(['check', '.', ...argv], '', { cwd: folderOf(files) });
}

async function checkJson(files: Files, ...argv: readonly string[]): Promise<CheckJson> {
  const { stdout } = await checkFiles(files, '--format', 'json', ...argv);
  const json = JSON.parse(stdout) as unknown;
  expect(v.parse(checkSchema, json)).toEqual(json);
  return json as CheckJson;
}

const places = ({ findings }: CheckJson): readonly object[] =>
  findings.map(({ rule, at }) => ({ rule, file: at?.file, line: at?.line }));
const errorsOf = ({ errors }: CheckJson): readonly string[] =>
  errors.map(({ file, line, severity, code, nearest }) =>
    [`${file}:${line}`, severity, code, ...(nearest === undefined ? [] : [`→ ${nearest}`])].join(' '),
  );

describe('whichrole check', () => {
  it('finds conflicts with file and line', async () => {
    expect([ruleOfPay, ruleOfOps]).not.toContain('');
    expect(places(await checkJson(checkedFiles))).toEqual(checkedFindings);
  });

  it('prints the gravest first, with a summary', async () => {
    const { stdout, stderr, exitCode } = await checkFiles(checkedFiles);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 1 });
    expect(stdout.indexOf(`[${ruleOfOps}]`)).toBeLessThan(stdout.indexOf(`[${ruleOfPay}]`));
    expect(stdout).toContain('app.yaml:24: ');
    expect(stdout).toMatch(/^2 findings \(1 privilege escalation, 1 latent\)$/m);
  });

  it.each([
    { argv: [], exitCode: 1 },
    { argv: ['--fail-on', 'privilege-escalation'], exitCode: 1 },
    { argv: ['--fail-on', 'none'], exitCode: 0 },
    { argv: ['-n', 'pay'], exitCode: 1 },
    { argv: ['-n', 'pay', '--fail-on', 'outage'], exitCode: 0 },
    { argv: ['-n', 'nowhere'], exitCode: 0 },
  ])('ends with $exitCode for $argv', async ({ argv, exitCode }) => {
    expect(await checkFiles(checkedFiles, ...argv)).toMatchObject({ exitCode });
  });

  it.each([
    { title: 'nothing to check', argv: ['-'], stderr: 'no workload and no role' },
    { title: 'an unknown severity', argv: ['-', '--fail-on', 'latnet'], stderr: 'Did you mean latent?' },
    { title: 'an unknown format', argv: ['-', '--format', 'xml'], stderr: 'junit' },
    { title: 'a baseline that is not there', argv: ['-', '--baseline', 'no.json'], stderr: '`no.json`' },
    { title: 'a wrong assumption', argv: ['-', '--assume', 'cnii=cilium'], stderr: '`cni`' },
  ])('ends with 2 for $title', async ({ title, argv, stderr }) => {
    const stdin = title === 'nothing to check' ? '' : (checkedFiles['app.yaml'] ?? '');
    const result = await runCli(['check', ...argv], stdin);
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
    expect(result.stderr).toContain(stderr);
  });

  it('counts bad input as failed, and tells it in the output', async () => {
    const files = edited([['whichrole.yaml', 'aws-vpc-cni', 'cillium']]);
    const json = await checkJson(files, '--fail-on', 'none');
    expect(json.verdict).toBe('failed');
    expect(errorsOf(json)).toEqual(['whichrole.yaml:5 error bad-setting → cilium']);
  });
});

describe('a baseline', () => {
  it('keeps known findings quiet, wherever their lines have moved', async () => {
    const cwd = folderOf(checkedFiles);
    const written = await runCli(['check', '--write-baseline', 'known.json'], '', { cwd });
    expect(written).toMatchObject({ exitCode: 0, stdout: 'no findings, 2 in the baseline\n' });
    const app = checkedFiles['app.yaml'] ?? '';
    writeFileSync(join(cwd, 'app.yaml'), `# moved\n# by two lines\n${app}`);
    const moved = await runCli(['check', '--baseline', 'known.json'], '', { cwd });
    expect(moved).toMatchObject({ exitCode: 0, stderr: '' });
    writeFileSync(join(cwd, 'app.yaml'), app.replaceAll('name: agent', 'name: beacon'));
    const changed = await runCli(['check', '--baseline', 'known.json'], '', { cwd });
    expect(changed.exitCode).toBe(1);
    expect(changed.stdout).toContain('1 finding (1 privilege escalation), 1 in the baseline');
    expect(changed.stderr).toMatch(/^known\.json:\d+:\d+: note: fixed, .*DaemonSet ops\/agent/);
  });

  it('is written anew the same, byte for byte', async () => {
    const cwd = folderOf(checkedFiles);
    await runCli(['check', '--write-baseline', 'a.json'], '', { cwd });
    await runCli(['check', '--write-baseline', 'b.json', '--baseline', 'a.json'], '', { cwd });
    expect(readFileSync(join(cwd, 'b.json'), 'utf8')).toBe(readFileSync(join(cwd, 'a.json'), 'utf8'));
  });

  it('that is malformed is complained of at its line, and the rest of it holds', async () => {
    const files = { ...checkedFiles, 'known.json': '{\n"schemaVersion": 1,\n"findings": [\n{"rule": "x"}]}' };
    expect(errorsOf(await checkJson(files, '--baseline', 'known.json'))).toEqual([
      'known.json:4 error bad-baseline',
      'known.json:4 error bad-baseline',
    ]);
  });
});

const onDeployment = (text: string): readonly [string, string, string] => [
  'app.yaml',
  'name: api\n  namespace: pay\nspec:',
  `name: api\n  namespace: pay\n  annotations: { whichrole.dev/ignore: "${text}" }\nspec:`,
];
const inTemplate = (text: string): readonly [string, string, string] => [
  'app.yaml',
  'iam.amazonaws.com/role: legacy',
  `iam.amazonaws.com/role: legacy\n        whichrole.dev/ignore: "${text}"`,
];
const onNamespace = (text: string): readonly [string, string, string] => [
  'app.yaml',
  'metadata: { name: pay }',
  `metadata: { name: pay, annotations: { whichrole.dev/ignore: "${text}" } }`,
];
const setting = (text: string): readonly [string, string, string] => ['whichrole.yaml', '', `${text}\n`];

describe('a suppression', () => {
  it.each([
    { title: 'on the object', change: onDeployment(`${ruleOfPay}: until May`) },
    { title: 'in the pod template', change: inTemplate(`${ruleOfPay}: until May;`) },
    { title: 'on the namespace', change: onNamespace(`${ruleOfPay}: until May`) },
    {
      title: 'in whichrole.yaml',
      change: setting(`suppress: [{ rule: ${ruleOfPay}, object: "Deployment pay/*", reason: until May }]`),
    },
  ])('$title takes a finding out and keeps its reason', async ({ change }) => {
    const json = await checkJson(edited([change]));
    expect(json.errors).toEqual([]);
    expect(json.findings.map(({ rule }) => rule)).toEqual(
      checkedFindings.map(({ rule }) => rule).filter((rule) => rule !== ruleOfPay),
    );
    expect(json.suppressed).toMatchObject([{ rule: ruleOfPay, suppression: { reason: 'until May' } }]);
  });

  it.each([
    {
      title: 'without a reason',
      change: onDeployment(ruleOfPay),
      error: 'app.yaml:18 error bad-suppression',
    },
    {
      title: 'with an empty reason',
      change: onDeployment(`${ruleOfPay}: `),
      error: 'app.yaml:18 error bad-suppression',
    },
    { title: 'of nothing', change: onDeployment(''), error: 'app.yaml:18 error bad-suppression' },
    {
      title: 'of a rule that there is not',
      change: onDeployment(`${ruleOfPay}s: until May`),
      error: `app.yaml:18 error unknown-rule → ${ruleOfPay}`,
    },
    {
      title: 'that suppresses nothing',
      change: onDeployment(`${ruleOfOps}: until May`),
      error: 'app.yaml:18 error idle-suppression',
    },
    {
      title: 'of an object that is not at fault',
      change: setting(`suppress:\n  - { rule: ${ruleOfPay}, object: Deployment pay/apo, reason: x }`),
      error: 'whichrole.yaml:10 error idle-suppression → Deployment pay/api',
    },
  ])('$title is an error at its line', async ({ change, error }) => {
    const json = await checkJson(edited([change]));
    expect(json.findings).toHaveLength(checkedFindings.length);
    expect(errorsOf(json)).toEqual([error]);
  });

  it('is listed with its reason for whoever asks', async () => {
    const files = edited([onDeployment(`${ruleOfPay}: until May`)]);
    const { stdout } = await checkFiles(files, '--verbose');
    expect(stdout).toContain('1 suppressed');
    expect(stdout).toMatch(/^suppressed: app\.yaml:25: .*: until May$/m);
  });

  it('that has nothing to do in one namespace alone is no error', async () => {
    const files = edited([onDeployment(`${ruleOfPay}: until May`)]);
    expect((await checkJson(files, '-n', 'ops')).errors).toEqual([]);
  });
});

describe('an expectation', () => {
  it.each([
    { expectation: '{ workload: pay/api, role: app }', unmet: [] },
    { expectation: '{ workload: pay/deployment/api, role: "arn:*:role/app" }', unmet: [] },
    { expectation: '{ workload: pay/api, role: app, underFaults: 1 }', unmet: ['none'] },
    { expectation: '{ namespace: pay, never: node-role }', unmet: [] },
    { expectation: '{ namespace: "*", never: node-role }', unmet: ['node'] },
    { expectation: '{ never: node-role }', unmet: ['node'] },
    { expectation: '{ workload: pay/api, never: app }', unmet: ['app'] },
    { expectation: '{ workload: "pay/*", role: none }', unmet: ['app'] },
  ])('$expectation is unmet by $unmet', async ({ expectation, unmet }) => {
    const json = await checkJson(edited([setting(`expect:\n  - ${expectation}`)]));
    expect(json.errors).toEqual([]);
    const got = json.unmet.map(({ identity }) =>
      identity.kind === 'role' ? identity.arn?.replace(/.*\//, '') : identity.kind,
    );
    expect([...new Set(got)]).toEqual(unmet);
    for (const { at } of json.unmet) expect(at).toMatchObject({ file: 'whichrole.yaml', line: 10 });
  });

  it.each([
    { expectation: '{ workload: pay/apo, role: app }', error: 'expects-nothing → pay/api' },
    { expectation: '{ namespace: pey, never: node-role }', error: 'expects-nothing → pay' },
    { expectation: '{ workload: pay/api, role: appp }', error: 'expects-nothing → app' },
    { expectation: '{ workload: pay/api, never: noderole }', error: 'expects-nothing → node-role' },
    { expectation: '{ workload: pay/api }', error: 'bad-setting' },
    { expectation: '{ workload: pay/api, role: app, never: node }', error: 'bad-setting' },
    { expectation: '{ workload: pay/api, namespace: pay, role: app }', error: 'bad-setting' },
    { expectation: '{ wrkload: pay/api, role: app }', error: 'bad-setting → workload' },
  ])('$expectation is an error', async ({ expectation, error }) => {
    const json = await checkJson(edited([setting(`expect:\n  - ${expectation}`)]));
    expect(errorsOf(json)).toEqual([`whichrole.yaml:10 error ${error}`]);
    expect(json.unmet).toEqual([]);
  });

  it('fails the check whatever the threshold, and says what comes about and when', async () => {
    const files = edited([setting('expect:\n  - { never: node-role }')]);
    const { exitCode, stdout } = await checkFiles(files, '--fail-on', 'none');
    expect(exitCode).toBe(1);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'whichrole.yaml:10: expected no pod to get node-role, but DaemonSet ops/agent, container agent, gets arn:aws:iam::111122223333:role/node via IMDS',
    );
    expect(stdout).toContain('1 of 1 expectation unmet');
  });

  it('is held against the table of answers too', async () => {
    const files = edited([setting('expect:\n  - { never: node-role }\n  - { workload: a/b, role: app }')]);
    const { exitCode, stderr } = await runCli(['.'], '', { cwd: folderOf(files) });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('whichrole.yaml:10: expected no pod to get node-role, but');
    expect(stderr).toContain('whichrole.yaml:11:5: error: ');
  });
});
