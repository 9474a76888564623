import { describe, expect, it } from 'vitest';
import { admits, admittedSubjects, compareTrustPolicies, type TokenIssuer } from '../../src/iam/subjects.ts';
import type { JsonValue, PolicyDocument } from '../../src/model/aws.ts';
import { documentOf, issuer, policyOf, provider, subjectKey as sub, tokenStatement } from './arbitraries.ts';

type Patterns = readonly string[] | undefined;

const token: TokenIssuer = { providerArn: provider, issuer };
const aud = `${issuer}:aud`;
const someAddress = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };

const trust = (...statements: readonly JsonValue[]): PolicyDocument => documentOf(policyOf(...statements));
const like = (...subjects: readonly string[]): PolicyDocument =>
  trust(...subjects.map((subject) => tokenStatement({ StringLike: { [sub]: subject } })));

describe('the patterns of the admitted subjects', () => {
  it.each<[string, JsonValue, Patterns]>([
    ['one letter of any kind', { StringLike: { [sub]: 'a?*' } }, ['a?*']],
    ['a text twice, told once', { StringEquals: { [sub]: ['x', 'x'] } }, ['x']],
    ['special letters, escaped', { StringEquals: { [sub]: 'a?$*' } }, ['a${?}${$}${*}']],
    ['the key in another case', { StringEquals: { [sub.toUpperCase()]: 'x' } }, ['x']],
    ['the audience besides', { StringEquals: { [aud]: 'sts.amazonaws.com', [sub]: 'x' } }, ['x']],
    ['any case', { StringEqualsIgnoreCase: { [sub]: 'x' } }, undefined],
    ['a value that the token brings', { StringEquals: { [sub]: '${aws:FederatedProvider}' } }, [provider]],
    ['a value that is missing', { StringNotEquals: { [sub]: '${aws:PrincipalTag/x}' } }, []],
    ['a missing value among others', { StringEquals: { [sub]: ['x', '${aws:PrincipalTag/x}'] } }, []],
    ['an ARN with wildcards in its last component', { ArnLike: { [sub]: 'a:b:c:d:e:f*' } }, ['a:b:c:d:e:f*']],
    ['an ARN with wildcards within a component', { ArnLike: { [sub]: 'a:*:c:d:e:f' } }, undefined],
    [
      'an escaped star within a wider pattern',
      { StringEquals: { [sub]: 'a*' }, StringLike: { [sub]: 'a?' } },
      ['a${*}'],
    ],
    [
      'a pattern that is left out',
      { StringLike: { [sub]: ['a*', 'b*'] }, StringNotLike: { [sub]: 'b*' } },
      ['a*'],
    ],
    [
      'another case that is left out',
      { StringLike: { [sub]: 'a*' }, StringNotLike: { [sub]: 'A*' } },
      ['a*'],
    ],
    [
      'a part of a pattern that is left out',
      { StringLike: { [sub]: 'a*' }, StringNotLike: { [sub]: 'ab*' } },
      undefined,
    ],
    [
      'a text that is left out',
      { StringEquals: { [sub]: ['a', 'b'] }, StringNotLike: { [sub]: 'b*' } },
      ['a'],
    ],
    ['a subject that must be there', { Null: { [sub]: 'false' } }, ['*']],
    ['a subject that must be missing', { Null: { [sub]: 'true' } }, []],
    ['a subject that may be there or not', { Null: { [sub]: ['true', 'False'] } }, ['*']],
  ])('%s', (_, condition, patterns) => {
    expect(admittedSubjects(trust(tokenStatement(condition)), token).patterns).toEqual(patterns);
    expect(admittedSubjects(trust(tokenStatement(condition)), token, 'surely').patterns).toEqual(patterns);
  });

  it.each<[string, readonly JsonValue[], Patterns, Patterns]>([
    ['an address that nobody knows', [tokenStatement(someAddress)], ['*'], []],
    [
      'a denied address that nobody knows',
      [tokenStatement({}), tokenStatement(someAddress, { Effect: 'Deny' })],
      ['*'],
      [],
    ],
    ['a subject that is read as a number', [tokenStatement({ NumericEquals: { [sub]: '1' } })], ['*'], []],
    ['a value that nobody knows', [tokenStatement({ StringEquals: { [sub]: '${aws:userid}' } })], ['*'], []],
    [
      'a value that nobody knows among others',
      [tokenStatement({ StringEquals: { [sub]: ['x', '${aws:userid}'] } })],
      ['*'],
      [],
    ],
    [
      'a condition that compares with the subject',
      [tokenStatement({ StringNotEquals: { [aud]: `\${${sub}}` } })],
      ['*'],
      [],
    ],
  ])('%s: possibly and surely', (_, statements, possibly, surely) => {
    expect(admittedSubjects(trust(...statements), token, 'possibly').patterns).toEqual(possibly);
    expect(admittedSubjects(trust(...statements), token, 'surely').patterns).toEqual(surely);
  });

  it.each<[string, string, Patterns]>([
    ['its own audience', 'vault', ['*']],
    ['no other', 'sts.amazonaws.com', []],
  ])('a token for an audience fits %s', (_, audience, patterns) => {
    const document = trust(tokenStatement({ StringEquals: { [aud]: audience } }));
    expect(admittedSubjects(document, { ...token, audience: 'vault' }).patterns).toEqual(patterns);
  });
});

describe('the admitted subjects', () => {
  it.each<[string, JsonValue, readonly string[], readonly string[]]>([
    ['without a condition, all but the empty one', {}, ['x', 'a:b'], ['']],
    ['in any case', { StringEqualsIgnoreCase: { [sub]: 'xY' } }, ['xy', 'XY', 'xY'], ['x', 'xyz']],
    ['not in any case', { StringNotEqualsIgnoreCase: { [sub]: 'x' } }, ['y', 'xx'], ['x', 'X']],
    ['texts and patterns', { StringLike: { [sub]: ['x', 'a*'] } }, ['x', 'a', 'ab'], ['xx', 'b']],
    ['within a component', { ArnLike: { [sub]: 'a:*:c:d:e:f' } }, ['a:b:c:d:e:f'], ['a:b:b:c:d:e:f']],
  ])('%s', (_, condition, inside, outside) => {
    const set = admittedSubjects(trust(tokenStatement(condition)), token);
    expect([...inside, ...outside].filter((subject) => admits(set, subject))).toEqual(inside);
  });
});

describe('what a change of a policy does', () => {
  const pay = 'system:serviceaccount:pay:*';
  const none = { patterns: [], accountPatterns: [], witness: { kind: 'none' } };

  it.each<[string, PolicyDocument, PolicyDocument, object, object]>([
    [
      'lets a subject in that is no service account',
      like(),
      like('repo:x'),
      { patterns: ['repo:x'], accountPatterns: [], witness: { kind: 'text', text: 'repo:x' } },
      none,
    ],
    [
      'lets in a pattern of no service accounts',
      like('a'),
      like('a', 'repo:*'),
      { patterns: ['repo:*'], accountPatterns: [], witness: { kind: 'text', text: 'repo:' } },
      none,
    ],
    [
      'shuts a namespace out',
      like(pay, 'x'),
      like('x'),
      none,
      {
        patterns: [pay],
        accountPatterns: [pay],
        witness: { kind: 'text', text: 'system:serviceaccount:pay:a' },
      },
    ],
    [
      'puts one subject in the place of another',
      like('x'),
      like('y'),
      { patterns: ['y'], accountPatterns: [], witness: { kind: 'text', text: 'y' } },
      { patterns: ['x'], accountPatterns: [], witness: { kind: 'text', text: 'x' } },
    ],
  ])('%s', (_, before, after, gained, lost) => {
    const changes = compareTrustPolicies(before, after, token);
    const plain = [changes.gained, changes.lost].map(({ subjects, accountPatterns, witness }) => ({
      patterns: subjects.patterns,
      accountPatterns,
      witness,
    }));
    expect(plain).toEqual([gained, lost]);
  });
});
