import { admit, type Admission } from '../../admission/admit.ts';
import { lookUpFact, type Ask } from '../../model/fact.ts';
import { factDefinitions } from '../../model/factDefinitions.ts';
import type { Container, EnvVar, Volume, VolumeMount } from '../../model/pod.ts';
import type { Workload } from '../../model/workload.ts';
import type { World } from '../../model/world.ts';

/**
 * Creates a pod from a template as the API server does: what the webhook injects today stands in its spec
 * from then on, whatever becomes of service accounts and associations.
 *
 * A fact that is open takes its first value.
 *
 * @param name - of the pod
 * @example
 * const account = { roleArn: 'arn:aws:iam::111122223333:role/api' };
 * const built = world().serviceAccount('pay/api', account).pod('pay/api', { serviceAccount: 'api' }).build();
 * const [template] = built.workloads;
 * const pod = template && createPod(built, template, 'api-1');
 * pod?.template.containers[0]?.env.map((variable) => variable.name).includes('AWS_ROLE_ARN') // => true
 */
export function createPod(world: World, workload: Workload, name: string): Workload {
  const { namespace, template } = workload;
  const ref = { kind: 'Pod', namespace, name };
  const ask = askFirst(world);
  const running = { ...template, ref, status: { phase: 'Running' } as const };
  const asWritten: Workload = { ref, kind: 'Pod', namespace, name, annotations: {}, template: running };
  const made = template.containers.map((container) =>
    injectInto(container, admit(world, ask, workload, container), admit(world, ask, asWritten, container)),
  );
  const volumes = new Map(made.flatMap((each) => each.volumes).map((volume) => [volume.name, volume]));
  return {
    ...asWritten,
    template: {
      ...running,
      containers: made.map(({ container }) => container),
      volumes: [...template.volumes, ...volumes.values()],
    },
  };
}

function askFirst(world: World): Ask {
  return (question) =>
    lookUpFact(world, question).value ??
    question.options?.[0] ??
    factDefinitions.get(question.name)?.options[0] ??
    '';
}

/** Writes into a container what it has as admitted and lacks as written. */
function injectInto(
  container: Container,
  { environment: admitted }: Admission,
  { environment: written }: Admission,
): { readonly container: Container; readonly volumes: readonly Volume[] } {
  const { ref } = container;
  const env = [...admitted.variables].flatMap(([name, { value, by }]): readonly EnvVar[] =>
    by === 'manifest' || value === undefined ? [] : [{ name, source: { kind: 'value', value }, ref }],
  );
  const volumes: Volume[] = [];
  const mounts: VolumeMount[] = [];
  for (const [path, content] of admitted.files) {
    if (content.kind !== 'serviceAccountToken' || written.files.has(path)) continue;
    const slash = path.lastIndexOf('/');
    const name = `injected${path.slice(0, slash).replaceAll(/[^a-z]+/g, '-')}`;
    const { audience, expirationSeconds } = content;
    const token = { audience, expirationSeconds, path: path.slice(slash + 1) };
    volumes.push({ name, source: { kind: 'projected', tokens: [token] }, ref });
    mounts.push({ name, mountPath: path.slice(0, slash) });
  }
  return {
    container: {
      ...container,
      env: [...container.env, ...env],
      volumeMounts: [...container.volumeMounts, ...mounts],
    },
    volumes,
  };
}
