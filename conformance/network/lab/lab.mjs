/**
 * The lab: loads rule sets into the real iptables of a node made of namespaces, and sends real packets.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build, remove } from './namespaces.mjs';
import { listeners, node, pods } from './topology.mjs';

const agentFile = fileURLToPath(new URL('agent.mjs', import.meta.url));

/** How long an answer is waited for, in milliseconds; in the lab one takes about one. */
const patience = 250;

/** Opens the lab; `close` removes everything. */
export async function openLab() {
  const prefix = `wr${process.pid}`;
  let names = ['node', 'beyond', ...Object.keys(pods)];
  const agents = new Map();
  const close = async () => {
    for (const agent of agents.values()) agent.end();
    remove(prefix, names);
  };
  try {
    names = build(prefix);
    for (const name of names) agents.set(name, startAgent(prefix, name));
    for (const [name, at] of Object.entries(listeners)) {
      await agents.get(name).ask('listen', {
        at: at.flatMap(([address, port]) => ['tcp', 'udp'].map((protocol) => ({ protocol, address, port }))),
      });
    }
  } catch (error) {
    await close();
    throw error;
  }
  let sourcePort = 10_000;
  let usesOther = false;
  let rejects = false;
  let currentTtl;
  const inNode = (command, input) => agents.get('node').ask('run', { command, input });

  return {
    close,
    /** The programs under test. */
    async versions() {
      const told = await Promise.all(
        ['iptables --version', 'ipset --version', 'uname -r'].map((line) => inNode(line.split(' '))),
      );
      return told.map(({ output }) => output.split('\n')[0]);
    },
    /** Loads rules and sets; gives the complaint of the program that refuses them. */
    async load({ ipv4 = '', ipv6 = '', ipsets = '', routeLocalnet = 'off', imdsTtl, backend = 'nft' }) {
      const restore = (program, text) => inNode([`${program}-${backend}-restore`], text);
      const other = backend === 'nft' ? 'legacy' : 'nft';
      for (const program of ['iptables', 'ip6tables']) {
        await restore(program, emptyRules);
        if (usesOther) await inNode([`${program}-${other}-restore`], emptyRules);
      }
      usesOther = backend !== 'nft';
      rejects = (ipv4 + ipv6).includes('REJECT');
      await inNode([
        'sh',
        '-c',
        `ipset destroy; echo ${routeLocalnet === 'on' ? 1 : 0} > /proc/sys/net/ipv4/conf/all/route_localnet`,
      ]);
      await setImdsTtl(imdsTtl);
      const loaded = [
        ...(ipsets === '' ? [] : [await inNode(['ipset', 'restore'], ipsets)]),
        ...(ipv4 === '' ? [] : [await restore('iptables', ipv4)]),
        ...(ipv6 === '' ? [] : [await restore('ip6tables', ipv6)]),
      ];
      return loaded.find(({ code }) => code !== 0)?.output;
    },
    /**
     * Sends packets at once, and says where each arrived; silence is listened to twice.
     *
     * An ICMP error that comes while the socket is still in use is lost, and comes again for the packet that
     * TCP sends a second later.
     */
    async send(packets) {
      const first = await sendAll(packets, patience);
      const silent = packets.filter((_packet, at) => first[at] === 'timeout');
      const second = silent.length === 0 ? [] : await sendAll(silent, rejects ? patience + 1100 : patience);
      return first.map((outcome) => (outcome === 'timeout' ? second.shift() : outcome));
    },
  };

  function sendAll(packets, milliseconds) {
    return Promise.all(
      packets.map(async ({ from, protocol, address, port }) => {
        sourcePort = sourcePort >= 32_000 ? 10_000 : sourcePort + 1;
        const family = address.includes(':') ? 'ipv6' : 'ipv4';
        const source = (from === 'node' ? node : pods[from])[family];
        const asked = { protocol, address, port, source, sourcePort, patience: milliseconds };
        return (await agents.get(from).ask('send', asked)).outcome;
      }),
    );
  }

  /** IMDS sends answers with a TTL of its own. */
  async function setImdsTtl(ttl) {
    if (ttl === currentTtl) return;
    currentTtl = ttl;
    const lines = ttl === undefined ? [] : [`-A POSTROUTING -s 169.254.169.254/32 -j TTL --ttl-set ${ttl}`];
    await agents.get('beyond').ask('run', {
      command: ['iptables-nft-restore'],
      input: ['*mangle', ':POSTROUTING ACCEPT [0:0]', ...lines, 'COMMIT', ''].join('\n'),
    });
  }
}

const emptyRules = ['raw', 'mangle', 'nat', 'filter'].map((table) => `*${table}\nCOMMIT\n`).join('');

function startAgent(prefix, name) {
  const child = spawn('ip', ['netns', 'exec', `${prefix}-${name}`, process.execPath, agentFile, name], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting = new Map();
  let lastId = 0;
  child.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error(`the agent in ${name} ended`));
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, ...answer } = JSON.parse(line);
    waiting.get(id)?.resolve(answer);
    waiting.delete(id);
  });
  return {
    end: () => child.stdin.end(),
    ask: (action, details) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        waiting.set(lastId, { resolve, reject });
        child.stdin.write(`${JSON.stringify({ id: lastId, action, ...details })}\n`);
      }),
  };
}
