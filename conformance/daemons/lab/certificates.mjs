import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The names for which the lab's certificates are good: each service of AWS and each daemon of the cluster. */
export const tlsHosts = {
  aws: [
    'sts.amazonaws.com',
    'sts.us-east-1.amazonaws.com',
    'sts.eu-west-1.amazonaws.com',
    'ec2.us-east-1.amazonaws.com',
    'ec2.eu-west-1.amazonaws.com',
  ],
  cluster: ['localhost', 'kiam-server', 'pod-identity-webhook'],
};

/**
 * Makes the lab's certificate authority, and a key and certificate for AWS, for the daemons of the cluster, and
 * of an authority that nobody trusts.
 *
 * @returns paths: `ca`, and `key` and `certificate` of each of `aws`, `cluster`, `stranger`
 */
export function makeCertificates() {
  const folder = mkdtempSync(join(tmpdir(), 'whichrole-daemons-'));
  const authority = makeAuthority(folder, 'ca');
  const strange = makeAuthority(folder, 'stranger-ca');
  return {
    folder,
    ca: authority.certificate,
    aws: makeCertificate(folder, 'aws', tlsHosts.aws, authority),
    cluster: makeCertificate(folder, 'cluster', tlsHosts.cluster, authority),
    stranger: makeCertificate(folder, 'stranger', tlsHosts.cluster, strange),
  };
}

const life = ['-days', '30'];

function openssl(...options) {
  execFileSync('openssl', options, { stdio: 'pipe' });
}

function makeAuthority(folder, name) {
  const paths = pathsOf(folder, name);
  const subject = ['-subj', `/CN=whichrole lab ${name}`];
  const made = ['-keyout', paths.key, '-out', paths.certificate];
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...life, ...made, ...subject);
  return paths;
}

function makeCertificate(folder, name, hosts, authority) {
  const paths = pathsOf(folder, name);
  const request = join(folder, `${name}.csr`);
  const names = join(folder, `${name}.names`);
  writeFileSync(names, `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}\n`);
  const subject = ['-subj', `/CN=${hosts[0]}`];
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', paths.key, '-out', request, ...subject);
  const by = ['-CA', authority.certificate, '-CAkey', authority.key, '-CAcreateserial'];
  openssl('x509', '-req', '-in', request, ...by, ...life, '-extfile', names, '-out', paths.certificate);
  return paths;
}

function pathsOf(folder, name) {
  return { key: join(folder, `${name}.key`), certificate: join(folder, `${name}.pem`) };
}
