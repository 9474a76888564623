import { describe, expect, it } from 'vitest';
import { doubt, refusal, type Complaint } from '../../src/iam/complaint.ts';
import type { PolicyRole } from '../../src/iam/decision.ts';
import type { Policy } from '../../src/iam/policy.ts';
import { parseStatement } from '../../src/iam/statement.ts';
import type { JsonValue } from '../../src/model/aws.ts';
import type { JsonObject } from '../../src/model/jsonObject.ts';
import { documentOf } from './arbitraries.ts';

const trust = { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' };
const identity = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
const ref = { kind: 'TrustPolicy', name: 'test' } as const;
const path = 'Statement[0]';
const version: Policy['version'] = '2012-10-17';

const effects = { expected: '`Allow` or `Deny`, in this case' };

describe('what is said about a statement', () => {
  it.each<[string, PolicyRole, JsonValue, Complaint]>([
    ['a text', 'trustPolicy', 'x', refusal('statement-not-an-object', path, 'a statement is a JSON object')],
    [
      'a number as Sid',
      'trustPolicy',
      { ...trust, Sid: 1 },
      refusal('sid-invalid', `${path}.Sid`, '`Sid` is a text'),
    ],
    [
      'a Sid with a dash',
      'identityPolicy',
      { ...identity, Sid: 'a-b' },
      refusal('sid-invalid', `${path}.Sid`, '`a-b` holds other characters than letters and digits'),
    ],
    [
      'no effect',
      'trustPolicy',
      { Principal: '*', Action: '*' },
      refusal('effect-invalid', path, 'the statement has no `Effect`', effects),
    ],
    [
      'an effect in other case',
      'trustPolicy',
      { ...trust, Effect: 'allow' },
      refusal('effect-invalid', `${path}.Effect`, '`"allow"` is no effect', effects),
    ],
    [
      'no principal',
      'trustPolicy',
      { Effect: 'Allow', Action: '*' },
      refusal('principal-missing', path, 'the statement has no `Principal`'),
    ],
    ...['Principal', 'NotPrincipal'].map((name): [string, PolicyRole, JsonValue, Complaint] => [
      `${name} in a policy of a role`,
      'identityPolicy',
      { ...identity, [name]: '*' },
      refusal('principal-prohibited', `${path}.${name}`, `a policy of a principal has no \`${name}\``),
    ]),
    ...['Resource', 'NotResource'].map((name): [string, PolicyRole, JsonValue, Complaint] => [
      `${name} in a trust policy`,
      'trustPolicy',
      { ...trust, [name]: '*' },
      refusal('resource-prohibited', `${path}.${name}`, `a trust policy has no \`${name}\``),
    ]),
    [
      'no action',
      'trustPolicy',
      { Effect: 'Allow', Principal: '*' },
      refusal('action-missing', path, 'the statement has no `Action`'),
    ],
    [
      'no resource',
      'identityPolicy',
      { Effect: 'Allow', Action: '*' },
      refusal('resource-missing', path, 'the statement has no `Resource`'),
    ],
    [
      'both ways to list actions',
      'trustPolicy',
      { ...trust, NotAction: '*' },
      refusal('action-twice', path, '`Action` and `NotAction` exclude each other'),
    ],
    [
      'an empty list of resources',
      'identityPolicy',
      { ...identity, Resource: [] },
      refusal('resource-missing', `${path}.Resource`, '`Resource` lists nothing'),
    ],
    [
      'an action that is no text',
      'trustPolicy',
      { ...trust, Action: ['sts:*', { a: 1 }] },
      refusal('action-invalid', `${path}.Action[1]`, '`{"a":1}` is no text'),
    ],
    ...['AssumeRole', 'sts', 'sts:Assume:Role', ''].map(
      (text): [string, PolicyRole, JsonValue, Complaint] => [
        `the action \`${text}\``,
        'identityPolicy',
        { ...identity, Action: text },
        refusal('action-invalid', `${path}.Action`, `\`${text}\` is not of the form \`service:Action\``),
      ],
    ),
    [
      'an action of another service in a trust policy',
      'trustPolicy',
      { ...trust, Action: 's3:GetObject' },
      refusal(
        'action-invalid',
        `${path}.Action`,
        'a trust policy speaks of actions of `sts` only, not of `s3:GetObject`',
      ),
    ],
    ...['my-bucket', 'my-*', 'barn:aws:s3:::a'].map((text): [string, PolicyRole, JsonValue, Complaint] => [
      `the resource ${text}`,
      'identityPolicy',
      { ...identity, Resource: text },
      refusal('resource-invalid', `${path}.Resource`, `\`${text}\` is neither an ARN nor \`*\``),
    ]),
  ])('%s', (_, role, value, complaint) => {
    expect(parseStatement(documentOf(null), value, { path, role, version })).toStrictEqual({
      complaints: [complaint],
    });
  });
});

describe('a statement that is read', () => {
  const at = { ...ref, field: path };
  const literal = (text: string): JsonObject => ({
    text,
    pattern: [{ kind: 'text', text: text.toLowerCase() }],
  });
  const many = { kind: 'wildcard', count: 'many', within: 'text' };

  it.each<[string, PolicyRole, Policy['version'], JsonObject, JsonObject]>([
    [
      'of a trust policy',
      'trustPolicy',
      version,
      { ...trust, Sid: 'a b', Action: ['STS:AssumeRole', '*', 's*:Tag'] },
      {
        sid: 'a b',
        effect: 'Allow',
        principal: { kind: 'principal', entries: [{ kind: 'everyone' }] },
        actions: {
          kind: 'oneOf',
          patterns: [
            literal('STS:AssumeRole'),
            { text: '*', pattern: [many] },
            { text: 's*:Tag', pattern: [{ kind: 'text', text: 's' }, many, { kind: 'text', text: ':tag' }] },
          ],
        },
      },
    ],
    [
      'of a policy of a role',
      'identityPolicy',
      version,
      { Effect: 'Deny', NotAction: 's3:get', NotResource: ['arn:a:s3:::*', '${a:b}', '?'] },
      {
        effect: 'Deny',
        actions: { kind: 'noneOf', patterns: [literal('s3:get')] },
        resources: {
          kind: 'noneOf',
          patterns: [
            { text: 'arn:a:s3:::*', pattern: [{ kind: 'text', text: 'arn:a:s3:::' }, many] },
            { text: '${a:b}', pattern: [{ kind: 'variable', key: 'a:b' }] },
            { text: '?', pattern: [{ ...many, count: 'one' }] },
          ],
        },
      },
    ],
    [
      'in the older version, which knows no variables',
      'identityPolicy',
      '2008-10-17',
      { Effect: 'Allow', Action: 's3:get', Resource: ['${a:b}', 'arn:a:*:'] },
      {
        effect: 'Allow',
        actions: { kind: 'oneOf', patterns: [literal('s3:get')] },
        resources: {
          kind: 'oneOf',
          patterns: [
            literal('${a:b}'),
            {
              text: 'arn:a:*:',
              pattern: [
                { kind: 'text', text: 'arn:a:' },
                { ...many, within: 'segment' },
                { kind: 'text', text: ':' },
              ],
            },
          ],
        },
      },
    ],
  ])('%s', (_, role, written, value, statement) => {
    expect(parseStatement(documentOf(null), value, { path, role, version: written })).toStrictEqual({
      value: { at, ...statement, conditions: [] },
      complaints: [],
    });
  });

  it('is kept when something is doubted', () => {
    const value = { ...trust, Principal: { AWS: [] } };
    expect(parseStatement(documentOf(null), value, { path, role: 'trustPolicy', version })).toMatchObject({
      value: { at, principal: { kind: 'principal', entries: [] } },
      complaints: [doubt('principal-empty', `${path}.Principal`, 'the statement names nobody')],
    });
  });
});
