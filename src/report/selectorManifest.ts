import type { LabelSelector } from '../model/labels.ts';
import { someLabels, someOf, written, type Manifest } from './manifestDraft.ts';

/** Writes a label selector; one that selects everything is empty. */
export function selectorManifest({ matchLabels, matchExpressions }: LabelSelector): Manifest {
  const expressions = matchExpressions.map(({ key, operator, values }) =>
    written({ key, operator, values: someOf(values) }),
  );
  return written({ matchLabels: someLabels(matchLabels), matchExpressions: someOf(expressions) });
}
