import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { evaluate, verdictOf, weigh, type Verdict } from '../../src/iam/evaluate.ts';
import { isAccepted } from '../../src/iam/policy.ts';
import { parsePolicy } from '../../src/iam/policyDocument.ts';
import type { JsonValue } from '../../src/model/aws.ts';
import { plainVerdict, type PlainRequest } from '../oracle/iam.ts';
import {
  account,
  contextOf,
  documentOf,
  plainRequest,
  policyOf,
  trustPolicy,
  trustStatement,
} from './arbitraries.ts';

function verdict(policy: JsonValue, request: PlainRequest): Verdict {
  const parsed = parsePolicy(documentOf(policy), 'trustPolicy');
  return verdictOf(weigh(evaluate([parsed.policy], contextOf(request))));
}

function statementsOf(policy: JsonValue): readonly JsonValue[] {
  return (policy as { readonly Statement: readonly JsonValue[] }).Statement;
}

const everyone = { Effect: 'Deny', Principal: '*', Action: '*' };

describe('laws', () => {
  test.prop([trustPolicy, plainRequest], { numRuns: 1000 })(
    'the engine and the oracle decide alike',
    (policy, request) => {
      const parsed = parsePolicy(documentOf(policy), 'trustPolicy');
      expect(isAccepted(parsed)).toBe(true);
      expect(verdict(policy, request)).toBe(plainVerdict(policy, request));
    },
  );

  test.prop([trustPolicy, plainRequest], { numRuns: 1000 })(
    'an explicit deny always wins',
    (policy, request) => {
      expect(verdict(policyOf(...statementsOf(policy), everyone), request)).toBe('explicitDeny');
    },
  );

  test.prop([trustPolicy, trustStatement, plainRequest], { numRuns: 1000 })(
    'one more Allow never removes access',
    (policy, statement, request) => {
      const more = policyOf(...statementsOf(policy), { ...statement, Effect: 'Allow' });
      if (verdict(policy, request) === 'allow') expect(verdict(more, request)).toBe('allow');
    },
  );

  test.prop([trustPolicy, trustStatement, plainRequest], { numRuns: 1000 })(
    'one more Deny never adds access',
    (policy, statement, request) => {
      const more = policyOf(...statementsOf(policy), { ...statement, Effect: 'Deny' });
      if (verdict(policy, request) !== 'allow') expect(verdict(more, request)).not.toBe('allow');
    },
  );

  test.prop([trustPolicy, plainRequest, fc.nat()], { numRuns: 1000 })(
    'the order of statements does not matter',
    (policy, request, turn) => {
      const statements = statementsOf(policy);
      const at = turn % statements.length;
      const turned = policyOf(...[...statements.slice(at), ...statements.slice(0, at)].toReversed());
      expect(verdict(turned, request)).toBe(verdict(policy, request));
    },
  );

  test.prop([trustPolicy, plainRequest], { numRuns: 1000 })(
    'every statement leaves its evidence',
    (policy, request) => {
      const { policy: parsed } = parsePolicy(documentOf(policy), 'trustPolicy');
      const evidence = evaluate([parsed], contextOf(request));
      expect(evidence.map((statement) => statement.at.field)).toEqual(
        statementsOf(policy).map((_, at) => `Statement[${at}]`),
      );
      for (const statement of evidence) {
        const fits = statement.principalMatches && statement.actionMatches && statement.resourceMatches;
        expect(statement.applies).toBe(fits && statement.conditions.every((condition) => condition.holds));
      }
    },
  );

  test.prop([trustPolicy, plainRequest], { numRuns: 1000 })(
    'a value that is not known leaves both outcomes or neither',
    (policy, request) => {
      const { policy: parsed } = parsePolicy(documentOf(policy), 'trustPolicy');
      const context = contextOf(request);
      const hidden = { ...context, keys: new Map<string, readonly string[]>() };
      const open = [...context.keys.keys()].map((key) => ({ key, presence: 'sometimes' as const }));
      const unknown = verdictOf(weigh(evaluate([parsed], { ...hidden, openKeys: open })));
      if (unknown !== 'open') expect(verdict(policy, request) === 'allow').toBe(unknown === 'allow');
    },
  );
});

describe('resources', () => {
  const role = `arn:aws:iam::${account}:role/app`;
  const request: PlainRequest = {
    principal: { kind: 'role', name: role, session: 's' },
    action: 'sts:AssumeRole',
    resource: `arn:aws:iam::${account}:role/team/app`,
    keys: { 'aws:principaltag/team': ['team'], 'test:list': ['a', 'b'] },
  };
  it.each<[string, JsonValue, string, Verdict]>([
    ['a star', '*', 'Resource', 'allow'],
    ['a star within the name', `arn:aws:iam::${account}:role/team/*`, 'Resource', 'allow'],
    ['a star for the account', 'arn:aws:iam::*:role/team/app', 'Resource', 'allow'],
    ['a star does not cross a colon', 'arn:aws:iam:*:role/team/app', 'Resource', 'implicitDeny'],
    ['another', [role], 'Resource', 'implicitDeny'],
    ['all but another', [role], 'NotResource', 'allow'],
    ['a variable', `arn:aws:iam::${account}:role/\${aws:PrincipalTag/team}/app`, 'Resource', 'allow'],
    [
      'a variable with nothing in it',
      'arn:aws:iam::1:role/${aws:PrincipalTag/x}',
      'Resource',
      'implicitDeny',
    ],
    ['a default', `arn:aws:iam::${account}:role/\${aws:PrincipalTag/x, 'team'}/app`, 'Resource', 'allow'],
    ['a variable of two values', `arn:aws:iam::${account}:role/\${test:list}`, 'Resource', 'implicitDeny'],
  ])('%s', (_name, resource, element, expected) => {
    const statement = { Effect: 'Allow', Action: 'sts:AssumeRole', [element]: resource };
    const parsed = parsePolicy(documentOf(policyOf(statement)), 'identityPolicy');
    expect(parsed.diagnostics).toEqual([]);
    expect(verdictOf(weigh(evaluate([parsed.policy], contextOf(request))))).toBe(expected);
  });
});
