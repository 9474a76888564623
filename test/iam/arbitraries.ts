import fc from 'fast-check';
import type { JsonValue, PolicyDocument } from '../../src/model/aws.ts';
import type { RequestContext, RequestPrincipal } from '../../src/iam/requestContext.ts';
import type { PlainRequest } from '../oracle/iam.ts';

export const account = '111122223333';
export const issuer = 'oidc.eks.eu-west-1.amazonaws.com/id/ABC';
export const provider: string = `arn:aws:iam::${account}:oidc-provider/${issuer}`;
export const subjectKey: string = `${issuer}:sub`;

/** A policy document that a test made. */
export function documentOf(value: JsonValue): PolicyDocument {
  return { ref: { kind: 'TrustPolicy', name: 'test' }, value };
}

/** A policy of the statements. */
export function policyOf(...statements: readonly JsonValue[]): JsonValue {
  return { Version: '2012-10-17', Statement: statements };
}

/** A statement of a trust policy that admits tokens of the provider on a condition. */
export function tokenStatement(
  condition: JsonValue,
  more: { readonly [key: string]: JsonValue } = {},
): { readonly [key: string]: JsonValue } {
  return {
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: condition,
    ...more,
  };
}

const roles = ['node', 'team/app'].map((name) => `arn:aws:iam::${account}:role/${name}`);
const sessions = ['i-1', 'i-2'];
const values = ['a', 'b', 'ab', 'A', '', 'a:b'];
const patterns = [...values, 'a*', '*', '?', 'a?', '*b', 'a:*'];
const arns = ['arn:aws:s3:eu::x', 'arn:aws:s3:us:1:x', 'arn:aws:s3:us:1:x:y'];
const arnPatterns = [...arns, 'arn:aws:s3:*:*:x', 'arn:aws:*:*:1:*', 'arn:aws:s3:us:?:x*'];

/** Keys, the values that a request may have for them, and the operators and values that ask for them. */
const keys = [
  {
    key: 'Test:Text',
    values,
    expected: patterns,
    operators: ['StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringLike', 'StringNotLike'],
  },
  { key: 'test:Arn', values: arns, expected: arnPatterns, operators: ['ArnLike', 'ArnEquals', 'ArnNotLike'] },
  {
    key: 'test:number',
    values: ['1', '2.5', '-3'],
    expected: ['1', '2', '-3'],
    operators: ['NumericEquals', 'NumericNotEquals', 'NumericLessThan', 'NumericGreaterThanEquals'],
  },
  {
    key: 'test:time',
    values: ['2024-01-01T00:00:00Z', '2025-06-01T12:00:00Z'],
    expected: ['2024-01-01', '2025-06-01T14:00:00+02:00'],
    operators: ['DateGreaterThan'],
  },
  { key: 'test:flag', values: ['true', 'false'], expected: ['true', 'False'], operators: ['Bool'] },
  {
    key: 'test:address',
    values: ['10.0.0.1', '10.0.1.1', '192.0.2.9'],
    expected: ['10.0.0.0/24', '10.0.0.0/8', '192.0.2.9'],
    operators: ['IpAddress', 'NotIpAddress'],
  },
] as const;

const qualifier = fc.constantFrom('', '', 'ForAnyValue:', 'ForAllValues:');
const suffix = fc.constantFrom('', '', 'IfExists');

const oneOrMany = (arbitrary: fc.Arbitrary<string>): fc.Arbitrary<JsonValue> =>
  fc.oneof(arbitrary, fc.array(arbitrary, { minLength: 1, maxLength: 3 }));

/** One operator with one key, of any type. */
export const conditionBlock: fc.Arbitrary<JsonValue> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(...keys).chain((row) =>
      fc
        .record({
          operator: fc
            .tuple(qualifier, fc.constantFrom(...row.operators), suffix)
            .map((parts) => parts.join('')),
          expected: oneOrMany(fc.constantFrom(...row.expected)),
        })
        .map(({ operator, expected }) => ({ [operator]: { [row.key]: expected } })),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...keys), fc.constantFrom('true', 'false'))
      .map(([row, word]) => ({ Null: { [row.key]: word } })),
  },
);

const principal: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constant('*'),
  oneOrMany(
    fc.constantFrom(
      account,
      '444455556666',
      `arn:aws:iam::${account}:root`,
      ...roles,
      `arn:aws:sts::${account}:assumed-role/app/i-1`,
      `arn:aws:iam::${account}:user/me`,
      '*',
    ),
  ).map((AWS) => ({ AWS })),
  oneOrMany(fc.constantFrom('ec2.amazonaws.com', 'pods.eks.amazonaws.com')).map((Service) => ({ Service })),
  oneOrMany(fc.constantFrom(provider, 'accounts.google.com')).map((Federated) => ({ Federated })),
);

const action = fc.constantFrom(
  'sts:AssumeRole',
  'STS:assumerole',
  'sts:AssumeRoleWithWebIdentity',
  'sts:*',
  'sts:Assume*',
  'sts:TagSession',
  '*',
);

/** A statement of a trust policy that IAM accepts. */
export const trustStatement: fc.Arbitrary<{ readonly [key: string]: JsonValue }> = fc
  .record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    Principal: principal,
    action: oneOrMany(action),
    element: fc.constantFrom('Action', 'Action', 'Action', 'NotAction'),
    condition: fc.option(conditionBlock, { nil: undefined }),
  })
  .map(({ Effect, Principal, action: actions, element, condition }) => ({
    Effect,
    Principal,
    [element]: actions,
    ...(condition === undefined ? {} : { Condition: condition }),
  }));

/** A trust policy that IAM accepts. */
export const trustPolicy: fc.Arbitrary<JsonValue> = fc
  .array(trustStatement, { minLength: 1, maxLength: 4 })
  .map((statements) => policyOf(...statements));

/** A request of which everything is known. */
export const plainRequest: fc.Arbitrary<PlainRequest> = fc
  .record({
    principal: fc.oneof(
      fc.record({
        kind: fc.constant('role' as const),
        name: fc.constantFrom(...roles),
        session: fc.constantFrom(...sessions),
      }),
      fc.record({ kind: fc.constant('federated' as const), name: fc.constant(provider) }),
      fc.record({ kind: fc.constant('service' as const), name: fc.constant('pods.eks.amazonaws.com') }),
    ),
    action: fc.constantFrom('sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity', 'sts:TagSession'),
    keys: fc.tuple(...keys.map((row) => fc.array(fc.constantFrom<string>(...row.values), { maxLength: 2 }))),
  })
  .map(({ keys: given, ...rest }) => ({
    ...rest,
    resource: `arn:aws:iam::${account}:role/app`,
    keys: Object.fromEntries(
      given.flatMap((texts, at) => (texts.length > 0 ? [[keys[at]?.key.toLowerCase() ?? '', texts]] : [])),
    ),
  }));

/** The same request as the engine takes it. */
export function contextOf(request: PlainRequest): RequestContext {
  const { kind, name, session } = request.principal;
  const asking: RequestPrincipal =
    kind === 'role'
      ? {
          kind: 'roleSession',
          roleArn: name,
          accountId: account,
          ...(session === undefined ? {} : { sessionName: session }),
        }
      : kind === 'federated'
        ? { kind: 'webIdentity', providerArn: name }
        : { kind: 'service', service: name };
  return {
    principal: asking,
    action: request.action,
    resource: request.resource,
    keys: new Map(Object.entries(request.keys)),
    openKeys: [],
  };
}

const subjectLetters = fc.constantFrom('a', 'b', ':', '*', '?', 'A');

/** A short subject, or a pattern of one, over few letters, so that chance meets. */
export const subjectText: fc.Arbitrary<string> = fc
  .array(subjectLetters, { minLength: 1, maxLength: 5 })
  .map((letters) => letters.join(''));

const subjectOperator = fc
  .tuple(
    qualifier,
    fc.constantFrom(
      'StringEquals',
      'StringNotEquals',
      'StringLike',
      'StringNotLike',
      'StringEqualsIgnoreCase',
    ),
    suffix,
  )
  .map((parts) => parts.join(''));

/** A trust policy for tokens, with conditions on their subject and perhaps on something that nobody knows. */
export const subjectPolicy: fc.Arbitrary<JsonValue> = fc
  .array(
    fc
      .record({
        Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
        conditions: fc.array(
          fc.tuple(subjectOperator, oneOrMany(subjectText)).map(([operator, text]) => ({
            [operator]: { [subjectKey]: text },
          })),
          { maxLength: 2 },
        ),
        address: fc.constantFrom({}, {}, { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }),
      })
      .map(({ Effect, conditions, address }) =>
        tokenStatement(Object.assign({}, address, ...conditions) as JsonValue, { Effect }),
      ),
    { minLength: 1, maxLength: 3 },
  )
  .map((statements) => policyOf(...statements));
