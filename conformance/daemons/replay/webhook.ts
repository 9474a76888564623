import { createPod } from '../../../src/admission/admit.ts';
import { askedMechanism, shownMechanism } from '../../../src/admission/configuredMechanism.ts';
import { parseInput } from '../../../src/ingest/parse.ts';
import { askStated } from '../../../src/model/fact.ts';
import { objectsOf } from '../lab/objects.mjs';
import type { WebhookGroup, WebhookRecording } from '../lab/scenarios.mjs';
import type { Held } from './state.ts';

type Scenario = WebhookGroup['scenarios'][number];

/** A pod or a container as the API has it, as far as the webhook touches it. */
interface ApiPod {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly initContainers?: readonly ApiContainer[];
    readonly containers: readonly ApiContainer[];
    readonly volumes?: readonly ApiVolume[];
  };
}

interface ApiContainer {
  readonly name: string;
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

interface ApiVolume {
  readonly name: string;
  readonly projected?: {
    readonly sources: readonly {
      readonly serviceAccountToken?: {
        readonly audience?: string;
        readonly expirationSeconds: number | string;
        readonly path: string;
      };
    }[];
  };
}

/** Shows the model a pod that the webhook was shown, and compares what becomes of it. */
export function replayWebhook(
  group: WebhookGroup,
  scenario: Scenario,
  recording: WebhookRecording,
): readonly Held[] {
  const real = patched(scenario.pod as unknown as ApiPod, recording);
  const model = admitted(group, scenario);
  return Object.keys({ ...real, ...model }).map((what) => ({
    what,
    real: real[what] ?? 'nothing',
    model: model[what] ?? 'nothing',
  }));
}

type Shape = Readonly<Record<string, string>>;

/** A JSON pointer's `~1` is a slash. */
function patched({ metadata, spec }: ApiPod, { patch = [] }: WebhookRecording): Shape {
  const at = <Value>(path: string): Value | undefined =>
    patch.find((operation) => operation.path === path)?.value as Value | undefined;
  const containers = at<readonly ApiContainer[]>('/spec/containers') ?? spec.containers;
  const inits = at<readonly ApiContainer[]>('/spec/initContainers') ?? spec.initContainers ?? [];
  const first = at<ApiVolume>('/spec/volumes/0');
  const volumes = at<readonly ApiVolume[]>('/spec/volumes') ?? [
    ...(first ? [first] : []),
    ...(spec.volumes ?? []),
  ];
  const label = at<string>('/metadata/labels/eks.amazonaws.com~1pod-identity');
  const labels = at<Readonly<Record<string, string>>>('/metadata/labels') ?? {
    ...metadata.labels,
    ...(label === undefined ? {} : { [podIdentityLabel]: label }),
  };
  return {
    ...Object.fromEntries([...inits, ...containers].flatMap((one) => containerShape(one))),
    volumes: volumes.map(volumeShape).toSorted().join(' '),
    label: labels[podIdentityLabel] ?? '',
  };
}

const podIdentityLabel = 'eks.amazonaws.com/pod-identity';

function containerShape({ name, env = [], volumeMounts = [] }: ApiContainer): readonly [string, string][] {
  const variables = env.map((one) => `${one.name}=${one.valueFrom ? '<from>' : (one.value ?? '')}`);
  return [
    [`env of ${name}`, variables.join(' ')],
    [`mounts of ${name}`, volumeMounts.map((mount) => `${mount.name}:${mount.mountPath}`).join(' ')],
  ];
}

function volumeShape({ name, projected }: ApiVolume): string {
  const tokens = (projected?.sources ?? []).flatMap(({ serviceAccountToken: token }) =>
    token ? [token] : [],
  );
  return [name, ...tokens.map((token) => tokenShape(token))].join(':');
}

/** A lifetime that is drawn at random is the default of the model. */
function tokenShape(token: {
  readonly audience?: string | undefined;
  readonly expirationSeconds: number | string;
  readonly path: string;
}): string {
  const seconds = token.expirationSeconds === 'drawn near a day' ? 86_400 : token.expirationSeconds;
  return `${token.audience ?? ''}:${seconds}:${token.path}`;
}

function admitted(group: WebhookGroup, { pod, namespace = 'default', later }: Scenario): Shape {
  const associations = (group.associations ?? []).map((one, at) => ({
    clusterName: 'lab',
    associationArn: `arn:aws:eks:us-east-1:111122223333:podidentityassociation/lab/a-${at}`,
    associationId: `a-${at}`,
    roleArn: 'arn:aws:iam::111122223333:role/associated',
    ...one,
  }));
  const waits = group.flags.some((flag) => flag.startsWith('--service-account-lookup-grace-period'));
  const objects = [...objectsOf(group.cluster), ...(later ? objectsOf(later) : [])];
  const metadata = { ...(pod['metadata'] as object), namespace, name: 'p' };
  const settings = {
    cluster: { name: 'lab', region: 'us-east-1', accountId: '111122223333' },
    facts: { webhook: later && !waits ? 'missed' : 'injects', serviceAccount: 'notAnnotated' },
  };
  const items = [...objects, { ...pod, metadata }];
  const { world } = parseInput([
    { file: 'objects.json', text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) },
    { file: 'associations.json', text: JSON.stringify({ associations }) },
    { file: 'whichrole.yaml', text: JSON.stringify(settings) },
  ]);
  const [workload] = world.workloads;
  if (!workload) throw new Error('the pod is read');
  const ask = askStated(world);
  const made = workload.template.containers.map((container) => {
    const shown = shownMechanism(world, workload.template);
    const { admitted: one } = createPod(world, ask, workload, container, shown);
    return { name: container.name, one };
  });
  const [first] = made;
  // A volume and a label come with the mechanism, also when every container is passed over.
  const whole =
    askedMechanism(ask, shownMechanism(world, workload.template)).kind === 'none'
      ? first
      : (made.find(({ one }) => one.volumes.length > workload.template.volumes.length) ?? first);
  return {
    ...Object.fromEntries(
      made.flatMap(({ name, one }): readonly [string, string][] => [
        [
          `env of ${name}`,
          one.env
            .map(({ name: key, source }) => `${key}=${source.kind === 'value' ? source.value : '<from>'}`)
            .join(' '),
        ],
        [`mounts of ${name}`, one.volumeMounts.map((mount) => `${mount.name}:${mount.mountPath}`).join(' ')],
      ]),
    ),
    volumes: (whole?.one.volumes ?? [])
      .map(({ name, source }) =>
        [name, ...(source.kind === 'projected' ? source.tokens.map((token) => tokenShape(token)) : [])].join(
          ':',
        ),
      )
      .toSorted()
      .join(' '),
    label: whole?.one.labels[podIdentityLabel] ?? '',
  };
}
