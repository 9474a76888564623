import { execFileSync, spawnSync } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  mkdirSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fencesOf } from '../docs/fences.ts';

/** Seconds are for a slow machine: packing builds the project first. */
const slow = 120_000;

let folder = '';

/** Installs the packed tarball as a user would, with the dependencies that are here already. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whichrole-package-'));
  execFileSync('npm', ['pack', '--pack-destination', folder], { stdio: 'pipe' });
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  expect(statSync(join(folder, tarball)).size).toBeLessThan(1_000_000);
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, 'whichrole'), { recursive: true });
  execFileSync('tar', [
    '-xzf',
    join(folder, tarball),
    '-C',
    join(modules, 'whichrole'),
    '--strip-components=1',
  ]);
  for (const name of readdirSync('node_modules')) {
    if (!name.startsWith('.') && name !== 'whichrole')
      symlinkSync(resolve('node_modules', name), join(modules, name));
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
}, slow);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function runNode(code: string): string {
  return execFileSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: folder,
    encoding: 'utf8',
  });
}

/** Runs the tests of the folder as `npx vitest run` does. */
function runVitest(): { readonly exitCode: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--root', '.'],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, VITEST: '', NO_COLOR: '1' } },
  );
  return { exitCode: status, output: stdout + stderr };
}

describe('the packed package', () => {
  it('answers through its main entry', () => {
    const output = runNode(`
      import { world, whichRole } from 'whichrole';
      const cluster = world().pod('pay/api', { env: { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 's' } }).build();
      console.log(whichRole(cluster, 'pay/api', { sdk: 'go-v2' }).outcomes[0].identity.kind);
    `);
    expect(output.trim()).toBe('static');
  });

  it.each(['whichrole', 'whichrole/node', 'whichrole/testing'])('loads %s by require as well', (entry) => {
    const code = `const { createRequire } = await import('node:module');
      console.log(Object.keys(createRequire(process.cwd() + '/x.js')('${entry}')).length > 0);`;
    expect(runNode(code).trim()).toBe('true');
  });

  it('type-checks a consumer', () => {
    writeFileSync(
      join(folder, 'consumer.ts'),
      `import { whichRole, world, type Overview } from 'whichrole';
       export const answer: Overview = whichRole(world().pod('a/b').build(), 'a/b');`,
    );
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
    execFileSync('node_modules/typescript/bin/tsc', [...options, 'consumer.ts'], {
      cwd: folder,
      stdio: 'pipe',
    });
  });

  it('lets a new user test a cluster by the ten lines of the README', { timeout: slow }, () => {
    const fences = fencesOf(readFileSync('docs/testing.md', 'utf8'));
    const inReadme = fencesOf(readFileSync('README.md', 'utf8'));
    const test = inReadme.find(({ language }) => language === 'typescript');
    const [broken, fix] = fences.filter(({ language }) => language === 'yaml');
    const message = fences.find(({ language }) => language === 'text');
    expect(fences.find(({ language }) => language === 'typescript')?.body).toBe(test?.body);
    const manifests = join(folder, 'manifests');
    mkdirSync(manifests);
    writeFileSync(join(folder, 'cluster.test.ts'), test?.body ?? '');
    writeFileSync(join(manifests, 'web.yaml'), broken?.body ?? '');
    const failure = runVitest();
    const told = (message?.body ?? '').split('\n');
    expect(failure.exitCode).toBe(1);
    expect(told.filter((line) => !failure.output.includes(line))).toEqual([]);
    expect(failure.output).toContain('whichrole explain shop/Deployment/web -c app --sdk go-v2');
    writeFileSync(join(manifests, 'no-metadata.yaml'), fix?.body ?? '');
    expect(runVitest()).toMatchObject({ exitCode: 0 });
  });

  it('has a command that runs', () => {
    const help = execFileSync(process.execPath, ['node_modules/whichrole/dist/cli/bin.js', '--help'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(help).toContain('whichrole');
  });
});
