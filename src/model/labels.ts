/** Labels or annotations: keys to string values. */
export type Labels = Readonly<Record<string, string>>;

/** One requirement of a label selector. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values: readonly string[];
}

/** A label selector; every part must hold. Empty selects everything. */
export interface LabelSelector {
  readonly matchLabels: Labels;
  readonly matchExpressions: readonly LabelRequirement[];
}

/** Selects everything. */
export const everything: LabelSelector = { matchLabels: {}, matchExpressions: [] };

/**
 * Decides whether labels satisfy a selector.
 *
 * `NotIn` and `DoesNotExist` also match an object that lacks the key.
 *
 * @source Kubernetes label selector API, `LabelSelectorAsSelector` in apimachinery
 * @example
 * matchesSelector({ matchLabels: { app: 'web' }, matchExpressions: [] }, { app: 'web', tier: 'x' }) // => true
 */
export function matchesSelector(selector: LabelSelector, labels: Labels): boolean {
  const equal = Object.entries(selector.matchLabels).every(([key, value]) => labels[key] === value);
  return equal && selector.matchExpressions.every((requirement) => matchesRequirement(requirement, labels));
}

function matchesRequirement(requirement: LabelRequirement, labels: Labels): boolean {
  const value = labels[requirement.key];
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && requirement.values.includes(value);
    case 'NotIn':
      return value === undefined || !requirement.values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}
