import type { Part } from './parts.ts';

/** Rows of which it is known that nothing can meet them, by name, each with the reason. */
export const neverMet: readonly {
  readonly part: Part;
  readonly names: readonly string[];
  readonly why: string;
}[] = [
  {
    part: 'failure',
    names: ['aws-cli-v1', 'aws-cli-v2', 'botocore'].flatMap((family) =>
      ['assumeRoleProfile', 'ssoProfile', 'process'].map((row) => `${family} ${row} profileMissing`),
    ),
    why: 'the row before them, `namedProfile`, stops where the profile is missing',
  },
  {
    part: 'failure',
    names: ['js-v2 sharedIni sourceFailed', 'java-v1 profile sourceFailed', 'cpp profile sourceFailed'],
    why: 'the only sources that could fail make the profile unusable at once',
  },
  {
    part: 'station',
    names: ['js-v2 sharedIni', 'java-v1 profile'].flatMap((row) => [
      ...['container', 'container/token', 'container/get'].map((at) => `${row}/${at}`),
      ...['imds', 'imds/token', 'imds/roleList', 'imds/roleCredentials'].map((at) => `${row}/${at}`),
      ...['imds/roleListV1', 'imds/roleCredentialsV1'].map((at) => `${row}/${at}`),
    ]),
    why: 'a profile with a credential_source is unusable there',
  },
  {
    part: 'station',
    names: [
      'java-v1 profile/imds/roleListAsking',
      'java-v1 profile/imds/tokenBeforeCredentials',
      'cpp profile/webIdentity/token',
      'cpp profile/webIdentity/sts',
    ],
    why: 'a profile with such a source is unusable there',
  },
  {
    part: 'station',
    names: ['aws-cli-v1', 'aws-cli-v2', 'botocore', 'js-v2', 'ruby', 'php', 'cpp'].map(
      (family) => `${family} ssoProfile/roles`,
    ),
    why: 'the row takes single sign-on alone, which gives no keys in a pod',
  },
  {
    part: 'station',
    names: ['kotlin', 'rust'].flatMap((family) =>
      ['profile/webIdentity/regionValueV1', 'webIdentity/regionValueV1'].map((at) => `${family} ${at}`),
    ),
    why: 'these ask for the region with a token or not at all',
  },
  {
    part: 'station',
    names: ['go-v1 credentialSourceProfile/container/token'],
    why: 'the row holds until 1.21.0, and the token file is known from 1.47.11 on',
  },
  {
    part: 'service',
    names: ['noSuchRole'],
    why: 'an SDK asks for the role that was listed; test/services/imds.test.ts asks for another',
  },
  {
    part: 'path',
    names: ['endpointToHostDrops'],
    why: 'no CNI does so by default; test/network/packetPath.test.ts makes one that does',
  },
];
