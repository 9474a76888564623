import { fileURLToPath } from 'node:url';
import { words } from '../words.mjs';

const driver = fileURLToPath(new URL('resolveV3.cjs', import.meta.url));

/**
 * JavaScript v3, counted by `@aws-sdk/client-sts`. Its other packages are the newest that the ranges of
 * this version allow; before 3.363 they were exact.
 */
export const jsV3 = {
  family: 'js-v3',
  versions: words(
    '3.0.0 3.14.0 3.15.0 3.27.0 3.100.0 3.300.0 3.410.0 3.454.0 3.458.0 3.501.0 3.502.0 3.600.0',
    '3.806.0 3.908.0 3.1000.0 3.1174.0',
  ),
  install: ({ version, folder, run }) => {
    const options = ['--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts'];
    run('npm', 'install', ...options, `@aws-sdk/client-sts@${version}`);
  },
  command: ({ folder, certificates }) => ({
    argv: [process.execPath, driver],
    env: { NODE_PATH: `${folder}/node_modules`, NODE_EXTRA_CA_CERTS: certificates.ca },
  }),
};
