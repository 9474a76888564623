import type { LabelRequirement, LabelSelector } from '../../model/labels.ts';
import { child, items, text, textList, textMap, type Field } from '../field.ts';
import { checkFields } from './checkFields.ts';
import { labelSelectorFields } from './fieldNames.ts';

/** Takes a reason why the API server refuses the object, and the place of it. */
export type Refuse = (field: Field, reason: string) => void;

/** Whether an operator of a label selector takes values. */
const operators: Readonly<Record<LabelRequirement['operator'], 'takesValues' | 'takesNone'>> = {
  In: 'takesValues',
  NotIn: 'takesValues',
  Exists: 'takesNone',
  DoesNotExist: 'takesNone',
};

/**
 * Reads a label selector and tells what the API server refuses in it.
 *
 * @source kubernetes/apimachinery:pkg/apis/meta/v1/validation/validation.go `ValidateLabelSelectorRequirement`
 */
export function readLabelSelector(field: Field, refuse: Refuse): LabelSelector {
  checkFields(field, labelSelectorFields);
  return {
    matchLabels: textMap(child(field, 'matchLabels')),
    matchExpressions: items(child(field, 'matchExpressions')).flatMap(
      (item) => readRequirement(item, refuse) ?? [],
    ),
  };
}

function readRequirement(field: Field, refuse: Refuse): LabelRequirement | undefined {
  const key = text(child(field, 'key')) ?? '';
  const operator = text(child(field, 'operator')) ?? '';
  const values = textList(child(field, 'values'));
  if (!isOperator(operator)) {
    refuse(child(field, 'operator'), `\`${operator}\` is no operator of a label selector`);
    return undefined;
  }
  if (operators[operator] === 'takesValues' && values.length === 0) {
    refuse(field, `\`${operator}\` needs \`values\``);
  }
  if (operators[operator] === 'takesNone' && values.length > 0) {
    refuse(child(field, 'values'), `\`${operator}\` takes no \`values\``);
  }
  return { key, operator, values };
}

function isOperator(word: string): word is LabelRequirement['operator'] {
  return Object.hasOwn(operators, word);
}
