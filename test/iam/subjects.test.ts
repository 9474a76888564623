import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { webIdentityRequest } from '../../src/iam/assumeRequest.ts';
import { evaluate, verdictOf, weigh, type Verdict } from '../../src/iam/evaluate.ts';
import { parsePolicy } from '../../src/iam/policyDocument.ts';
import { admits, admittedSubjects, compareTrustPolicies } from '../../src/iam/subjects.ts';
import type { JsonValue } from '../../src/model/aws.ts';
import {
  documentOf,
  issuer,
  policyOf,
  provider,
  subjectKey,
  subjectPolicy,
  subjectText,
  tokenStatement,
} from './arbitraries.ts';

const token = { providerArn: provider, issuer };

/** The verdict for one subject, by the evaluation of a request. */
function verdictFor(policy: JsonValue, subject: string): Verdict {
  const { actions, context } = webIdentityRequest({
    roleArn: '',
    ...token,
    subject,
    audience: 'sts.amazonaws.com',
  });
  const { policy: parsed } = parsePolicy(documentOf(policy), 'trustPolicy');
  return verdictOf(weigh(evaluate([parsed], { ...context, action: actions[0] })));
}

function trust(...conditions: readonly JsonValue[]): JsonValue {
  return policyOf(...conditions.map((condition) => tokenStatement(condition)));
}
const like = (...subjects: readonly string[]): JsonValue => ({ StringLike: { [subjectKey]: subjects } });
const pay = 'system:serviceaccount:pay';

describe('laws', () => {
  test.prop([subjectPolicy, subjectText], { numRuns: 3000 })(
    'a subject is in the set exactly when the evaluation of its request admits it',
    (policy, subject) => {
      const document = documentOf(policy);
      const verdict = verdictFor(policy, subject);
      expect(admits(admittedSubjects(document, token, 'surely'), subject)).toBe(verdict === 'allow');
      const possible = verdict === 'allow' || verdict === 'open';
      expect(admits(admittedSubjects(document, token), subject)).toBe(possible);
    },
  );

  test.prop([subjectPolicy, subjectPolicy])('a witness came or went', (before, after) => {
    const { gained, lost } = compareTrustPolicies(documentOf(before), documentOf(after), token);
    const mayEnter = (policy: JsonValue, subject: string): boolean =>
      ['allow', 'open'].includes(verdictFor(policy, subject));
    if (gained.witness.kind === 'text') {
      expect(
        [before, after].map((policy) =>
          mayEnter(policy, gained.witness.kind === 'text' ? gained.witness.text : ''),
        ),
      ).toEqual([false, true]);
    }
    if (lost.witness.kind === 'text') {
      expect(
        [before, after].map((policy) =>
          mayEnter(policy, lost.witness.kind === 'text' ? lost.witness.text : ''),
        ),
      ).toEqual([true, false]);
    }
  });

  test.prop([subjectPolicy, subjectPolicy, subjectText])(
    'without a witness nobody came',
    (before, after, subject) => {
      const { gained } = compareTrustPolicies(documentOf(before), documentOf(after), token);
      if (gained.witness.kind !== 'none' || ['allow', 'open'].includes(verdictFor(before, subject))) return;
      expect(['allow', 'open']).not.toContain(verdictFor(after, subject));
    },
  );

  test.prop([subjectPolicy, subjectText])(
    'a description by patterns says what the set is',
    (policy, subject) => {
      const set = admittedSubjects(documentOf(policy), token);
      const patterns = set.patterns;
      if (patterns === undefined) return;
      const said = patterns.length > 0 && verdictFor(trust(like(...patterns)), subject) === 'allow';
      expect(said).toBe(admits(set, subject));
    },
  );

  test.prop([fc.array(subjectPolicy, { minLength: 1, maxLength: 1 })])(
    'a policy does not differ from itself',
    ([policy = null]) => {
      const { gained, lost } = compareTrustPolicies(documentOf(policy), documentOf(policy), token);
      expect([gained.witness.kind, lost.witness.kind]).toEqual(['none', 'none']);
    },
  );
});

describe('the set of subjects', () => {
  it.each<[string, JsonValue, readonly string[] | undefined]>([
    ['one subject', trust({ StringEquals: { [subjectKey]: `${pay}:api` } }), [`${pay}:api`]],
    ['a namespace', trust(like(`${pay}:*`)), [`${pay}:*`]],
    ['two statements', trust(like(`${pay}:*`), like('x')), [`${pay}:*`, 'x']],
    ['no condition', trust({}), ['*']],
    [
      'two conditions at once',
      trust({ ...(like(`${pay}:*`) as object), StringEquals: { [subjectKey]: `${pay}:api` } }),
      [`${pay}:api`],
    ],
    ['a star that is a letter', trust({ StringEquals: { [subjectKey]: 'a*' } }), ['a${*}']],
    ['another audience', trust({ StringEquals: { [`${issuer}:aud`]: 'other' } }), []],
    ['all but one', trust({ StringNotEquals: { [subjectKey]: 'x' } }), undefined],
  ])('%s', (_name, policy, expected) => {
    expect(admittedSubjects(documentOf(policy), token).patterns).toEqual(expected);
  });

  it('takes a denied subject out of a list', () => {
    const [allowed, denied] = [like('a', 'b'), like('b')];
    const statements = [trust(allowed), trust(denied)].flatMap(
      (policy) => (policy as { Statement: readonly { readonly [key: string]: JsonValue }[] }).Statement,
    );
    const [first, second] = statements;
    const policy = policyOf({ ...first }, { ...second, Effect: 'Deny' });
    expect(admittedSubjects(documentOf(policy), token).patterns).toEqual(['a']);
  });

  it('names a service account that a wider policy lets in', () => {
    const { gained, lost } = compareTrustPolicies(
      documentOf(trust(like(`${pay}:*`))),
      documentOf(trust(like(`${pay}*`))),
      token,
    );
    expect(gained.witness).toEqual({ kind: 'text', text: `${pay}a:a` });
    expect(lost.witness).toEqual({ kind: 'none' });
  });

  it('says by patterns which service accounts came', () => {
    const { gained, lost } = compareTrustPolicies(
      documentOf(trust({ StringEquals: { [subjectKey]: `${pay}:*` } })),
      documentOf(trust(like(`${pay}:*`))),
      token,
    );
    expect(gained.accountPatterns).toEqual([`${pay}:*`]);
    expect(lost.accountPatterns).toEqual([]);
  });

  it('holds a list of five hundred subjects without losing its breath', () => {
    const names = Array.from({ length: 500 }, (_, at) => `${pay}:service-${at}`);
    const { lost } = compareTrustPolicies(
      documentOf(trust({ StringEquals: { [subjectKey]: names } })),
      documentOf(trust({ StringEquals: { [subjectKey]: names.slice(1) } })),
      token,
    );
    expect(lost.witness).toEqual({ kind: 'text', text: `${pay}:service-0` });
  });
});
