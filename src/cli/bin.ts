#!/usr/bin/env node
import { text } from 'node:stream/consumers';
import { run } from './main.ts';

// Whoever reads only the beginning, as `head` does, closes the pipe: nothing is left to say then.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

process.exitCode = await run(process.argv.slice(2), {
  stdout: (output) => void process.stdout.write(output),
  stderr: (output) => void process.stderr.write(output),
  stdin: () => text(process.stdin),
  env: process.env,
  cwd: process.cwd(),
  isTTY: process.stdout.isTTY,
  columns: process.stdout.columns,
});
