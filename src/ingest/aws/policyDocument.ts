import type { JsonValue, PolicyDocument } from '../../model/aws.ts';
import type { ObjectRef } from '../../model/objectRef.ts';
import { complain, type Field } from '../field.ts';
import { positionsWithin, toJson, type Located } from '../yaml/located.ts';
import { placeholderIn } from '../../model/placeholder.ts';

/**
 * Reads a policy document: an object, or a text that holds one, URL-encoded as the IAM API itself gives it.
 *
 * @source IAM API, `Role.AssumeRolePolicyDocument`: "URL-encoded JSON, compliant with RFC 3986"
 */
export function readPolicyDocument(
  field: Field,
  owner: { readonly kind: 'TrustPolicy' | 'Policy' | 'OrganizationPolicy'; readonly name: string },
): PolicyDocument | undefined {
  if (field.value === undefined) return undefined;
  const ref: ObjectRef = { ...owner, position: field.position };
  if (field.value.kind === 'map') {
    notePlaceholders(field, field.value);
    return { ref, value: toJson(field.value), positions: positionsWithin(field.value) };
  }
  const value = field.value.kind === 'scalar' ? parseText(field.value.text) : undefined;
  if (value === undefined) {
    complain(field, {
      code: 'bad-document',
      severity: 'error',
      message: 'the policy document is no JSON object',
      expected: 'an object with `Statement`, or the same as text',
    });
    return undefined;
  }
  return { ref, value };
}

function parseText(text: string): JsonValue | undefined {
  for (const candidate of [text, decodeUrl(text)]) {
    try {
      const value: unknown = JSON.parse(candidate);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonValue;
    } catch {
      // Not JSON as it stands; the next candidate is the decoded text.
    }
  }
  return undefined;
}

function decodeUrl(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Notes what a template left behind; IAM's own variables, as `${aws:username}`, are none. */
function notePlaceholders(field: Field, document: Located): void {
  const visit = (located: Located): void => {
    if (located.kind === 'list') located.items.forEach(visit);
    if (located.kind === 'map') for (const entry of located.entries.values()) visit(entry.value);
    if (located.kind !== 'scalar') return;
    const placeholder = placeholderIn(located.text.replaceAll(/\$\{(\w+:[^}]*|\*|\?|\$)\}/g, ''));
    if (placeholder === undefined) return;
    complain(
      { ...field, position: located.position },
      {
        code: 'placeholder',
        severity: 'note',
        message: `the placeholder \`${placeholder}\` was not filled in`,
      },
    );
  };
  visit(document);
}
