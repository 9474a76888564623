/**
 * Left-overs of templates in a value: Helm and mustache, shell and Terraform, AWS documentation style.
 *
 * The shapes were all seen in public manifests (conflict atlas, section 10).
 */
const placeholderShapes: readonly RegExp[] = [
  /\{\{.*?\}\}/s, // {{ .Values.role }}, {{{IAM_ROLE_ARN}}}
  /\$\{[^}]*\}/, // ${role_arn}
  /\$\([A-Za-z_][A-Za-z0-9_]*\)/, // $(ROLE_ARN): kustomize and Kubernetes argument variables
  /<[A-Za-z][A-Za-z0-9 _.-]*>/, // <ROLE_ARN>
  /(?<!\{)\{[A-Za-z][A-Za-z0-9_]*\}/, // {AccountId}
];

/**
 * Finds a template placeholder that nobody filled in, or nothing.
 *
 * A value that holds one is undetermined: it is never taken for a role.
 *
 * @example
 * placeholderIn('arn:aws:iam::{AccountId}:role/app') // => '{AccountId}'
 * placeholderIn('arn:aws:iam::111122223333:role/app') // => undefined
 */
export function placeholderIn(text: string): string | undefined {
  for (const shape of placeholderShapes) {
    const found = shape.exec(text);
    if (found) return found[0];
  }
  return undefined;
}
