import type { Suppression } from '../../model/suppression.ts';
import { child, complain, refOf, text, type Field } from '../field.ts';

/** The annotation by which the owner of an object accepts findings about it. */
export const ignoreAnnotation = 'whichrole.dev/ignore';

/**
 * Reads the annotation `whichrole.dev/ignore`: `rule-id: reason; other-rule: reason`.
 *
 * An entry without a reason suppresses nothing: nobody could tell later whether it may go.
 *
 * @param annotations - the annotations of the object, or of its pod template
 */
export function readIgnoreAnnotation(annotations: Field): readonly Suppression[] {
  const value = annotations.value?.kind === 'map' && annotations.value.entries.has(ignoreAnnotation);
  if (!value) return [];
  const field = child(annotations, ignoreAnnotation);
  const parts = (text(field) ?? '').split(';').map((part) => part.trim());
  const { ref: object } = field;
  return parts.flatMap((part, at): readonly Suppression[] => {
    // A semicolon may stand at the end, as in a list of statements.
    if (part === '' && (at > 0 || parts.length > 1)) return [];
    const colon = part.indexOf(':');
    const rule = (colon === -1 ? part : part.slice(0, colon)).trim();
    const reason = colon === -1 ? '' : part.slice(colon + 1).trim();
    if (rule !== '' && reason !== '') {
      return [{ rule, reason, covers: { kind: 'object', object }, ref: refOf(field) }];
    }
    complain(field, {
      code: 'bad-suppression',
      severity: 'error',
      message: rule === '' ? 'no rule is named' : `\`${rule}\` is suppressed without a reason`,
      expected: '`rule-id: why it is accepted`',
    });
    return [];
  });
}
