import type { JsonValue, PolicyDocument } from '../model/aws.ts';
import { isObject, type JsonObject } from '../model/jsonObject.ts';
import { refTo, refusal, unknownElements, type Reading } from './complaint.ts';
import { parseConditions } from './conditions/parse.ts';
import type { PolicyRole } from './decision.ts';
import { policyGrammars, statementElements, type PolicyGrammar } from './grammar.ts';
import { compilePattern } from './pattern.ts';
import type { MatchList, Policy, Statement } from './policy.ts';
import type { PrincipalElement } from './principal.ts';
import { parsePrincipalElement } from './principalElement.ts';

/** Where a statement stands and in which language it is written. */
export interface StatementPlace {
  readonly path: string;
  readonly role: PolicyRole;
  readonly version: Policy['version'];
}

/**
 * Reads one statement. A statement that IAM refuses is not given back.
 *
 * @source awsdocs/iam-user-guide:doc_source/reference_policies_grammar.md
 */
export function parseStatement(
  document: PolicyDocument,
  value: JsonValue,
  place: StatementPlace,
): Reading<Statement> {
  const { path, role, version } = place;
  const grammar = policyGrammars[role];
  if (!isObject(value)) {
    return { complaints: [refusal('statement-not-an-object', path, 'a statement is a JSON object')] };
  }
  const sid = readSid(value['Sid'], path, grammar);
  const effect = readEffect(value['Effect'], path);
  const principal = readPrincipal(value, path, grammar);
  const actions = readList(value, 'Action', path, (text) => readAction(text, role));
  const resources = readResources(value, place, grammar);
  const conditions = parseConditions(value['Condition'], `${path}.Condition`, version);
  const complaints = [
    unknownElements(value, statementElements, path),
    ...[sid, effect, principal, actions, resources, conditions].map((part) => part.complaints),
  ].flat();
  const refused = complaints.some((complaint) => complaint.severity === 'error');
  if (refused || !effect.value || !actions.value) return { complaints };
  const statement: Statement = {
    at: refTo(document, path),
    ...(sid.value === undefined ? {} : { sid: sid.value }),
    effect: effect.value,
    ...(principal.value ? { principal: principal.value } : {}),
    actions: actions.value,
    ...(resources.value ? { resources: resources.value } : {}),
    conditions: conditions.value ?? [],
  };
  return { value: statement, complaints };
}

/** @source `Statement IDs (SID) must be alpha-numeric`, the message of IAM for policies of principals */
function readSid(value: JsonValue | undefined, path: string, grammar: PolicyGrammar): Reading<string> {
  if (value === undefined) return { complaints: [] };
  const field = `${path}.Sid`;
  if (typeof value !== 'string') return { complaints: [refusal('sid-invalid', field, '`Sid` is a text')] };
  if (grammar.sid === 'alphanumericAndUnique' && !/^[A-Za-z0-9]*$/.test(value)) {
    const message = `\`${value}\` holds other characters than letters and digits`;
    return { complaints: [refusal('sid-invalid', field, message)] };
  }
  return { value, complaints: [] };
}

function readEffect(value: JsonValue | undefined, path: string): Reading<'Allow' | 'Deny'> {
  if (value === 'Allow' || value === 'Deny') return { value, complaints: [] };
  const message =
    value === undefined ? 'the statement has no `Effect`' : `\`${JSON.stringify(value)}\` is no effect`;
  const field = value === undefined ? path : `${path}.Effect`;
  return {
    complaints: [refusal('effect-invalid', field, message, { expected: '`Allow` or `Deny`, in this case' })],
  };
}

function readPrincipal(value: JsonObject, path: string, grammar: PolicyGrammar): Reading<PrincipalElement> {
  const present = ['Principal', 'NotPrincipal'].filter((element) => element in value);
  const [element] = present;
  if (grammar.principal === 'prohibited') {
    const complaints = present.map((name) =>
      refusal('principal-prohibited', `${path}.${name}`, `a policy of a principal has no \`${name}\``),
    );
    return { complaints };
  }
  if (element === undefined) {
    return { complaints: [refusal('principal-missing', path, 'the statement has no `Principal`')] };
  }
  return parsePrincipalElement(value, path, grammar);
}

function readResources(value: JsonObject, place: StatementPlace, grammar: PolicyGrammar): Reading<MatchList> {
  const { path, version } = place;
  if (grammar.resource === 'required') {
    return readList(value, 'Resource', path, (text) => readResource(text, version));
  }
  const complaints = ['Resource', 'NotResource']
    .filter((element) => element in value)
    .map((element) =>
      refusal('resource-prohibited', `${path}.${element}`, `a trust policy has no \`${element}\``),
    );
  return { complaints };
}

type ReadPattern = (text: string) => {
  readonly pattern?: MatchList['patterns'][number];
  readonly refused?: string;
};

/** Reads `Action` or `NotAction`, `Resource` or `NotResource`: exactly one of the two, a text or a list. */
function readList(
  value: JsonObject,
  element: 'Action' | 'Resource',
  path: string,
  read: ReadPattern,
): Reading<MatchList> {
  const code = element.toLowerCase();
  const names = [element, `Not${element}`].filter((name) => name in value);
  const [name] = names;
  if (name === undefined) {
    return { complaints: [refusal(`${code}-missing`, path, `the statement has no \`${element}\``)] };
  }
  if (names.length > 1) {
    const message = `\`${element}\` and \`Not${element}\` exclude each other`;
    return { complaints: [refusal(`${code}-twice`, path, message)] };
  }
  const written = value[name];
  const texts: readonly (JsonValue | undefined)[] = Array.isArray(written) ? written : [written];
  if (texts.length === 0) {
    return { complaints: [refusal(`${code}-missing`, `${path}.${name}`, `\`${name}\` lists nothing`)] };
  }
  const items = texts.map((text, at) => ({
    field: Array.isArray(written) ? `${path}.${name}[${at}]` : `${path}.${name}`,
    ...(typeof text === 'string' ? read(text) : { refused: `\`${JSON.stringify(text)}\` is no text` }),
  }));
  const complaints = items.flatMap((item) =>
    item.refused === undefined ? [] : [refusal(`${code}-invalid`, item.field, item.refused)],
  );
  const patterns = items.flatMap((item) => (item.pattern ? [item.pattern] : []));
  return { value: { kind: name === element ? 'oneOf' : 'noneOf', patterns }, complaints };
}

/**
 * @source Messages of IAM: `Actions/Conditions must be prefaced by a vendor`, `Actions/Condition can contain
 *   only one colon` (aws-cloudformation/cfn-lint#935), `AssumeRole policy may only specify STS AssumeRole
 *   actions`; case: awsdocs/iam-user-guide:doc_source/reference_policies_elements_action.md
 */
function readAction(text: string, role: PolicyRole): ReturnType<ReadPattern> {
  const [vendor = '', name, ...rest] = text.split(':');
  if (text !== '*' && (name === undefined || rest.length > 0)) {
    return { refused: `\`${text}\` is not of the form \`service:Action\`` };
  }
  if (role === 'trustPolicy' && !/[*?]/.test(vendor) && vendor.toLowerCase() !== 'sts') {
    return { refused: `a trust policy speaks of actions of \`sts\` only, not of \`${text}\`` };
  }
  const pattern = compilePattern(text.toLowerCase(), { wildcards: 'text', variables: 'literal' });
  return { pattern: { text, pattern } };
}

/**
 * @source `Resource … must be in ARN format or "*"`, the message of IAM; wildcards within segments:
 *   awsdocs/iam-user-guide:doc_source/reference_policies_elements_resource.md
 */
function readResource(text: string, version: Policy['version']): ReturnType<ReadPattern> {
  if (!/^(arn:|[*?$])/.test(text)) return { refused: `\`${text}\` is neither an ARN nor \`*\`` };
  const pattern = compilePattern(text, {
    wildcards: text.startsWith('arn:') ? 'arn' : 'text',
    variables: version === '2012-10-17' ? 'replaced' : 'literal',
  });
  return { pattern: { text, pattern } };
}
