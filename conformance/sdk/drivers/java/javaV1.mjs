import { fileURLToPath } from 'node:url';
import { fetchJars, javaCommand } from './maven.mjs';
import { words } from '../words.mjs';

const driver = fileURLToPath(new URL('ResolveV1.java', import.meta.url));

/** Java v1: its core, and the STS module without which web identity does nothing. */
export const javaV1 = {
  family: 'java-v1',
  versions: words('1.11.677 1.11.678 1.11.703 1.11.704 1.12.500 1.12.744 1.12.746 1.12.797'),
  install: (machine) => {
    const { version, folder, run } = machine;
    fetchJars(
      machine,
      ['core', 'sts'].map((part) => `com.amazonaws:aws-java-sdk-${part}:${version}`),
    );
    run('javac', '-nowarn', '-cp', 'jars/*', '-d', folder, driver);
  },
  command: (machine) => javaCommand(machine, 'ResolveV1'),
};
