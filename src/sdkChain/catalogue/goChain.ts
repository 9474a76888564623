import { imdsGetFailures, type ImdsProvider } from '../imdsProvider.ts';
import type { EnvironmentKeysProvider } from '../entry.ts';
import type { Evidence } from '../providerRow.ts';
import { noAnswer } from './noAnswer.ts';

/**
 * What both Go SDKs do when they get no token: they know for good that there is none only after the answers
 * that say so, and ask again before the next request after others. `unanswered`: what they do after none.
 *
 * @source aws/aws-sdk-go:aws/ec2metadata/token_provider.go; aws/aws-sdk-go-v2:feature/ec2/imds/token_provider.go
 */
export function goTokenRules(
  error: string,
  evidence: Evidence,
  unanswered: 'v1' | 'v1AskAgain',
): ImdsProvider['token'] {
  return [
    { on: ['forbidden', 'notFound', 'methodNotAllowed'], next: 'v1', error: '', ...evidence },
    { on: ['badRequest'], next: 'stop', error, ...evidence },
    { on: ['unauthorized'], next: 'v1AskAgain', error: '', ...evidence },
    { on: ['tooManyRequests', 'serverError'], attempts: 3, next: 'v1AskAgain', error: '', ...evidence },
    { on: noAnswer, attempts: 3, next: unanswered, error: '', ...evidence },
  ];
}

/** What both Go SDKs do when the role or its credentials cannot be had: the metadata service is the last link. */
export function goGetRules(
  error: string,
  evidence: Evidence,
  attemptsFrom?: 'openToken',
): ImdsProvider['roleCredentials'] {
  const from = attemptsFrom ? { attemptsFrom } : {};
  return [
    { on: ['serverError', ...noAnswer], attempts: 3, ...from, next: 'stop', error, ...evidence },
    { on: imdsGetFailures, next: 'stop', error, ...evidence },
  ];
}

/** The variables from which both Go SDKs read static keys. */
export function goEnvironmentKeys(evidence: Evidence): EnvironmentKeysProvider {
  return {
    kind: 'environmentKeys',
    id: 'environment',
    accessKeyId: ['AWS_ACCESS_KEY_ID', 'AWS_ACCESS_KEY'],
    secretAccessKey: ['AWS_SECRET_ACCESS_KEY', 'AWS_SECRET_KEY'],
    setWhen: 'nonEmpty',
    names: 'firstSet',
    ...evidence,
  };
}
