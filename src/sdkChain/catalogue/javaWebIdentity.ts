import type { RegionQuestion, WebIdentityProvider } from '../entry.ts';
import type { Evidence } from '../providerRow.ts';
import { noAnswer } from './noAnswer.ts';

/** Where each part of what the Java SDKs do with web identity is known from. */
export interface JavaWebIdentityEvidence {
  readonly webIdentity: Evidence;
  /** How the chain takes a failure. */
  readonly chain: Evidence;
  readonly retries: Evidence;
  readonly stsModule: Evidence;
}

/**
 * What both Java SDKs do when web identity fails: they go on, whatever it was.
 *
 * @param moduleError - how each words that the module for STS is missing
 * @source aws/aws-sdk-java:DefaultAWSCredentialsProviderChain.java; aws/aws-sdk-java-v2:AwsCredentialsProviderChain.java
 */
export function javaWebIdentityRules(
  { webIdentity, chain, retries, stsModule }: JavaWebIdentityEvidence,
  moduleError: string,
): WebIdentityProvider['rules'] {
  return [
    { on: ['roleMissing'], next: 'continue', error: '', ...webIdentity },
    { on: ['moduleMissing'], next: 'continue', error: moduleError, ...stsModule },
    {
      on: ['tokenMissing', 'tokenUnreadable'],
      next: 'continue',
      error: 'token file cannot be read',
      ...chain,
    },
    { on: ['tokenEmpty'], next: 'send', error: '', ...webIdentity },
    {
      on: ['accessDenied', 'invalidIdentityToken', 'expiredToken', 'clientError'],
      next: 'continue',
      error: '{code}',
      ...chain,
    },
    {
      on: ['idpCommunicationError', 'serverError', ...noAnswer],
      attempts: 4,
      next: 'continue',
      error: '{code}',
      ...retries,
    },
  ];
}

/** Who knows no region asks for it the way these SDKs ask for credentials. */
export function javaRegionQuestion(protocol: RegionQuestion['protocol']): RegionQuestion {
  return { path: '/latest/dynamic/instance-identity/document', protocol, rounds: 1 };
}
