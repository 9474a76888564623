import type { Labels } from './labels.ts';

/**
 * A selector in Calico's own language, parsed.
 *
 * @source projectcalico/calico:libcalico-go/lib/selector/parser/parser.go, ast.go
 */
export type CalicoSelector =
  | { readonly kind: 'all' }
  /** Selects what has no namespace: host endpoints and global network sets. */
  | { readonly kind: 'global' }
  | { readonly kind: 'has'; readonly key: string }
  | {
      readonly kind: 'compare';
      readonly key: string;
      readonly operator: '==' | '!=' | 'contains' | 'starts with' | 'ends with';
      readonly value: string;
    }
  | {
      readonly kind: 'in' | 'not in';
      readonly key: string;
      readonly values: readonly string[];
    }
  | { readonly kind: 'not'; readonly operand: CalicoSelector }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly CalicoSelector[] };

/**
 * Decides whether labels satisfy a selector; `!=` and `not in` also hold where the label is absent.
 *
 * @source projectcalico/calico:libcalico-go/lib/selector/parser/ast.go
 * @example
 * matchesCalicoSelector({ kind: 'compare', key: 'app', operator: '!=', value: 'web' }, {}) // => true
 */
export function matchesCalicoSelector(selector: CalicoSelector, labels: Labels): boolean {
  switch (selector.kind) {
    case 'all':
      return true;
    case 'global':
      return false;
    case 'has':
      return selector.key in labels;
    case 'compare':
      return compares(selector.operator, labels[selector.key], selector.value);
    case 'in':
      return selector.values.some((value) => value === labels[selector.key]);
    case 'not in':
      return !selector.values.some((value) => value === labels[selector.key]);
    case 'not':
      return !matchesCalicoSelector(selector.operand, labels);
    case 'and':
      return selector.operands.every((operand) => matchesCalicoSelector(operand, labels));
    case 'or':
      return selector.operands.some((operand) => matchesCalicoSelector(operand, labels));
  }
}

type Comparison = Extract<CalicoSelector, { kind: 'compare' }>['operator'];

function compares(operator: Comparison, actual: string | undefined, wanted: string): boolean {
  if (operator === '!=') return actual !== wanted;
  if (actual === undefined) return false;
  switch (operator) {
    case '==':
      return actual === wanted;
    case 'contains':
      return actual.includes(wanted);
    case 'starts with':
      return actual.startsWith(wanted);
    case 'ends with':
      return actual.endsWith(wanted);
  }
}
