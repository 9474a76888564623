import { fileURLToPath } from 'node:url';
import { words } from '../words.mjs';

const driver = fileURLToPath(new URL('resolveV2.cjs', import.meta.url));

/** JavaScript v2. */
export const jsV2 = {
  family: 'js-v2',
  versions: words(
    '2.516.0 2.517.0 2.518.0 2.574.0 2.575.0 2.800.0 2.1200.0 2.1487.0 2.1488.0 2.1549.0 2.1550.0',
    '2.1693.0',
  ),
  install: ({ version, folder, run }) =>
    run(
      'npm',
      'install',
      '--prefix',
      folder,
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      `aws-sdk@${version}`,
    ),
  command: ({ folder, certificates }) => ({
    argv: [process.execPath, driver],
    env: {
      NODE_PATH: `${folder}/node_modules`,
      NODE_EXTRA_CA_CERTS: certificates.ca,
      AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE: '1',
    },
  }),
};
