import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * A network namespace of its own, in which the link-local addresses belong to the fakes. It lives and dies
 * with its first process (`unshare --kill-child`), so nothing is left behind, and nothing in it can reach
 * the host's network.
 */
export const unshareCommand = [
  'unshare',
  '--net',
  '--mount',
  '--pid',
  '--fork',
  '--kill-child',
  '--mount-proc',
];

/** The addresses at which the fakes answer. 192.0.2.0/24 is reserved for documentation (RFC 5737). */
export const addresses = {
  imds: '169.254.169.254',
  container: ['169.254.170.2', '169.254.170.23', 'fd00:ec2::23', '127.0.0.1'],
  sts: '192.0.2.10',
  probe: '192.0.2.20',
};

/** Where the container's home and the projected token are: a file system of its own, in memory. */
export const home = '/run/home';

const stsHosts = ['sts.amazonaws.com', 'sts.us-east-1.amazonaws.com', 'sts.eu-central-1.amazonaws.com'];

/** The host names for which the lab's certificate is made. */
export const tlsHosts = stsHosts;

/** Says why this machine cannot make such a namespace, or nothing when it can. */
export function whyNoNamespace() {
  const [command, ...options] = unshareCommand;
  const tried = spawnSync(command, [...options, 'iptables', '-S'], { encoding: 'utf8' });
  if (tried.error) return `${command}: ${tried.error.message}`;
  return tried.status === 0 ? undefined : tried.stderr.trim();
}

/**
 * Furnishes the namespace that this process is in: addresses, names, trust, an empty home.
 *
 * It stops at once when the namespace has any interface besides loopback: it is then not one made for the
 * lab.
 */
export function furnishNamespace(certificates) {
  assertAlone();
  run('mount', '--make-rprivate', '/');
  run('ip', 'link', 'set', 'lo', 'up');
  for (const address of [addresses.imds, ...addresses.container, addresses.sts, addresses.probe]) {
    if (address === '127.0.0.1') continue;
    run('ip', 'address', 'add', address.includes(':') ? `${address}/128` : `${address}/32`, 'dev', 'lo');
  }
  run('mount', '-t', 'tmpfs', 'whichrole-lab', '/run');
  replaceFile('/etc/hosts', `127.0.0.1 localhost\n::1 localhost\n${addresses.sts} ${stsHosts.join(' ')}\n`);
  replaceFile('/etc/resolv.conf', 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n');
  replaceFile('/etc/ssl/certs/ca-certificates.crt', readFileSync(certificates.ca, 'utf8'));
}

/** Drops every packet to an address, or gives up doing so. */
export function dropPacketsTo(dropped) {
  run('iptables', '-F', 'INPUT');
  for (const address of dropped) run('iptables', '-A', 'INPUT', '-d', address, '-p', 'tcp', '-j', 'DROP');
}

/** Puts the files of a scenario in place of those of the last one. */
export function placeFiles(files) {
  for (const folder of [home, '/run/secrets', '/run/files']) rmSync(folder, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  for (const [path, content] of Object.entries(files)) placeFile(path, content);
}

/**
 * Writes one file; `null` removes it, `{ directory: true }` makes a directory, which cannot be read as a
 * file.
 */
export function placeFile(path, content) {
  const at = path.replace(/^~/, home);
  rmSync(at, { recursive: true, force: true });
  if (content === null) return;
  mkdirSync(content.directory ? at : dirname(at), { recursive: true });
  if (!content.directory) writeFileSync(at, content);
}

function assertAlone() {
  const devices = readFileSync('/proc/net/dev', 'utf8').match(/^\s*[^\s:|]+(?=:)/gm) ?? [];
  if (devices.some((device) => device.trim() !== 'lo')) {
    throw new Error('this is not a network namespace of its own: the lab does not run here');
  }
}

function replaceFile(path, text) {
  const replacement = `/run/lab${path.replaceAll('/', '-')}`;
  writeFileSync(replacement, text);
  run('mount', '--bind', replacement, path);
}

function run(command, ...options) {
  const ended = spawnSync(command, options, { encoding: 'utf8' });
  if (ended.status !== 0) throw new Error(`${command} ${options.join(' ')}: ${ended.stderr ?? ended.error}`);
}
