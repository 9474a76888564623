import { describe, expect, it } from 'vitest';
import type { AdmissionEvidence } from '../../src/admission/evidence.ts';
import type { AssumeDecision, StatementEvidence } from '../../src/iam/decision.ts';
import type { ObjectRef } from '../../src/model/objectRef.ts';
import { pathReasons } from '../../src/network/pathReason.ts';
import { admissionSentence } from '../../src/report/admissionSentences.ts';
import { replyWords, requestWords } from '../../src/report/chainSentences.ts';
import { decisionNode } from '../../src/report/iamSentences.ts';
import { pathSentence } from '../../src/report/pathSentences.ts';
import type { TraceNode } from '../../src/report/sentence.ts';
import { serviceNode } from '../../src/report/serviceSentences.ts';
import type { ServiceFinding } from '../../src/services/evidence.ts';

const at: ObjectRef = {
  kind: 'ServiceAccount',
  namespace: 'pay',
  name: 'api',
  position: { file: 'a.yaml', line: 3, column: 1 },
};

describe('admission', () => {
  it.each<{ evidence: AdmissionEvidence; text: string }>([
    {
      evidence: {
        kind: 'injected',
        pair: 'webIdentity',
        variables: ['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'],
        at,
        source: 's',
      },
      text: 'admission: the webhook injects AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE (IRSA)',
    },
    {
      evidence: { kind: 'notInjected', reason: 'userEnvPresent', text: 'AWS_ROLE_ARN', at, source: 's' },
      text: 'admission: the container sets AWS_ROLE_ARN itself, so the webhook adds neither variable of the pair',
    },
    {
      evidence: { kind: 'noted', note: 'malformedRoleArn', text: 'app', at, source: 's' },
      text: 'admission: `app` is no role ARN; the webhook warns in its log and injects it as it is',
    },
  ])('$text', ({ evidence, text }) => {
    expect(admissionSentence(evidence)).toMatchObject({ text, at, source: 's' });
  });
});

describe('exchange', () => {
  it.each([
    [
      requestWords({ kind: 'imds', call: { kind: 'token' }, withToken: false }),
      'PUT /latest/api/token at IMDS',
    ],
    [
      requestWords({ kind: 'imds', call: { kind: 'roleList' }, withToken: true }),
      'GET …/iam/security-credentials/ at IMDS (v2)',
    ],
    [replyWords({ kind: 'ok', body: { kind: 'roleList', roleNames: [] } }), 'an empty list'],
    [replyWords({ kind: 'refused' }), 'connection refused at once'],
    [
      replyWords({ kind: 'httpError', status: 403, code: 'AccessDenied', message: 'no' }),
      'status 403 AccessDenied (no)',
    ],
  ])('%s', (said, expected) => {
    expect(said).toBe(expected);
  });
});

describe('path', () => {
  it('has words for every reason', () => {
    const unsaid = Object.keys(pathReasons).filter(
      (reason) => pathSentence({ hook: 'routing', action: 'passes', reason }).text === `routing: ${reason}`,
    );
    expect(unsaid).toEqual([]);
  });

  it('shows the rule and who else decided', () => {
    const step = {
      hook: 'prerouting',
      action: 'rewrites',
      reason: 'redirected',
      rule: '-j DNAT',
      also: [at],
    } as const;
    expect(pathSentence(step).text).toBe(
      'nat PREROUTING: the rule of kube2iam sends the packet to its own port: `-j DNAT`; also ServiceAccount pay/api',
    );
  });
});

const refusing: StatementEvidence = {
  policy: 'trustPolicy',
  at: { kind: 'TrustPolicy', name: 'arn:aws:iam::111122223333:role/app', field: 'Statement[0]' },
  effect: 'Allow',
  principalMatches: true,
  actionMatches: true,
  resourceMatches: true,
  conditions: [
    {
      operator: 'StringEquals',
      key: 'oidc:sub',
      expected: ['system:serviceaccount:default:*'],
      actual: ['system:serviceaccount:pay:api'],
      holds: false,
    },
    { operator: 'StringEquals', key: 'oidc:aud', expected: ['sts.amazonaws.com'], holds: false },
  ],
  applies: false,
};

/** All texts of a node, each with its depth. */
function outline(node: TraceNode, depth = 0): readonly string[] {
  return [`${'  '.repeat(depth)}${node.text}`, ...node.inside.flatMap((one) => outline(one, depth + 1))];
}

describe('IAM', () => {
  it('shows each statement, and of each condition the key, the expected and the actual value', () => {
    const decision: AssumeDecision = {
      kind: 'denied',
      reason: 'implicitDeny',
      by: 'trustPolicy',
      because: [refusing],
    };
    expect(outline(decisionNode(decision))).toEqual([
      'refused by IAM: no statement of the trust policy allows it',
      '  trust policy, Allow: a condition does not hold',
      '    StringEquals oidc:sub does not hold: expected `system:serviceaccount:default:*`, got `system:serviceaccount:pay:api`',
      '    StringEquals oidc:aud does not hold: expected `sts.amazonaws.com`, got no such key',
    ]);
  });

  it.each([
    [{ ...refusing, principalMatches: false }, 'the principal does not match'],
    [{ ...refusing, actionMatches: false }, 'the action does not match'],
    [{ ...refusing, applies: true }, 'applies'],
    [{ ...refusing, undetermined: true }, 'rests on a value that the input does not show'],
  ] as const)('says why a statement came out as it did', (statement, words) => {
    const [first] = decisionNode({ kind: 'allowed', because: [statement] }).inside;
    expect(first?.text).toBe(`trust policy, Allow: ${words}`);
  });
});

describe('services', () => {
  it.each<{ finding: ServiceFinding; text: string }>([
    {
      finding: { kind: 'hopLimit', limit: 1, hops: 2, returns: false },
      text: 'IMDS: hop limit 1, the way back takes 2: the answer with the token is lost',
    },
    {
      finding: { kind: 'roleChosen', by: 'annotation', text: 'app', roleArn: 'arn:x' },
      text: "kube2iam: takes the pod's annotation `app`: arn:x",
    },
    {
      finding: { kind: 'namespaceRestriction', allowed: true, by: 'entry', entry: 'app*' },
      text: 'kube2iam: the namespace allows it by `app*`',
    },
    {
      finding: { kind: 'association', roleArn: 'arn:a', targetRoleArn: 'arn:b' },
      text: 'EKS Pod Identity: the association gives arn:a, then arn:b',
    },
    {
      finding: { kind: 'oidcProviderAbsent', accountId: '111122223333' },
      text: 'account 111122223333 lacks the OIDC provider of the cluster',
    },
  ])('$text', ({ finding, text }) => {
    expect(serviceNode({ ...finding, at, source: 's' })).toMatchObject({ text, at, source: 's' });
  });
});
