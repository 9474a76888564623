import { fileURLToPath } from 'node:url';
import { words } from '../words.mjs';

const driver = fileURLToPath(new URL('resolve.py', import.meta.url));

/**
 * botocore, of which boto3 is a shell. Versions before 1.14 want a shim for Python ≥ 3.10, which the driver
 * has.
 */
export const botocore = {
  family: 'botocore',
  versions: words(
    '1.12.199 1.12.200 1.13.20 1.13.21 1.20.0 1.29.27 1.31.85 1.32.0 1.32.3 1.32.4 1.34.40 1.34.41',
    '1.39.17 1.40.0 1.43.107 1.44.8',
  ),
  install: ({ version, folder, run }) => installPackages(run, folder, [`botocore==${version}`]),
  command: ({ folder, certificates }) => ({
    argv: ['python3', driver],
    env: { PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1', AWS_CA_BUNDLE: certificates.ca },
  }),
};

/** Installs packages of PyPI into a folder of their own. */
export function installPackages(run, folder, packages) {
  run('python3', '-m', 'pip', 'install', '--quiet', '--target', folder, ...packages);
}
