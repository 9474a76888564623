import type { Reply } from '../model/exchange.ts';

/** An error that STS answers with. */
export interface StsError {
  readonly status: number;
  readonly code: string;
  /** `{0}`, `{1}` stand for what the error is about. */
  readonly message: string;
  readonly source: string;
}

/** Every error of STS that the model knows, by what went wrong. */
export type StsErrorName =
  | 'serverError'
  | 'malformedRoleArn'
  | 'badSessionName'
  | 'shortRoleArn'
  | 'emptyToken'
  | 'notAToken'
  | 'tokenExpired'
  | 'noOidcProvider'
  | 'wrongAudience'
  | 'webIdentityDenied'
  | 'assumeRoleDenied'
  | 'chainedTooLong'
  | 'longerThanRoleAllows';

const stsModel = 'boto/botocore:botocore/data/sts/2011-06-15/service-2.json';

/**
 * The errors of STS, as they are seen by a client.
 *
 * Codes and statuses stand in the service model; messages are those that users report.
 */
export const stsErrors: Readonly<Record<StsErrorName, StsError>> = {
  serverError: {
    status: 500,
    code: 'InternalFailure',
    message: 'The request processing has failed because of an unknown error, exception or failure.',
    source: 'https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html',
  },
  malformedRoleArn: {
    status: 400,
    code: 'ValidationError',
    message: 'Request ARN is invalid',
    source: 'https://repost.aws/knowledge-center/iam-assume-role-error',
  },
  shortRoleArn: {
    status: 400,
    code: 'ValidationError',
    message:
      "1 validation error detected: Value '{0}' at 'roleArn' failed to satisfy constraint: " +
      'Member must have length greater than or equal to 20',
    source: `${stsModel} (arnType: min 20)`,
  },
  badSessionName: {
    status: 400,
    code: 'ValidationError',
    message:
      "1 validation error detected: Value '{0}' at 'roleSessionName' failed to satisfy constraint: {1}",
    source: `${stsModel} (roleSessionNameType: 2 to 64 letters of [\\w+=,.@-])`,
  },
  emptyToken: {
    status: 400,
    code: 'ValidationError',
    message:
      "1 validation error detected: Value '' at 'webIdentityToken' failed to satisfy constraint: " +
      'Member must have length greater than or equal to 4',
    source: `${stsModel} (clientTokenType: min 4)`,
  },
  notAToken: {
    status: 400,
    code: 'InvalidIdentityToken',
    message: 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    source: `${stsModel} (InvalidIdentityTokenException)`,
  },
  tokenExpired: {
    status: 400,
    code: 'ExpiredTokenException',
    message: 'Token expired: current date/time must be before the expiration date/time',
    source: `${stsModel} (ExpiredTokenException)`,
  },
  noOidcProvider: {
    status: 400,
    code: 'InvalidIdentityToken',
    message: 'No OpenIDConnect provider found in your account for {0}',
    source:
      'aws/amazon-eks-pod-identity-webhook#264; https://repost.aws/knowledge-center/eks-pods-iam-role-service-accounts',
  },
  wrongAudience: {
    status: 400,
    code: 'InvalidIdentityToken',
    message: 'Incorrect token audience',
    source: 'https://repost.aws/knowledge-center/iam-oidc-idp-federation',
  },
  webIdentityDenied: {
    status: 403,
    code: 'AccessDenied',
    message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    source: 'aws/amazon-eks-pod-identity-webhook#30',
  },
  assumeRoleDenied: {
    status: 403,
    code: 'AccessDenied',
    message: 'User: {0} is not authorized to perform: sts:AssumeRole on resource: {1}',
    source: 'peymanmortazavi/eks-helm-deploy#7',
  },
  chainedTooLong: {
    status: 400,
    code: 'ValidationError',
    message:
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    source: `aws/eks-anywhere#9485; ${stsModel} (AssumeRole: role chaining)`,
  },
  longerThanRoleAllows: {
    status: 400,
    code: 'ValidationError',
    message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    source: 'https://repost.aws/knowledge-center/iam-assume-role-error',
  },
};

/** Answers with an error of STS. */
export function stsError(name: StsErrorName, ...about: readonly string[]): Reply {
  const { status, code, message } = stsErrors[name];
  const filled = about.reduce((text, value, at) => text.replace(`{${at}}`, () => value), message as string);
  return { kind: 'httpError', status, code, message: filled };
}
