import type { DataObject } from '../../model/kubernetes.ts';
import { placeholderIn } from '../../model/placeholder.ts';
import { child, complain, members, notePlaceholder, text, textMap, type Field } from '../field.ts';

/** Reads a Secret: `data` is base64, `stringData` is not and wins. */
export function readSecret(object: Field, name: string, namespace: string): DataObject {
  const encoded = members(child(object, 'data')).map(([key, field]) => [key, decode(field)] as const);
  const data = { ...Object.fromEntries(encoded), ...textMap(child(object, 'stringData')) };
  return { ref: object.ref, kind: 'Secret', namespace, name, data };
}

/** Reads a ConfigMap; of binary data only the key is kept. */
export function readConfigMap(object: Field, name: string, namespace: string): DataObject {
  const binary = members(child(object, 'binaryData')).map(([key]) => [key, undefined] as const);
  const data = { ...Object.fromEntries(binary), ...textMap(child(object, 'data')) };
  return { ref: object.ref, kind: 'ConfigMap', namespace, name, data };
}

/** Decodes base64; what is none (a redacted export, a placeholder) leaves the value unknown. */
function decode(field: Field): string | undefined {
  const written = text(field);
  if (written === undefined) return field.value === undefined ? '' : undefined;
  try {
    const bytes = Uint8Array.from(atob(written.replaceAll(/\s/g, '')), (letter) => letter.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  } catch {
    if (placeholderIn(written) !== undefined) {
      notePlaceholder(field, written);
      return undefined;
    }
    complain(field, {
      code: 'invalid-value',
      severity: 'error',
      message: 'the value is not base64; it is taken as not known',
      expected: 'base64 here, or the text itself under `stringData`',
    });
    return undefined;
  }
}
