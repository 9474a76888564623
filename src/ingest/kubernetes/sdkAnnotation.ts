import { sdkFamilies } from '../../model/sdk.ts';
import type { Workload } from '../../model/workload.ts';
import type { SdkStatement } from '../../model/world.ts';
import { child, complain, refOf, type Field } from '../field.ts';
import { parseSdk } from '../sdkText.ts';

/** The pod annotation that says which SDK the containers use. */
export const sdkAnnotation = 'whichrole.dev/sdk';

/**
 * Reads the annotation `whichrole.dev/sdk`: one SDK for the whole pod, or one for each container, as
 * `app=java-v2,sidecar=go-v2@1.30.0`.
 */
export function readSdkAnnotation(annotations: Field, workload: Workload): readonly SdkStatement[] {
  const written = workload.template.annotations[sdkAnnotation];
  if (written === undefined) return [];
  const field = child(annotations, sdkAnnotation);
  return written.split(',').flatMap((part) => {
    const [left = '', right] = part.split('=').map((word) => word.trim());
    const parsed = parseSdk(right ?? left);
    if (parsed.kind === 'unknown') {
      complain(field, {
        code: 'bad-sdk',
        severity: 'error',
        message: `\`${parsed.family}\` is no SDK`,
        expected: `one of ${sdkFamilies.join(', ')}`,
        nearest: parsed.nearest,
      });
      return [];
    }
    const { namespace, name } = workload;
    const of = { namespace, workload: name, ...(right === undefined ? {} : { container: left }) };
    return { ...of, sdk: parsed.sdk, ref: refOf(field) };
  });
}
