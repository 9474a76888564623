import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('resolve.swift', import.meta.url));

/** Swift, fetched and built by the Swift package manager. */
export const swift = {
  family: 'swift',
  versions: ['1.0.0', '1.5.0'],
  install: ({ version, folder, run }) => {
    cpSync(source, join(folder, 'Sources', 'resolve', 'main.swift'), { recursive: true });
    writeFileSync(join(folder, 'Package.swift'), manifest(version));
    run('swift', 'build');
  },
  command: ({ folder, certificates }) => ({
    argv: [join(folder, '.build', 'debug', 'resolve')],
    env: { SSL_CERT_FILE: certificates.ca },
  }),
};

function manifest(version) {
  return `// swift-tools-version:5.9
import PackageDescription
let package = Package(name: "resolve",
  platforms: [.macOS(.v12)],
  dependencies: [.package(url: "https://github.com/awslabs/aws-sdk-swift", exact: "${version}")],
  targets: [.executableTarget(name: "resolve", dependencies: [
    .product(name: "AWSSDKIdentity", package: "aws-sdk-swift")])])
`;
}
