/**
 * Every code of a diagnostic that reading input can give, with its meaning. Codes are stable.
 */
export const diagnosticCodes = {
  // Texts and documents
  'yaml-syntax': 'the document is no YAML or JSON; it was not read, the others were',
  'unrendered-template': 'the document holds template lines; it has to be rendered first',
  'conflict-marker': 'the document holds the markers of an unresolved git merge',
  'duplicate-key': 'a key stands twice in one mapping; the last one counts',
  'bad-key': 'a key is a list or a mapping; the entry was not read',
  'bad-alias': 'an alias names no anchor before it, or expands without end',
  'too-deep': 'the document is nested deeper than any real one',
  'not-strict-json': 'the text was read as YAML, but a JSON parser would refuse it',
  'cannot-read': 'a file or folder could not be read',
  'chart-skipped': 'the templates of a chart were not read because they are not rendered',
  // Objects
  'missing-field': 'a field is missing without which the real system refuses the object',
  'wrong-type': 'a value has another type than the real system takes',
  'invalid-value': 'a value is one that the real system refuses',
  'unknown-field': 'the object has no such field; the real system drops it or refuses the object',
  'misplaced-field': 'the field exists, but elsewhere in the object',
  'unknown-kind': 'the kind or its API group looks like a misspelling of a known one',
  'rejected-policy': 'the API server refuses this NetworkPolicy; it is treated as not there',
  'not-read': 'a part of a policy is not read; answers treat it as unknown, or it is about no pod',
  placeholder: 'a template placeholder was left in a value; the value is not determined',
  'duplicate-object': 'two objects have one name; the last one counts',
  'missing-service-account': 'a pod names a service account that the input does not hold',
  // kube2iam
  'unknown-flag': 'kube2iam has no such flag and exits at start',
  'bad-flag': 'kube2iam refuses the value of a flag, or a combination of flags, and exits at start',
  'odd-flag': 'kube2iam takes the value, but it cannot mean what its author hopes',
  'unresolved-reference': 'an argument refers to a variable whose value the input does not show',
  // AWS
  'unnamed-policy': 'a trust policy does not say which role it belongs to',
  'unknown-account': 'an object of AWS does not say which account it belongs to',
  'bad-document': 'a policy document is no JSON object',
  'partial-export': 'an export leaves out what it refers to, or more pages follow',
  'other-cluster': 'an object belongs to another cluster than the one that was described',
  // iptables
  'iptables-line': 'a line is none that iptables-restore takes; it was not read',
  'iptables-no-table': 'a line stands outside of any table',
  'iptables-table': 'a table was passed over because it decides nothing about the way of a packet',
  'iptables-chain': 'a rule belongs to, or leads to, a chain that its table does not declare',
  'iptables-nat-filter': 'a rule of table nat drops or rejects, which iptables refuses',
  'iptables-twice': 'a table of one node stands in two texts; the last one is used',
  'ipset-unknown': 'an entry belongs to a set that was not created',
  // Settings
  'bad-setting': 'an entry of whichrole.yaml is not understood',
  'bad-sdk': 'a text names no SDK that whichrole knows',
  'bad-suppression': 'a suppression gives no reason, or names no rule',
} as const;

/** The code of a diagnostic that reading input can give. */
export type DiagnosticCode = keyof typeof diagnosticCodes;
