import { spawn } from 'node:child_process';
import { request } from 'node:http';

/**
 * Starts a program and collects what it writes.
 *
 * @returns `ended`, a promise of `{ code, signal }`; `output()`; and `stop(signal)`, which waits for the end
 */
export function startProgram(path, args, env) {
  const child = spawn(path, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => (output += text));
  }
  const state = { over: undefined };
  const ended = new Promise((resolve) => {
    child.on('error', (error) => resolve((state.over = { code: -1, signal: error.message })));
    child.on('close', (code, signal) => resolve((state.over = { code, signal })));
  });
  const stop = async (signal = 'SIGKILL') => {
    if (!state.over) child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), 4000);
    const end = await ended;
    clearTimeout(late);
    return end;
  };
  return { ended, output: () => output, isOver: () => state.over, stop };
}

/** Waits until a program is ready, or has ended, or the time is over. */
export async function settles(program, isReady, milliseconds) {
  const until = Date.now() + milliseconds;
  while (Date.now() < until) {
    if (program.isOver()) return 'ended';
    if (await isReady()) return 'ready';
    await pause(25);
  }
  return 'late';
}

/** Waits. */
export function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/**
 * Sends one HTTP request from an address of the namespace.
 *
 * @returns `{ status, body, location? }`, or `{ lost: 'refused' | 'reset' | 'timeout' }`
 */
export function ask({ from, port, method = 'GET', path, headers = {}, limitMilliseconds = 3000 }) {
  return new Promise((resolve) => {
    const host = '127.0.0.1';
    const options = { host, port, method, path, headers, localAddress: from, agent: false };
    const sent = request(options, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', () => resolve({ lost: 'reset' }));
      response.on('end', () => {
        const { location } = response.headers;
        const body = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode, ...(location === undefined ? {} : { location }), body });
      });
    });
    const late = setTimeout(() => {
      resolve({ lost: 'timeout' });
      sent.destroy();
    }, limitMilliseconds);
    sent.on('close', () => clearTimeout(late));
    sent.on('error', ({ code }) => resolve({ lost: code === 'ECONNREFUSED' ? 'refused' : 'reset' }));
    sent.end();
  });
}

/** Tells whether anybody answers at a port. */
export async function answers(port, path) {
  const reply = await ask({ from: '127.0.0.1', port, path, limitMilliseconds: 500 });
  return reply.status !== undefined;
}
