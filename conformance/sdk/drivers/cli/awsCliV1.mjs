import { installPackages } from '../python/botocore.mjs';
import { probeCall } from './probeCall.mjs';
import { words } from '../words.mjs';

/**
 * AWS CLI v1, from PyPI. What it needs is named here, not taken from its own list: that one pins PyYAML to
 * versions that no longer build. The botocore is the one that each version pins.
 */
export const awsCliV1 = {
  family: 'aws-cli-v1',
  outcomeFrom: 'probe',
  versions: words('1.16.209 1.16.210 1.18.223 1.29.85 1.30.0 1.41.17 1.42.0 1.45.11'),
  install: ({ version, folder, run }) => {
    run('python3', '-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder, `awscli==${version}`);
    const metadata = run('sh', '-c', `cat awscli-${version}.dist-info/METADATA`);
    const botocore = /^Requires-Dist: botocore ?\(?==\s*([\d.]+)/m.exec(metadata)?.[1];
    const others = ['docutils<0.20', 's3transfer', 'PyYAML', 'colorama<0.4.7', 'rsa<4.8', 'six'];
    installPackages(run, folder, [`botocore==${botocore}`, ...others]);
  },
  command: ({ folder, certificates }) => ({
    argv: ['python3', '-m', 'awscli', ...probeCall],
    env: { PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1', AWS_CA_BUNDLE: certificates.ca },
  }),
};
