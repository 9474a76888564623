import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchJars, javaCommand } from '../java/maven.mjs';

const driver = fileURLToPath(new URL('Resolve.kt', import.meta.url));
const compiler = '2.4.21';

/** Kotlin, on the JVM. The driver is compiled for each version by the compiler from Maven Central. */
export const kotlin = {
  family: 'kotlin',
  versions: ['1.2.32', '1.3.99', '1.4.59', '1.5.95', '1.6.75', '1.8.12'],
  // It gives each request to the metadata service half a minute, and makes it three times.
  patienceSeconds: 180,
  install: (machine) => {
    const { version, folder, run } = machine;
    copyFileSync(driver, join(folder, 'Resolve.kt'));
    fetchJars(machine, [`org.jetbrains.kotlin:kotlin-compiler-embeddable:${compiler}`]);
    run('mv', 'jars', 'compiler');
    fetchJars(machine, [`aws.sdk.kotlin:aws-config-jvm:${version}`]);
    const jars = run('sh', '-c', 'ls jars/*.jar').trim().split('\n').join(':');
    const options = ['-no-stdlib', '-no-reflect', '-Xskip-metadata-version-check', '-nowarn'];
    const main = 'org.jetbrains.kotlin.cli.jvm.K2JVMCompiler';
    run('java', '-cp', 'compiler/*', main, ...options, '-cp', jars, '-d', folder, 'Resolve.kt');
    // What the compiler makes wants its own standard library, which also serves older code.
    run('sh', '-c', 'rm jars/kotlin-stdlib-[0-9]*.jar && cp compiler/kotlin-stdlib-[0-9]*.jar jars');
  },
  command: (machine) => javaCommand(machine, 'ResolveKt'),
};
