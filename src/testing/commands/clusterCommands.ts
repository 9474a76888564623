import * as fc from 'fast-check';
import type { FactName } from '../../model/factDefinitions.ts';
import { describeRef } from '../../model/objectRef.ts';
import type { Patch } from '../../model/patch.ts';
import { sdkFamilies, type SdkFamily } from '../../model/sdk.ts';
import type { Workload } from '../../model/workload.ts';
import type { World } from '../../model/world.ts';
import { renderCounterexample } from '../../report/counterexample.ts';
import { applyPatches } from '../../whatIf/applyPatch.ts';
import { minimise } from '../minimise.ts';
import type { Property } from '../property.ts';
import { variationsOf } from '../variations.ts';
import { createPod } from './createPod.ts';
import {
  injectedInto,
  injectedToday,
  runningWorld,
  type ClusterModel,
  type LiveCluster,
} from './liveCluster.ts';

/** One thing that happens to a cluster. */
export type ClusterCommand = fc.Command<ClusterModel, LiveCluster>;

/** What may happen to a cluster, and what has to hold all the while. */
export interface CommandConstraints {
  /** Commands in a row, at the most; 12 when it is left out. */
  readonly maxCommands?: number;
  /** Holds of the pods that run, after every command. */
  readonly invariant?: Property;
}

/**
 * Draws what happens to a cluster: pods are created and restarted, service accounts annotated, SDKs changed,
 * daemons killed and brought back, tokens expire and are renewed, policies come and go.
 *
 * After each command every running pod must still have what was injected into it when it was created, and the
 * invariant must hold. Run them with fast-check's `modelRun` on what `startCluster` gives.
 *
 * @example
 * const built = world().serviceAccount('pay/api').pod('pay/api', { serviceAccount: 'api' }).build();
 * const law = fc.property(clusterCommands(built), (commands) => {
 *   fc.modelRun(() => startCluster(built), commands);
 * });
 * fc.assert(law)
 */
export function clusterCommands(
  world: World,
  { maxCommands = 12, invariant }: CommandConstraints = {},
): fc.Arbitrary<Iterable<ClusterCommand>> {
  const actions = [...podActions(world), ...objectActions(world), ...factActions(world)];
  const drawn = actions.map((action) => fc.constant(commandOf(action, invariant)));
  return fc.commands(drawn, { maxCommands });
}

/** What a command does to the cluster and to what has to be so of it. */
interface Action {
  readonly title: string;
  readonly isPossible: (model: ClusterModel) => boolean;
  readonly apply: (real: LiveCluster) => void;
  /** Looks at what is applied after the action. */
  readonly expect: (model: ClusterModel, applied: World) => void;
}

function commandOf(
  { title, isPossible, apply, expect }: Action,
  invariant: Property | undefined,
): ClusterCommand {
  return {
    check: (model) => isPossible(model),
    run: (model, real) => {
      apply(real);
      expect(model, real.applied);
      checkInjected(model, real, title);
      if (invariant) checkInvariant(invariant, real, title);
    },
    toString: () => title,
  };
}

function checkInjected({ injected }: ClusterModel, { pods, applied }: LiveCluster, title: string): void {
  for (const pod of pods) {
    const expected = injected.get(describeRef(pod.ref));
    const found = injectedInto(pod, templateOf(applied, pod));
    if (found !== expected) {
      throw new Error(`after "${title}" ${describeRef(pod.ref)} has "${found}", not "${expected ?? ''}"`);
    }
  }
}

function checkInvariant(invariant: Property, real: LiveCluster, title: string): void {
  const verdict = invariant.check(runningWorld(real));
  if (verdict.kind === 'holds') return;
  const counterexample = { ...verdict.counterexample, changes: [title] };
  throw new Error(renderCounterexample(invariant, minimise(invariant, counterexample)));
}

function templateOf(
  { workloads }: World,
  { namespace, name }: Pick<Workload, 'namespace' | 'name'>,
): Workload | undefined {
  return workloads.find((each) => each.namespace === namespace && each.name === name);
}

/** Creating a pod, deleting it, and both with another SDK in its image. */
function podActions(world: World): readonly Action[] {
  return world.workloads.flatMap(({ ref, namespace, name }) => {
    const key = describeRef({ kind: 'Pod', namespace, name });
    const create = (real: LiveCluster): void => {
      const template = templateOf(real.applied, { namespace, name });
      const others = real.pods.filter((pod) => describeRef(pod.ref) !== key);
      real.pods = template ? [...others, createPod(real.applied, template, name)] : others;
    };
    const expect: Action['expect'] = ({ injected }, applied) => {
      const template = templateOf(applied, { namespace, name });
      if (template) injected.set(key, injectedToday(applied, template));
    };
    const runs = ({ injected }: ClusterModel): boolean => injected.has(key);
    const upgrade = (family: SdkFamily): Action => ({
      title: `upgrade ${describeRef(ref)} to ${family}`,
      isPossible: runs,
      apply: (real) => {
        const sdk = { namespace, workload: name, sdk: { family } };
        real.applied = { ...real.applied, sdkStatements: [...real.applied.sdkStatements, sdk] };
        create(real);
      },
      expect,
    });
    return [
      { title: `create ${key}`, isPossible: (model) => !runs(model), apply: create, expect },
      { title: `restart ${key}`, isPossible: runs, apply: create, expect },
      ...sdkFamilies.map(upgrade),
    ] satisfies readonly Action[];
  });
}

/** Annotating service accounts, associations, and policies that come and go. */
function objectActions(world: World): readonly Action[] {
  const roles = world.roles.map(({ arn }) => arn);
  const accounts = world.serviceAccounts.flatMap(({ ref, namespace, name }) => {
    const object = { kind: 'ServiceAccount', namespace, name };
    const set = [...roles, undefined].map((roleArn) =>
      patching(
        roleArn === undefined
          ? `take the role off ${describeRef(ref)}`
          : `annotate ${describeRef(ref)} with ${roleArn}`,
        roleArn === undefined
          ? { kind: 'serviceAccount', object }
          : { kind: 'serviceAccount', object, roleArn },
      ),
    );
    const [role] = roles;
    const associate = role === undefined ? [] : [{ roleArn: role }];
    return [
      ...set,
      ...[...associate, {}].map((given) =>
        patching(`${'roleArn' in given ? 'associate' : 'dissociate'} ${namespace}/${name}`, {
          kind: 'association',
          namespace,
          serviceAccount: name,
          ...given,
        }),
      ),
    ];
  });
  const policies = variationsOf(world, ['networkPolicy']).map(({ title, apply }) =>
    applying(title, (real) => {
      real.applied = apply(real.applied);
    }),
  );
  return [...accounts, ...policies];
}

/** Daemons, tokens and services that fail and come back. */
function factActions(world: World): readonly Action[] {
  const pods = world.workloads.map(({ namespace, name }) => `${namespace}/${name}`);
  const menu: readonly (readonly [title: string, name: FactName, value: string, scope?: string])[] = [
    ['kill the pods of kube2iam', 'kube2iam.daemon', 'gone'],
    ['bring kube2iam back', 'kube2iam.daemon', 'ready'],
    ['kill the Pod Identity agents', 'podIdentityAgent', 'absent'],
    ['bring the Pod Identity agents back', 'podIdentityAgent', 'running'],
    ['take the webhook down', 'webhook', 'missed'],
    ['bring the webhook back', 'webhook', 'injects'],
    ['cut the way to STS', 'sts', 'timeout'],
    ['mend the way to STS', 'sts', 'answers'],
    ...pods.flatMap((pod) => [
      [`let the token of ${pod} expire`, 'token', 'expired', pod] as const,
      [`rotate the token of ${pod}`, 'token', 'valid', pod] as const,
    ]),
  ];
  return menu.map(([title, name, value, scope]) =>
    applying(title, (real) => {
      const kept = real.applied.facts.filter((fact) => fact.name !== name || fact.scope !== scope);
      const stated = scope === undefined ? { name, value } : { name, value, scope };
      real.applied = { ...real.applied, facts: [...kept, stated] };
    }),
  );
}

function patching(title: string, ...patches: readonly Patch[]): Action {
  return applying(title, (real) => {
    real.applied = applyPatches(real.applied, patches);
  });
}

/** An action on what is applied, which no running pod notices. */
function applying(title: string, apply: Action['apply']): Action {
  return { title, isPossible: () => true, apply, expect: () => undefined };
}
