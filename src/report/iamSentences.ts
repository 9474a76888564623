import type { AssumeDecision, ConditionEvidence, PolicyRole, StatementEvidence } from '../iam/decision.ts';
import { factKey } from '../model/fact.ts';
import { node, say, type TraceNode } from './sentence.ts';

const policies: Readonly<Record<PolicyRole, string>> = {
  trustPolicy: 'trust policy',
  identityPolicy: 'identity policy',
  permissionsBoundary: 'permissions boundary',
  sessionPolicy: 'session policy',
  serviceControlPolicy: 'service control policy',
  resourceControlPolicy: 'resource control policy',
};

/** Says whether a principal may assume a role, with every statement that was weighed. */
export function decisionNode(decision: AssumeDecision): TraceNode {
  switch (decision.kind) {
    case 'allowed':
      return node(say('good', 'allowed by IAM'), decision.because.map(statementNode));
    case 'denied':
      return node(say('bad', denial(decision)), decision.because.map(statementNode));
    case 'byFact': {
      const verb = decision.allowed ? 'allowed' : 'refused';
      const key = factKey(decision.question);
      const words = `${verb} by IAM, as stated, assumed or explored: ${key}`;
      return node(
        say(decision.allowed ? 'good' : 'bad', words, { at: decision.question.about }),
        (decision.because ?? []).map(statementNode),
      );
    }
  }
}

function denial({ reason, by }: Extract<AssumeDecision, { kind: 'denied' }>): string {
  switch (reason) {
    case 'explicitDeny':
      return `refused by IAM: a Deny in the ${policies[by]}`;
    case 'implicitDeny':
      return `refused by IAM: no statement of the ${policies[by]} allows it`;
    case 'noSuchRole':
      return 'refused by IAM: the role does not exist';
  }
}

function statementNode(statement: StatementEvidence): TraceNode {
  const { effect, sid, action, at } = statement;
  const name = sid === undefined ? effect : `${effect} \`${sid}\``;
  const what = action === undefined ? '' : ` for ${action}`;
  const good = statement.applies && effect === 'Allow';
  const tone = good ? 'good' : statement.applies ? 'bad' : 'aside';
  return node(
    say(tone, `${policies[statement.policy]}, ${name}${what}: ${outcome(statement)}`, { at }),
    statement.conditions.map(conditionNode),
  );
}

function outcome(statement: StatementEvidence): string {
  if (statement.applies) return 'applies';
  if (statement.undetermined) return 'rests on a value that the input does not show';
  if (!statement.principalMatches) return 'the principal does not match';
  if (!statement.actionMatches) return 'the action does not match';
  if (!statement.resourceMatches) return 'the resource does not match';
  return 'a condition does not hold';
}

function conditionNode({
  operator,
  key,
  expected,
  actual,
  holds,
  undetermined,
}: ConditionEvidence): TraceNode {
  const wanted = expected.map((value) => `\`${value}\``).join(' or ');
  const found = actual ? actual.map((value) => `\`${value}\``).join(', ') : undefined;
  const seen = found ?? (undetermined ? 'a value that the input does not show' : 'no such key');
  const verb = holds ? 'holds' : undetermined ? 'is open' : 'does not hold';
  return node(say(holds ? 'good' : 'bad', `${operator} ${key} ${verb}: expected ${wanted}, got ${seen}`));
}
