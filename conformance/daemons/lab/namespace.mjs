import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { addresses, furnishNamespace } from '../../sdk/lab/namespace.mjs';
import { tlsHosts } from './certificates.mjs';

/** Where the pods of a scenario live: the namespace's loopback has each of these addresses. */
const podAddresses = Array.from({ length: 40 }, (_, at) => `10.1.0.${at + 1}`);

/**
 * Furnishes the namespace that this process is in for the daemons: instance metadata, AWS over TLS, and an
 * address for each pod. It stops when the namespace has any interface besides loopback.
 */
export function furnish(certificates) {
  furnishNamespace(certificates);
  for (const address of podAddresses) run('ip', 'address', 'add', `${address}/32`, 'dev', 'lo');
  const hosts = [
    '127.0.0.1 localhost kiam-server pod-identity-webhook',
    `${addresses.sts} ${tlsHosts.aws.join(' ')}`,
  ];
  writeFileSync('/etc/hosts', `${hosts.join('\n')}\n`);
}

/** Lists the rules of table nat that a daemon appended. */
export function rulesOfPrerouting() {
  const { stdout } = spawnSync('iptables', ['-t', 'nat', '-S', 'PREROUTING'], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line.startsWith('-A'));
}

/** Takes every rule out of table nat. */
export function flushRules() {
  run('iptables', '-t', 'nat', '-F');
}

/** Puts one rule into table nat, as an earlier daemon would have left it. */
export function addRule(rule) {
  run('iptables', '-t', 'nat', ...rule.split(' '));
}

function run(command, ...options) {
  const ended = spawnSync(command, options, { encoding: 'utf8' });
  if (ended.status !== 0) throw new Error(`${command} ${options.join(' ')}: ${ended.stderr ?? ended.error}`);
}
