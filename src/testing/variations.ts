import { roleArnAnnotation } from '../model/builder.ts';
import type { Change } from '../model/change.ts';
import { cniIds } from '../model/cni.ts';
import { factDefinitions, type FactName } from '../model/factDefinitions.ts';
import { kiamKeys } from '../model/kiam.ts';
import { kube2iamDefaults } from '../model/kube2iam.ts';
import type { NetworkPolicy } from '../model/kubernetes.ts';
import { everything } from '../model/labels.ts';
import { describeRef } from '../model/objectRef.ts';
import type { Patch } from '../model/patch.ts';
import { describeSdk, sdkFamilies } from '../model/sdk.ts';
import type { World } from '../model/world.ts';
import { containersOf } from '../resolve/subjects.ts';
import { applyPatches } from '../whatIf/applyPatch.ts';
import { policyVariations } from './policyVariations.ts';

/** What a variation is about. */
export type VariationKind =
  | 'fault'
  | 'annotation'
  | 'networkPolicy'
  | 'kube2iam'
  | 'kiam'
  | 'trustPolicy'
  | 'association'
  | 'imds'
  | 'sdk'
  | 'cni'
  | 'restart';

/** One way in which a cluster could be a little different, and what was changed. */
export interface Variation extends Change {
  readonly kind: VariationKind;
}

/**
 * Lists ways in which a cluster could be a little different: an annotation dropped, a policy more or less,
 * another SDK, a daemon down, a fault, pods made anew.
 *
 * @param kinds - only variations of these kinds; all when it is left out
 * @example
 * const built = world().serviceAccount('pay/api', { roleArn: 'arn:aws:iam::111122223333:role/api' }).build();
 * variationsOf(built, ['annotation']).map(({ title }) => title)
 * // => ['remove the annotation eks.amazonaws.com/role-arn of ServiceAccount pay/api']
 */
export function variationsOf(world: World, kinds?: readonly VariationKind[]): readonly Variation[] {
  const all = Object.entries(menus).filter(([kind]) => kinds?.includes(kind as VariationKind) ?? true);
  return all.flatMap(([kind, menu]) =>
    menu(world).map(({ title, apply }) => ({ kind: kind as VariationKind, title, apply })),
  );
}

/** What each kind of variation offers for a world. */
const menus: Readonly<Record<VariationKind, (world: World) => readonly Change[]>> = {
  annotation: (world) => [
    ...world.serviceAccounts
      .filter(({ annotations }) => annotations[roleArnAnnotation] !== undefined)
      .map(({ ref }) => withoutAnnotation(ref, 'metadata', roleArnAnnotation)),
    ...world.workloads
      .filter(({ template }) => template.annotations[roleKeyOf(world)] !== undefined)
      .map(({ ref, kind }) =>
        withoutAnnotation(ref, kind === 'Pod' ? 'metadata' : 'template', roleKeyOf(world)),
      ),
  ],
  networkPolicy: (world) => [
    ...world.networkPolicies.map(({ ref }) =>
      patched(`remove ${describeRef(ref)}`, { kind: 'withoutNetworkPolicy', object: ref }),
    ),
    ...namespacesOf(world).flatMap((namespace) => [
      addedPolicy(namespace, 'deny-all-egress', []),
      addedPolicy(namespace, 'all-but-metadata', [
        { kind: 'ipBlock', cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] },
      ]),
    ]),
    ...policyVariations(world),
  ],
  fault: () =>
    [...factDefinitions.values()].flatMap(({ name, faults = [] }) =>
      faults.map((value) => stated(name, value)),
    ),
  kube2iam: (world) =>
    world.kube2iam.flatMap(({ ref, flags }) => [
      {
        title: `remove ${describeRef(ref)}`,
        apply: (from) => ({ ...from, kube2iam: from.kube2iam.filter((each) => each.ref !== ref) }),
      },
      patched(
        `${flags.namespaceRestrictions ? 'lift' : 'set'} --namespace-restrictions of ${describeRef(ref)}`,
        {
          kind: 'kube2iamFlags',
          object: ref,
          set: { namespaceRestrictions: !flags.namespaceRestrictions },
          withoutArguments: [],
        },
      ),
    ]),
  kiam: kiamVariations,
  trustPolicy: (world) =>
    world.roles.map(({ arn }) =>
      patched(`let the trust policy of ${arn} admit nobody`, {
        kind: 'trustPolicy',
        roleArn: arn,
        document: { Version: '2012-10-17', Statement: [] },
      }),
    ),
  association: (world) =>
    world.podIdentityAssociations.map(({ namespace, serviceAccount }) =>
      patched(`remove the association of ${namespace}/${serviceAccount}`, {
        kind: 'association',
        namespace,
        serviceAccount,
      }),
    ),
  imds: () => [
    patched('let the hop limit of IMDS be 1', { kind: 'imds', options: { httpPutResponseHopLimit: 1 } }),
    patched('let the hop limit of IMDS be 2', { kind: 'imds', options: { httpPutResponseHopLimit: 2 } }),
    patched('require IMDSv2', { kind: 'imds', options: { httpTokens: 'required' } }),
  ],
  sdk: (world) =>
    world.sdkStatements.length === 0
      ? []
      : containersOf(world).flatMap(({ workload, container }) =>
          sdkFamilies.map((family) =>
            patched(`let ${container.name} of ${describeRef(workload.ref)} use ${describeSdk({ family })}`, {
              kind: 'sdk',
              object: workload.ref,
              container: container.name,
              sdk: { family },
            }),
          ),
        ),
  cni: ({ facts }) =>
    facts.some(({ name }) => name === 'cni') ? cniIds.map((cni) => stated('cni', cni)) : [],
  restart: (world) =>
    world.workloads
      .filter(({ template }) => template.status !== undefined)
      .map(({ ref }) => patched(`create ${describeRef(ref)} anew`, { kind: 'recreate', object: ref })),
};

/** A half of kiam more or less, and which roles it lets the pods of a namespace have. */
function kiamVariations({ kiamAgents, kiamServers, namespaces }: World): readonly Change[] {
  if (kiamAgents.length + kiamServers.length === 0) return [];
  const removed = [...kiamAgents, ...kiamServers].map(({ ref }): Change => ({
    title: `remove ${describeRef(ref)}`,
    apply: (world) => ({
      ...world,
      kiamAgents: world.kiamAgents.filter((each) => each.ref !== ref),
      kiamServers: world.kiamServers.filter((each) => each.ref !== ref),
    }),
  }));
  const permitted = namespaces.flatMap(({ ref, name, annotations }) => {
    const key = kiamKeys.permitted;
    const object = { kind: 'Namespace', name };
    const every = patched(`permit every role to the pods of ${describeRef(ref)}`, {
      kind: 'annotation',
      object,
      on: 'metadata',
      key,
      value: '.*',
    });
    const fewer = annotations[key] === undefined ? [] : [withoutAnnotation(object, 'metadata', key)];
    return annotations[key] === '.*' ? fewer : [every, ...fewer];
  });
  return [...removed, ...permitted];
}

function patched(title: string, ...patches: readonly Patch[]): Change {
  return { title, apply: (world) => applyPatches(world, patches) };
}

/** States a fact, over what is stated and over what the input shows. */
function stated(name: FactName, value: string): Change {
  return {
    title: `let ${name} be ${value}`,
    apply: (world) => ({
      ...world,
      facts: [...world.facts.filter((fact) => fact.name !== name), { name, value }],
    }),
  };
}

function withoutAnnotation(
  object: { readonly kind: string; readonly namespace?: string; readonly name: string },
  on: 'metadata' | 'template',
  key: string,
): Change {
  const { kind, name, namespace } = object;
  const plain = namespace === undefined ? { kind, name } : { kind, namespace, name };
  return patched(`remove the annotation ${key} of ${describeRef(plain)}`, {
    kind: 'annotation',
    object: plain,
    on,
    key,
  });
}

function addedPolicy(
  namespace: string,
  name: string,
  peers: NetworkPolicy['egress'][number]['peers'],
): Change {
  const ref = { kind: 'NetworkPolicy', namespace, name };
  const egress = peers.length === 0 ? [] : [{ ref: { ...ref, field: 'spec.egress[0]' }, peers, ports: [] }];
  const policy: NetworkPolicy = {
    ref,
    namespace,
    name,
    egress,
    podSelector: everything,
    policyTypes: ['Egress'],
    ingress: [],
  };
  return patched(`add ${describeRef(ref)}`, { kind: 'networkPolicy', policy });
}

function namespacesOf({ workloads }: World): readonly string[] {
  return [...new Set(workloads.map(({ namespace }) => namespace))];
}

function roleKeyOf({ kube2iam }: World): string {
  return (kube2iam[0]?.flags ?? kube2iamDefaults).iamRoleKey;
}
