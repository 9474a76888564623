import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Crates that are released together with `aws-config`, of the age of old versions: these do not build with
 * those of today.
 */
const pins = {
  '1.1.7': { async: '1.1.7', runtime: '1.1.7', 'runtime-api': '1.1.7', types: '1.1.7' },
  '1.1.8': { async: '1.1.8', runtime: '1.1.8', 'runtime-api': '1.2.0', types: '1.1.8' },
};

const driver = fileURLToPath(new URL('resolve.rs', import.meta.url));

/**
 * Rust, counted by the crate `aws-config`. The driver asks the chain itself, without the cache that a
 * client puts around it, so nothing is recorded about refresh.
 */
export const rust = {
  family: 'rust',
  versions: ['1.1.7', '1.1.8', '1.5.8', '1.8.10', '1.13.0'],
  skips: ['refresh.'],
  install: ({ version, folder, run }) => {
    mkdirSync(join(folder, 'src'));
    copyFileSync(driver, join(folder, 'src', 'main.rs'));
    writeFileSync(
      join(folder, 'Cargo.toml'),
      `[package]
name = "resolve"
version = "0.0.0"
edition = "2021"

[dependencies]
aws-config = "=${version}"
aws-credential-types = "1"
${pinned(version)}tokio = { version = "1", features = ["macros", "rt-multi-thread"] }

[profile.dev]
debug = false
`,
    );
    run('cargo', 'build', '--quiet', '--target-dir', join(folder, '..', 'target'));
    copyFileSync(join(folder, '..', 'target', 'debug', 'resolve'), join(folder, 'resolve'));
  },
  command: ({ folder, certificates }) => ({
    argv: [join(folder, 'resolve')],
    env: { SSL_CERT_FILE: certificates.ca },
  }),
};

function pinned(version) {
  const names = Object.entries(pins[version] ?? {});
  return names.map(([name, pin]) => `aws-smithy-${name} = "=${pin}"\n`).join('');
}
