import { nearestWord } from '../../model/nearest.ts';
import { child, complain, members, type Field } from '../field.ts';
import { metadataFields, type FieldNames } from './fieldNames.ts';

/**
 * Complains about fields that the object does not have.
 *
 * The API server drops such a field, or refuses the object when it validates fields strictly, as kubectl
 * has asked it to since 1.25; either way the field does not do what its author hopes.
 *
 * @source kubernetes/enhancements:keps/sig-api-machinery/2885-server-side-unknown-field-validation
 */
export function checkFields(field: Field, known: FieldNames): void {
  if (field.value?.kind !== 'map') return;
  for (const [key, member] of members(field)) {
    if (known.names.includes(key)) continue;
    const nearest = nearestWord(key, known.names);
    if (nearest === undefined && known.unknown === 'reportNear') continue;
    complain(member, {
      code: 'unknown-field',
      severity: 'warning',
      message: `there is no field \`${key}\` here`,
      expected: nearest === undefined ? `one of ${known.names.join(', ')}` : undefined,
      nearest,
    });
  }
}

/** Complains about fields of `metadata` that stand beside it instead of in it. */
export function checkMisplacedMetadata(object: Field): void {
  for (const key of ['annotations', 'labels', 'name', 'namespace']) {
    const misplaced = child(object, key);
    if (misplaced.value === undefined) continue;
    complain(misplaced, {
      code: 'misplaced-field',
      severity: 'warning',
      message: `\`${key}\` stands outside \`metadata\`, where nothing reads it`,
      expected: `metadata.${key}`,
    });
  }
  checkFields(child(object, 'metadata'), metadataFields);
}
