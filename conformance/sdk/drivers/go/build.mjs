import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Builds a Go driver against one version of a module. Its other modules are those that this version asks for.
 *
 * @param source - the driver, beside this file
 */
export function buildGoDriver({ folder, run }, source, module, version) {
  copyFileSync(fileURLToPath(new URL(source, import.meta.url)), join(folder, 'resolve.go'));
  run('go', 'mod', 'init', 'whichrole.test/lab');
  run('go', 'get', `${module}@v${version}`);
  run('go', 'build', '-mod=mod', '-o', 'resolve', '.');
}

/** How a driver that was built is started. Go's trust comes from the file that OpenSSL's variable names. */
export function goCommand({ folder, certificates }) {
  return { argv: [join(folder, 'resolve')], env: { SSL_CERT_FILE: certificates.ca } };
}
