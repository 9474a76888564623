/**
 * Lives in one namespace of the lab: listens, sends, and runs commands there.
 *
 * Reads one request a line on standard input and writes one answer a line: `{ id, … }`.
 */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';

const [, , name = ''] = process.argv;

const actions = { listen, send, run };
createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, action, ...details } = JSON.parse(line);
  const result = await actions[action](details);
  process.stdout.write(`${JSON.stringify({ id, ...result })}\n`);
});
process.stdin.on('end', () => process.exit(0));

/** Every listener says who it is, and under which address it sees who asks. */
async function listen({ at }) {
  await Promise.all(
    at.map(({ protocol, address, port }) =>
      protocol === 'udp' ? listenUdp(address, port) : listenTcp(address, port),
    ),
  );
  return {};
}

function listenTcp(address, port) {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end(`${name} ${socket.localAddress} ${socket.localPort} ${socket.remoteAddress}`);
  });
  return new Promise((resolve) =>
    server.listen({ port, host: address, ipv6Only: address.includes(':') }, resolve),
  );
}

function listenUdp(address, port) {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', (_text, from) => {
    socket.send(`${name} ${address} ${port} ${from.address}`, from.port, from.address);
  });
  return new Promise((resolve) => socket.bind(port, address, resolve));
}

/** Opens a connection, or sends a datagram, and says who answered, or how it failed. */
function send({ protocol, address, port, source, sourcePort, patience }) {
  return new Promise((resolve) => {
    let text = '';
    const isUdp = protocol === 'udp';
    const socket = isUdp
      ? createSocket(address.includes(':') ? 'udp6' : 'udp4')
      : connect({ host: address, port, localAddress: source, localPort: sourcePort });
    const done = (outcome) => {
      clearTimeout(timer);
      if (isUdp) socket.close(() => resolve({ outcome }));
      else {
        socket.destroy();
        resolve({ outcome });
      }
    };
    const timer = setTimeout(() => done('timeout'), patience);
    socket.on('error', (error) => done(error.code === 'ECONNREFUSED' ? 'refused' : `error ${error.code}`));
    if (isUdp) {
      socket.bind(sourcePort, source, () =>
        socket.connect(port, address, () => {
          socket.on('message', (message) => done(String(message)));
          // EPERM only says that the own OUTPUT chain kept it; a rejection comes besides.
          socket.send('?', (error) => error && error.code !== 'EPERM' && done(`error ${error.code}`));
        }),
      );
      return;
    }
    socket.on('data', (chunk) => (text += chunk));
    socket.on('end', () => done(text));
  });
}

function run({ command, input = '' }) {
  return new Promise((resolve) => {
    const child = spawn(command[0], command.slice(1), { stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.on('error', (error) => resolve({ code: -1, output: String(error) }));
    child.on('close', (code) => resolve({ code, output }));
  });
}
