import type { JsonValue } from '../../model/aws.ts';
import { isObject } from '../../model/jsonObject.ts';
import { doubt, nearestHint, refusal, type Complaint, type Reading } from '../complaint.ts';
import { compilePattern } from '../pattern.ts';
import type { Policy } from '../policy.ts';
import type { Condition } from './condition.ts';
import { plainValue, type ConditionOperator } from './operator.ts';
import { conditionOperators, parseOperatorName, type OperatorName } from './operators.ts';

/**
 * Reads a `Condition` block: operators, each with keys, each with one value or a list.
 *
 * @source awsdocs/iam-user-guide:doc_source/reference_policies_grammar.md
 */
export function parseConditions(
  block: JsonValue | undefined,
  path: string,
  version: Policy['version'],
): Reading<readonly Condition[]> {
  if (block === undefined) return { value: [], complaints: [] };
  if (!isObject(block)) {
    return { complaints: [refusal('condition-malformed', path, '`Condition` is an object of operators')] };
  }
  const complaints: Complaint[] = [];
  const conditions = Object.entries(block).flatMap(([written, keys]) => {
    const field = `${path}.${written}`;
    const name = parseOperatorName(written);
    if (!name) {
      const known = conditionOperators.map((operator) => operator.name);
      const message = `IAM knows no operator \`${written}\``;
      complaints.push(refusal('condition-operator-unknown', field, message, nearestHint(written, known)));
      return [];
    }
    if (!isObject(keys)) {
      complaints.push(refusal('condition-malformed', field, `\`${written}\` is an object of condition keys`));
      return [];
    }
    complaints.push(...repeatedKeys(Object.keys(keys), field));
    return Object.entries(keys).map(([key, value]): Condition => {
      const texts = readValues(value, `${field}.${key}`, complaints);
      complaints.push(...keyComplaints(key, field), ...valueComplaints(name, texts, `${field}.${key}`));
      return { written, name, key, values: compileValues(name.operator, texts, version) };
    });
  });
  return { value: conditions, complaints };
}

function compileValues(
  operator: ConditionOperator,
  texts: readonly string[],
  version: Policy['version'],
): Condition['values'] {
  const syntax = operator.kind === 'comparison' ? operator.syntax : plainValue;
  const variables = version === '2012-10-17' ? syntax.variables : 'literal';
  return texts.map((text) => ({ text, pattern: compilePattern(text, { ...syntax, variables }) }));
}

/** Values may be written without quotation marks; to IAM they are text. */
function readValues(value: JsonValue, field: string, complaints: Complaint[]): readonly string[] {
  const values: readonly JsonValue[] = Array.isArray(value) ? value : [value];
  return values.flatMap((item) => {
    if (item !== null && typeof item !== 'object') return [String(item)];
    complaints.push(refusal('condition-value-invalid', field, `\`${JSON.stringify(item)}\` is no value`));
    return [];
  });
}

/**
 * @source `Condition can contain only one colon`, the message of IAM for a key that begins with `https://`:
 *   terraform-aws-modules/terraform-aws-eks#1084; `Actions/Conditions must be prefaced by a vendor`
 */
function keyComplaints(key: string, path: string): readonly Complaint[] {
  const field = `${path}.${key}`;
  const withoutScheme = key.replace(/^https?:\/\//i, '');
  if (withoutScheme !== key) {
    const message = 'a condition key holds the issuer without its scheme';
    return [refusal('condition-key-with-scheme', field, message, { nearest: withoutScheme })];
  }
  if (!key.includes(':')) {
    const expected = '`service:key`, as `aws:SourceAccount`';
    return [refusal('condition-key-invalid', field, `\`${key}\` names no service`, { expected })];
  }
  return [];
}

function repeatedKeys(keys: readonly string[], path: string): readonly Complaint[] {
  const lower = keys.map((key) => key.toLowerCase());
  return keys.flatMap((key, at) => {
    if (lower.indexOf(key.toLowerCase()) === at) return [];
    const message = `\`${key}\` stands here twice, in different case; both must hold`;
    return [doubt('condition-key-repeated', `${path}.${key}`, message)];
  });
}

function valueComplaints(name: OperatorName, texts: readonly string[], field: string): readonly Complaint[] {
  if (texts.length === 0) return [doubt('condition-without-values', field, 'the condition lists no value')];
  return texts
    .filter((text) => !name.operator.reads(text))
    .map((text) =>
      doubt('condition-value-unreadable', field, `\`${name.operator.name}\` can make nothing of \`${text}\``),
    );
}
