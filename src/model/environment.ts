import type { ObjectRef } from './objectRef.ts';

/**
 * One environment variable as the process sees it.
 *
 * `value` is absent when the variable is set and not empty but its text is not known (a Secret).
 */
export interface EnvValue {
  readonly value?: string;
  readonly from: ObjectRef;
  /** Who put it there. */
  readonly by: 'manifest' | 'podIdentityWebhook' | 'eksPodIdentity';
}

/** A file inside the container that matters to credentials. */
export type FileContent =
  | {
      readonly kind: 'serviceAccountToken';
      readonly audience: string;
      /** `system:serviceaccount:<namespace>:<name>`. */
      readonly subject: string;
      readonly expirationSeconds: number;
      readonly from: ObjectRef;
    }
  | { readonly kind: 'text'; readonly text: string; readonly from: ObjectRef }
  | { readonly kind: 'empty'; readonly from: ObjectRef }
  | { readonly kind: 'unreadable'; readonly from: ObjectRef }
  /** The file is there and holds something that the input does not show (a Secret's value). */
  | { readonly kind: 'hidden'; readonly from: ObjectRef };

/**
 * What the process in one container sees: variables and files. A path that is not in `files` is missing.
 */
export interface Environment {
  readonly variables: ReadonlyMap<string, EnvValue>;
  readonly files: ReadonlyMap<string, FileContent>;
  /** Directories under which files come from a volume whose keys are not known. */
  readonly hiddenDirectories: readonly { readonly path: string; readonly from: ObjectRef }[];
}

/** Tells whether a variable is set to something that is not empty. */
export function isSet(environment: Environment, name: string): boolean {
  const variable = environment.variables.get(name);
  return variable !== undefined && variable.value !== '';
}
