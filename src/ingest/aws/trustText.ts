import type { PolicyDocument } from '../../model/aws.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { child, complain, descend, rootField, type Field } from '../field.ts';
import { readDocuments, type InputText } from '../yaml/documents.ts';
import { readPolicyDocument } from './policyDocument.ts';
import { wrappedDocumentKey } from './trustPolicy.ts';

/** A trust policy that was read for itself, whatever role it belongs to. */
export interface TrustText {
  readonly document?: PolicyDocument;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads the trust policy in a text: alone, in a wrapper, or in the output of `aws iam get-role`.
 *
 * @example
 * readTrustText({ file: 'a.json', text: '{"Statement": []}' }).document?.value // => { Statement: [] }
 */
export function readTrustText(input: InputText): TrustText {
  const { documents, diagnostics } = readDocuments(input);
  const told: Diagnostic[] = [...diagnostics];
  const [root] = documents;
  if (!root) return { diagnostics: told };
  const owner = { kind: 'TrustPolicy', name: input.file.split(/[/\\]/).at(-1) ?? '' } as const;
  const ref = { ...owner, position: root.position };
  const field = rootField(root, ref, (diagnostic) => void told.push(diagnostic));
  const place = policyPlace(field);
  if (!place) {
    const message = 'the text holds no trust policy';
    complain(field, {
      code: 'bad-document',
      severity: 'error',
      message,
      expected: 'an object with `Statement`',
    });
    return { diagnostics: told };
  }
  const document = readPolicyDocument(place, owner);
  return { ...(document ? { document } : {}), diagnostics: told };
}

function policyPlace(field: Field): Field | undefined {
  const keys = new Set(field.value?.kind === 'map' ? field.value.entries.keys() : []);
  const wrapped = wrappedDocumentKey(keys);
  const places = [
    descend(field, 'Role', 'AssumeRolePolicyDocument'),
    ...(wrapped === undefined ? [] : [child(field, wrapped)]),
    ...(keys.has('Statement') ? [field] : []),
  ];
  return places.find(({ value }) => value !== undefined);
}
