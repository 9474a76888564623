import { fileURLToPath } from 'node:url';
import { fetchJars, javaCommand } from './maven.mjs';
import { words } from '../words.mjs';

const driver = fileURLToPath(new URL('ResolveV2.java', import.meta.url));

/** Java v2: `auth`, and the module `sts` without which web identity does nothing. */
export const javaV2 = {
  family: 'java-v2',
  versions: words('2.10.8 2.10.11 2.10.19 2.10.21 2.17.100 2.21.29 2.21.30 2.30.0 2.40.0 2.57.8'),
  install: (machine) => {
    const { version, folder, run } = machine;
    fetchJars(
      machine,
      ['auth', 'sts'].map((part) => `software.amazon.awssdk:${part}:${version}`),
    );
    run('javac', '-nowarn', '-cp', 'jars/*', '-d', folder, driver);
  },
  command: (machine) => javaCommand(machine, 'ResolveV2'),
};
