import { ignoreAnnotation } from '../ingest/kubernetes/ignoreAnnotation.ts';
import type { Suppression } from '../model/suppression.ts';
import { workloadKinds } from '../model/workload.ts';
import type { Manifest } from './manifestDraft.ts';

/** Kinds whose objects keep all their annotations, and with them what their owners accept. */
const keptAnnotations: ReadonlySet<string> = new Set(['Namespace', 'ServiceAccount', ...workloadKinds]);

/** Annotates an object with the findings that its owner accepts, where nothing else has kept them. */
export function withSuppressions(manifest: Manifest, suppressions: readonly Suppression[]): Manifest {
  const { kind, metadata } = manifest as { readonly kind?: string; readonly metadata?: Manifest };
  if (kind === undefined || metadata === undefined || keptAnnotations.has(kind)) return manifest;
  const accepted = suppressions.flatMap(({ rule, reason, covers }) => {
    if (covers.kind !== 'object') return [];
    const { kind: of, namespace, name } = covers.object;
    const isHere = of === kind && namespace === metadata['namespace'] && name === metadata['name'];
    return isHere ? [`${rule}: ${reason}`] : [];
  });
  if (accepted.length === 0) return manifest;
  const annotations = { [ignoreAnnotation]: accepted.join('; ') };
  return { ...manifest, metadata: { ...metadata, annotations } };
}
