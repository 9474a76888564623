import type { Identity, Mechanism } from '../model/identity.ts';
import type { Workload } from '../model/workload.ts';
import { oncePer } from '../model/oncePer.ts';
import { indexOf, type World } from '../model/world.ts';
import { containerKey, type Answer } from '../resolve/answer.ts';
import { intentionsOf, type Intention } from './intention.ts';

/** The answers for one container with its different SDKs, beside what its author asked for. */
export interface ContainerAnswers {
  readonly workload: Workload;
  /** `namespace/name`, with the container's name where the pod has several. */
  readonly name: string;
  readonly intentions: readonly Intention[];
  readonly answers: readonly Answer[];
}

/** Puts the answers of one container together. */
export function byContainer(world: World, answers: readonly Answer[]): readonly ContainerAnswers[] {
  return groupedIn(answers)(world);
}

/** Some hundred rules ask for the same. */
const groupedIn = oncePer((answers: readonly Answer[]) => oncePer((world: World) => group(world, answers)));

function group(world: World, answers: readonly Answer[]): readonly ContainerAnswers[] {
  const groups = new Map<string, Answer[]>();
  for (const answer of answers) {
    const key = containerKey(answer);
    const known = groups.get(key);
    if (known) known.push(answer);
    else groups.set(key, [answer]);
  }
  return [...groups.values()].flatMap((each) => describeGroup(world, each));
}

function describeGroup(world: World, answers: readonly Answer[]): readonly ContainerAnswers[] {
  const [first] = answers;
  if (!first) return [];
  const workload = workloadOf(world, first);
  if (!workload) return [];
  const { namespace, workload: id, container } = first.subject;
  const several = workload.template.containers.length > 1;
  const name = `${namespace}/${id.name}${several ? ` (container ${container.name})` : ''}`;
  const intentions = intentionsOf(world, workload).filter(
    ({ mechanism }) => !(byInjection.has(mechanism) && isSkipped(first)),
  );
  return [{ workload, name, intentions, answers }];
}

/** Finds the workload that an answer is about. */
export function workloadOf(world: World, { subject }: Answer): Workload | undefined {
  const { namespace, workload } = subject;
  return indexOf(world).workload(workload.kind, namespace, workload.name);
}

/** What the webhook brings into a container; kube2iam and kiam know the whole pod, by its address. */
const byInjection: ReadonlySet<Mechanism> = new Set<Mechanism>(['irsa', 'podIdentity']);

/** The pod's skip-containers annotation names the container, so that the webhook brings it nothing. */
function isSkipped({ outcomes }: Answer): boolean {
  return outcomes.some(({ trace }) =>
    trace.some(
      (step) =>
        step.kind === 'admission' &&
        step.evidence.kind === 'notInjected' &&
        step.evidence.reason === 'skipContainer',
    ),
  );
}

/** Names an identity in a sentence. */
export function nameIdentity(identity: Identity): string {
  switch (identity.kind) {
    case 'role':
      return `role \`${identity.arn}\``;
    case 'unnamedRole':
      return identity.which === 'nodeRole' ? 'the node role' : `a role still written as \`${identity.text}\``;
    case 'static':
      return identity.accessKeyId === undefined
        ? 'static keys'
        : `the static key \`${identity.accessKeyId}\``;
    case 'none':
      return 'no credentials';
  }
}

/** The mechanisms as a sentence names them. */
export const mechanismWords: Readonly<Record<Mechanism, string>> = {
  irsa: 'IRSA',
  podIdentity: 'Pod Identity',
  kube2iam: 'kube2iam',
  kiam: 'kiam',
  imds: 'the metadata service',
  env: 'environment variables',
  sharedFile: 'a profile file',
  none: 'nothing',
};

/** Says for which SDKs something holds: nothing when one was stated or it holds for all that were asked. */
export function withSdks(some: readonly Answer[], all: readonly Answer[]): string {
  if (some.length === all.length) return '';
  return ` with ${some.map(({ sdk }) => sdk.family).join(', ')}`;
}

/** Lists the workloads of some answers, each once. */
export function workloadNames(answers: readonly Answer[]): readonly string[] {
  return [...new Set(answers.map(({ subject }) => `${subject.namespace}/${subject.workload.name}`))];
}

/** Where to look when something happens on the way to an identity. */
export const stepAdvice: string =
  '`whichrole explain NAMESPACE/NAME` shows each step; mend the first that goes another way than meant';
