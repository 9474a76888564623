import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { words } from '../words.mjs';

const driver = fileURLToPath(new URL('resolveV3.cjs', import.meta.url));

/**
 * JavaScript v3, counted by `@aws-sdk/client-sts`. Its other packages are the newest that this release allows,
 * as a new install has them.
 */
export const jsV3 = {
  family: 'js-v3',
  versions: words(
    '3.0.0 3.1.0 3.11.0 3.12.0 3.14.0 3.15.0 3.27.0 3.300.0 3.370.0 3.378.0 3.454.0 3.458.0 3.501.0',
    '3.502.0 3.504.0 3.600.0 3.806.0 3.908.0 3.1000.0 3.1174.0',
  ),
  install: ({ version, folder, run }) => {
    const options = ['--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts'];
    run('npm', 'install', ...options, `@aws-sdk/client-sts@${version}`);
    if (leavesChainOpen(folder)) {
      run('npm', 'install', ...options, `@aws-sdk/credential-provider-node@<=${version}`);
    }
  },
  command: ({ folder, certificates }) => ({
    argv: [process.execPath, driver],
    env: { NODE_PATH: `${folder}/node_modules`, NODE_EXTRA_CA_CERTS: certificates.ca },
  }),
};

/** Some releases take any version of the chain; whoever installs a client of theirs gets that of the release. */
function leavesChainOpen(folder) {
  const text = readFileSync(join(folder, 'node_modules/@aws-sdk/client-sts/package.json'), 'utf8');
  return '@aws-sdk/credential-provider-node' in (JSON.parse(text).peerDependencies ?? {});
}
