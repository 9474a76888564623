import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { unshareCommand } from './namespace.mjs';

const inside = fileURLToPath(new URL('inside.mjs', import.meta.url));

/**
 * Starts some namespaces, each with a process that takes one job at a time.
 *
 * @returns `run`, which gives the recording of a job, and `stop`, which ends all that was started
 */
export function startWorkers(count, certificates) {
  const waiting = [];
  const workers = Array.from({ length: count }, () => startWorker(certificates));
  const idle = [...workers];
  const next = () => {
    while (idle.length > 0 && waiting.length > 0) {
      const worker = idle.pop();
      const { job, resolve, reject } = waiting.shift();
      worker
        .run(job)
        .then(resolve, reject)
        .finally(() => {
          idle.push(worker);
          next();
        });
    }
  };
  const run = (job) =>
    new Promise((resolve, reject) => {
      waiting.push({ job, resolve, reject });
      next();
    });
  return { run, stop: () => workers.forEach((worker) => worker.stop()) };
}

function startWorker(certificates) {
  const [command, ...options] = unshareCommand;
  const child = spawn(command, [...options, process.execPath, inside], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.on('error', () => {}); // its end is reported by `close`
  child.stdin.write(`${JSON.stringify(certificates)}\n`);
  let pending;
  createInterface({ input: child.stdout }).on('line', (line) => pending?.resolve(JSON.parse(line).recording));
  child.once('close', (code) => pending?.reject(new Error(`a namespace ended with ${code}`)));
  const run = (job) =>
    new Promise((resolve, reject) => {
      pending = { resolve, reject };
      child.stdin.write(`${JSON.stringify({ id: job.scenario.id, ...job })}\n`);
    });
  return { run, stop: () => child.kill('SIGKILL') };
}
