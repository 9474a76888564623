import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../src/cli/main.ts';
import { fencesOf, shellWords, withBodies, type Fence } from './docs/fences.ts';
import { markdownFiles, root } from './docs/markdownFiles.ts';

const update = process.env['UPDATE_DOCS'] === '1';

/** Runs a command in a folder, at 80 columns without colour. */
async function outputOf(argv: readonly string[], folder: string): Promise<string> {
  const output: string[] = [];
  const write = (text: string): void => void output.push(text);
  await run(argv, {
    stdout: write,
    stderr: write,
    stdin: () => Promise.resolve(''),
    env: {},
    cwd: join(root, folder),
    isTTY: false,
    columns: 80,
  });
  return output.join('').trimEnd();
}

/** Runs the command of a fence where a reader would run it. */
async function transcript(file: string, fence: Fence): Promise<string> {
  const [first = ''] = fence.body.split('\n');
  const [, ...argv] = shellWords(first.slice('$ '.length));
  return `${first}\n${await outputOf(argv, file.startsWith('examples/') ? dirname(file) : '.')}`;
}

describe.each(markdownFiles())('%s', (file) => {
  const text = readFileSync(join(root, file), 'utf8');
  const fences = fencesOf(text).filter(
    ({ language, body }) => language === 'console' && body.startsWith('$ whichrole '),
  );
  const bodies = new Map<Fence, string>();

  it.each(fences.map((fence) => ({ command: fence.body.split('\n')[0] ?? '', fence })))(
    'shows what `$command` prints',
    async ({ fence }) => {
      const actual = await transcript(file, fence);
      bodies.set(fence, actual);
      if (!update) expect(fence.body).toBe(actual);
    },
  );

  it('points at the lines that it quotes', () => {
    const quotes = [...text.matchAll(/`([^`\s]+):(\d+)`: `([^`]+)`/g)];
    const wrong = quotes.filter(([, path = '', line, quoted = '']) => {
      const lines = readFileSync(join(root, dirname(file), path), 'utf8').split('\n');
      return !lines[Number(line) - 1]?.includes(quoted);
    });
    expect(wrong.map(([quote]) => quote)).toEqual([]);
    if (update) writeFileSync(join(root, file), withBodies(text, bodies));
  });
});

describe('README.md', () => {
  it('counts the workloads of the example cluster', async () => {
    const { answers } = JSON.parse(await outputOf(['examples/cluster', '--output', 'json'], '.')) as {
      readonly answers: readonly { readonly namespace: string; readonly workload: object }[];
    };
    const workloads = new Set(
      answers.map(({ namespace, workload }) => JSON.stringify([namespace, workload])),
    );
    expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(`cluster of ${workloads.size} workloads`);
  });
});
