import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { words } from '../words.mjs';

const driver = fileURLToPath(new URL('resolve.rb', import.meta.url));

/**
 * Ruby v3, counted by the gem `aws-sdk-core`. It comes from RubyGems, or, where `WHICHROLE_LAB_RUBY_SDK`
 * names a folder with one check-out of aws/aws-sdk-ruby for each version, from there.
 */
export const ruby = {
  family: 'ruby',
  versions: words(
    '3.57.0 3.58.0 3.78.0 3.79.0 3.120.0 3.168.1 3.170.1 3.171.0 3.185.2 3.186.0 3.187.1 3.188.0',
    '3.211.0',
  ),
  install: ({ version, folder, run }) => {
    run('ruby', '--version');
    if (checkOut(version)) return;
    run('gem', 'install', '--no-document', '--install-dir', folder, 'aws-sdk-core', '--version', version);
  },
  command: ({ folder, certificates, version }) => ({
    argv: ['ruby', driver],
    env: { AWS_CA_BUNDLE: certificates.ca, ...libraryPath(checkOut(version), folder) },
  }),
};

function checkOut(version) {
  const root = process.env['WHICHROLE_LAB_RUBY_SDK'];
  const folder = root && join(root, version);
  return folder && existsSync(folder) ? folder : undefined;
}

function libraryPath(checkedOut, folder) {
  if (!checkedOut) return { GEM_PATH: folder };
  const gems = ['aws-sdk-core', 'aws-sigv4', 'aws-eventstream', 'aws-partitions'];
  return { RUBYLIB: gems.map((gem) => join(checkedOut, 'gems', gem, 'lib')).join(':') };
}
