import { probeCall } from './probeCall.mjs';

/**
 * AWS CLI v2 is in no package registry. The lab takes the one that the machine has: Debian's `awscli`, or the
 * program that `WHICHROLE_LAB_AWS_CLI_V2` names.
 */
export const awsCliV2 = {
  family: 'aws-cli-v2',
  outcomeFrom: 'probe',
  versions: ['2.9.19'],
  install: ({ version, run }) => {
    const said = run(program(), '--version');
    if (!said.startsWith(`aws-cli/${version} `)) throw new Error(`${program()} is ${said.split(' ')[0]}`);
  },
  command: ({ certificates }) => ({
    argv: [program(), ...probeCall],
    env: { AWS_CA_BUNDLE: certificates.ca },
  }),
};

function program() {
  return process.env['WHICHROLE_LAB_AWS_CLI_V2'] ?? '/usr/bin/aws';
}
