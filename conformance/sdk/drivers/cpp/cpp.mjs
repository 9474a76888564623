import { fileURLToPath } from 'node:url';
import { installPackages } from '../python/botocore.mjs';

const driver = fileURLToPath(new URL('resolve.py', import.meta.url));

/** Which wheel of pyarrow holds which aws-sdk-cpp, as that names itself on the wire; old ones want NumPy. */
const wheels = {
  '1.10.55': ['pyarrow==12.0.1', 'numpy<2'],
  '1.11.201': ['pyarrow==16.1.0', 'numpy<2'],
  '1.11.285': ['pyarrow==19.0.1'],
  '1.11.591': ['pyarrow==22.0.0'],
  '1.11.900': ['pyarrow==26.0.1'],
};

/**
 * C++: the SDK inside the wheels of pyarrow, whose S3 file system uses the default chain when it is given
 * no keys. Its client asks the chain several times for one request.
 */
export const cpp = {
  family: 'cpp',
  outcomeFrom: 'probe',
  asksAgain: true,
  skips: ['refresh.'],
  versions: Object.keys(wheels),
  install: ({ version, folder, run }) => {
    if (!wheels[version]) throw new Error(`no wheel of pyarrow is known to hold aws-sdk-cpp ${version}`);
    installPackages(run, folder, wheels[version]);
  },
  command: ({ folder, certificates }) => ({
    argv: ['python3', driver],
    env: { PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1', SSL_CERT_FILE: certificates.ca },
  }),
};
