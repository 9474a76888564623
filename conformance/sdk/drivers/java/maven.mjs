import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Fetches packages of Maven Central, with all they need, into the folder `jars`. */
export function fetchJars({ folder, run }, coordinates) {
  const dependencies = coordinates.map((coordinate) => {
    const [group, artifact, version] = coordinate.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId>
<version>${version}</version></dependency>`;
  });
  writeFileSync(
    join(folder, 'pom.xml'),
    `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>test.whichrole</groupId><artifactId>lab</artifactId><version>1</version>
<dependencies>${dependencies.join('\n')}</dependencies></project>\n`,
  );
  run('mvn', '-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${join(folder, 'jars')}`);
}

/** How a driver that was compiled into `folder` is started. */
export function javaCommand({ folder, certificates }, mainClass) {
  const options = [
    '-XX:TieredStopAtLevel=1',
    '-XX:+UseSerialGC',
    '-Duser.home=/run/home', // v1 asks the JVM, which asks /etc/passwd
    `-Djavax.net.ssl.trustStore=${certificates.trustStore}`,
    '-Djavax.net.ssl.trustStorePassword=changeit',
  ];
  return { argv: ['java', ...options, '-cp', `${folder}:${join(folder, 'jars')}/*`, mainClass], env: {} };
}
