import { fileURLToPath } from 'node:url';

const driver = fileURLToPath(new URL('resolve.php', import.meta.url));

/** PHP v3, from Packagist. */
export const php = {
  family: 'php',
  versions: ['3.110.6', '3.110.7', '3.147.6', '3.147.7', '3.287.0', '3.287.1', '3.376.2'],
  install: ({ version, run }) => run('composer', 'require', '--no-interaction', `aws/aws-sdk-php:${version}`),
  command: ({ folder, certificates }) => ({
    argv: ['php', '-d', `openssl.cafile=${certificates.ca}`, '-d', `curl.cainfo=${certificates.ca}`, driver],
    env: { WHICHROLE_LAB_SDK: folder },
  }),
};
