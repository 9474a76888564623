import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tlsHosts } from './namespace.mjs';

/**
 * Makes the lab's certificate authority and the certificate of the fake STS, once for each cache folder.
 *
 * @returns paths: `ca`, `key`, `certificate`, and `trustStore` for Java
 */
export function makeCertificates(cache) {
  const folder = join(cache, 'certificates');
  const paths = {
    ca: join(folder, 'ca.pem'),
    key: join(folder, 'sts.key'),
    certificate: join(folder, 'sts.pem'),
    trustStore: join(folder, 'trust.p12'),
  };
  if (existsSync(paths.certificate)) return paths;
  mkdirSync(folder, { recursive: true });
  const at = (name) => join(folder, name);
  const openssl = (...options) => execFileSync('openssl', options, { stdio: 'pipe' });
  const newKey = ['-newkey', 'rsa:2048', '-nodes', '-days', '3650'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    at('ca.key'),
    '-out',
    paths.ca,
    '-subj',
    '/CN=whichrole lab CA',
  );
  openssl('req', ...newKey.slice(0, 3), '-keyout', paths.key, '-out', at('sts.csr'), '-subj', '/CN=fake STS');
  writeFileSync(at('names'), `subjectAltName=${tlsHosts.map((host) => `DNS:${host}`).join(',')}\n`);
  const signed = ['-in', at('sts.csr'), '-CA', paths.ca, '-CAkey', at('ca.key'), '-CAcreateserial'];
  openssl('x509', '-req', ...signed, '-days', '3650', '-extfile', at('names'), '-out', paths.certificate);
  makeTrustStore(paths);
  return paths;
}

/** The trust store for Java; a machine without Java needs none. */
function makeTrustStore(paths) {
  const options = ['-importcert', '-noprompt', '-alias', 'lab', '-storetype', 'PKCS12'];
  try {
    execFileSync(
      'keytool',
      [...options, '-file', paths.ca, '-keystore', paths.trustStore, '-storepass', 'changeit'],
      { stdio: 'pipe' },
    );
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}
