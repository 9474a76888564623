import { isSameObject } from '../model/objectRef.ts';
import { withoutInjection } from '../admission/withoutInjection.ts';
import { oidcProviderOf } from '../model/oidcProvider.ts';
import { roleArnAnnotation } from '../model/builder.ts';
import { kube2iamDefaults, type Kube2iam } from '../model/kube2iam.ts';
import type { Labels } from '../model/labels.ts';
import type { ObjectName, Patch } from '../model/patch.ts';
import type { Container, PodTemplate } from '../model/pod.ts';
import type { Workload } from '../model/workload.ts';
import type { World } from '../model/world.ts';

/**
 * Gives the world as it is after one patch.
 *
 * A patch of an object that the world does not hold changes nothing.
 *
 * @example
 * const object = { kind: 'Namespace', name: 'pay' };
 * const patch = { kind: 'annotation', object, on: 'metadata', key: 'team', value: 'pay' } as const;
 * applyPatch(world().namespace('pay').build(), patch).namespaces[0]?.annotations['team'] // => 'pay'
 */
export function applyPatch(world: World, patch: Patch): World {
  switch (patch.kind) {
    case 'annotation':
      return patch.on === 'template'
        ? onTemplate(world, patch.object, (template) => ({
            ...template,
            annotations: withValue(template.annotations, patch.key, patch.value),
          }))
        : annotateMetadata(world, patch.object, patch.key, patch.value);
    case 'label':
      return patch.on === 'template'
        ? onTemplate(world, patch.object, (template) => ({
            ...template,
            labels: withValue(template.labels, patch.key, patch.value),
          }))
        : labelMetadata(world, patch.object, patch.key, patch.value);
    case 'env':
    case 'withoutEnvFrom':
    case 'podSpec':
    case 'withoutVolume':
    case 'recreate':
    case 'sdk':
      return patchPods(world, patch);
    case 'kube2iamFlags':
    case 'daemonSet':
      return {
        ...world,
        kube2iam: world.kube2iam.map((daemon) =>
          isSameObject(daemon.ref, patch.object) ? patchDaemon(daemon, patch) : daemon,
        ),
      };
    case 'serviceAccount':
    case 'networkPolicy':
    case 'withoutNetworkPolicy':
      return patchObjects(world, patch);
    case 'trustPolicy':
    case 'association':
    case 'oidcProvider':
    case 'imds':
      return patchAws(world, patch);
  }
}

/** Gives the world as it is after several patches, one after another. */
export function applyPatches(world: World, patches: readonly Patch[]): World {
  return patches.reduce(applyPatch, world);
}

type PatchOf<Kind extends Patch['kind']> = Extract<Patch, { kind: Kind }>;

function patchPods(
  world: World,
  patch: PatchOf<'env' | 'withoutEnvFrom' | 'podSpec' | 'withoutVolume' | 'recreate' | 'sdk'>,
): World {
  switch (patch.kind) {
    case 'env':
      return onContainer(world, patch.object, patch.container, (container) => ({
        ...container,
        env: [
          ...container.env.filter(({ name }) => name !== patch.name),
          ...(patch.value === undefined
            ? []
            : [
                {
                  name: patch.name,
                  source: { kind: 'value', value: patch.value } as const,
                  ref: container.ref,
                },
              ]),
        ],
      }));
    case 'withoutEnvFrom':
      return onContainer(world, patch.object, patch.container, (container) => ({
        ...container,
        envFrom: container.envFrom.filter(({ name }) => name !== patch.from),
      }));
    case 'podSpec':
      return onTemplate(world, patch.object, (template) => ({ ...template, ...patch.set }));
    case 'withoutVolume':
      return onTemplate(world, patch.object, (template) => ({
        ...template,
        volumes: template.volumes.filter(({ name }) => name !== patch.volume),
        containers: template.containers.map((container) => ({
          ...container,
          volumeMounts: container.volumeMounts.filter(({ name }) => name !== patch.volume),
        })),
      }));
    case 'recreate':
      return {
        ...onTemplate(world, patch.object, withoutInjection),
        kube2iam: world.kube2iam.filter(({ ref, outdated }) => !outdated || !isSameObject(ref, patch.object)),
      };
    case 'sdk': {
      const { namespace = 'default', name: workload } = patch.object;
      const statement = { namespace, workload, container: patch.container, sdk: patch.sdk };
      return { ...world, sdkStatements: [...world.sdkStatements, statement] };
    }
  }
}

function patchObjects(
  world: World,
  patch: PatchOf<'serviceAccount' | 'networkPolicy' | 'withoutNetworkPolicy'>,
): World {
  if (patch.kind === 'serviceAccount') {
    const { namespace = 'default', name } = patch.object;
    const annotations = patch.roleArn === undefined ? {} : { [roleArnAnnotation]: patch.roleArn };
    const ref = { kind: 'ServiceAccount', namespace, name };
    const account = { ref, namespace, name, annotations, annotationRefs: {} };
    const others = world.serviceAccounts.filter((other) => !isSameObject(other.ref, ref));
    return { ...world, serviceAccounts: [...others, account] };
  }
  const replaced = patch.kind === 'networkPolicy' ? patch.policy.ref : patch.object;
  const others = world.networkPolicies.filter(({ ref }) => !isSameObject(ref, replaced));
  return { ...world, networkPolicies: patch.kind === 'networkPolicy' ? [...others, patch.policy] : others };
}

function patchAws(
  world: World,
  patch: PatchOf<'trustPolicy' | 'association' | 'oidcProvider' | 'imds'>,
): World {
  switch (patch.kind) {
    case 'trustPolicy':
      return {
        ...world,
        roles: world.roles.map((role) =>
          role.arn === patch.roleArn
            ? {
                ...role,
                trustPolicy: { ref: { kind: 'TrustPolicy', name: role.arn }, value: patch.document },
              }
            : role,
        ),
      };
    case 'association': {
      const { namespace, serviceAccount, roleArn } = patch;
      const others = world.podIdentityAssociations.filter(
        (each) => each.namespace !== namespace || each.serviceAccount !== serviceAccount,
      );
      const ref = { kind: 'PodIdentityAssociation', namespace, name: serviceAccount };
      const added = roleArn === undefined ? [] : [{ ref, namespace, serviceAccount, roleArn }];
      return { ...world, podIdentityAssociations: [...others, ...added] };
    }
    case 'oidcProvider': {
      const provider = oidcProviderOf(patch.arn, patch.clientIds);
      return {
        ...world,
        oidcProviders: [...world.oidcProviders.filter((each) => each.arn !== provider.arn), provider],
      };
    }
    case 'imds':
      return {
        ...world,
        nodeDefaults:
          patch.node === undefined
            ? { ...world.nodeDefaults, imds: { ...world.nodeDefaults.imds, ...patch.options } }
            : world.nodeDefaults,
        nodes: world.nodes.map((node) =>
          patch.node === undefined || node.name === patch.node
            ? { ...node, imds: { ...node.imds, ...patch.options } }
            : node,
        ),
      };
  }
}

function patchDaemon(daemon: Kube2iam, patch: PatchOf<'kube2iamFlags' | 'daemonSet'>): Kube2iam {
  if (patch.kind === 'daemonSet') {
    return {
      ...daemon,
      ...(patch.set.tolerateEverything ? { tolerations: [{ operator: 'Exists' } as const] } : {}),
      ...(patch.set.everyNode ? { nodeSelector: {} } : {}),
    };
  }
  const startupFaults = daemon.startupFaults.filter(
    ({ argument }) => !patch.withoutArguments.includes(argument),
  );
  return { ...daemon, flags: { ...kube2iamDefaults, ...daemon.flags, ...patch.set }, startupFaults };
}

function onTemplate(world: World, object: ObjectName, change: (template: PodTemplate) => PodTemplate): World {
  return onWorkload(world, object, (workload) => ({ ...workload, template: change(workload.template) }));
}

function onContainer(
  world: World,
  object: ObjectName,
  container: string,
  change: (container: Container) => Container,
): World {
  return onTemplate(world, object, (template) => ({
    ...template,
    containers: template.containers.map((each) => (each.name === container ? change(each) : each)),
  }));
}

function onWorkload(world: World, object: ObjectName, change: (workload: Workload) => Workload): World {
  return {
    ...world,
    workloads: world.workloads.map((each) => (isSameObject(each.ref, object) ? change(each) : each)),
  };
}

function annotateMetadata(world: World, object: ObjectName, key: string, value: string | undefined): World {
  switch (object.kind) {
    case 'Namespace':
      return {
        ...world,
        namespaces: world.namespaces.map((each) =>
          each.name === object.name
            ? { ...each, annotations: withValue(each.annotations, key, value) }
            : each,
        ),
      };
    case 'ServiceAccount':
      return {
        ...world,
        serviceAccounts: world.serviceAccounts.map((each) =>
          isSameObject(each.ref, object)
            ? { ...each, annotations: withValue(each.annotations, key, value) }
            : each,
        ),
      };
    case 'Pod':
      return onTemplate(world, object, (template) => ({
        ...template,
        annotations: withValue(template.annotations, key, value),
      }));
    default:
      return onWorkload(world, object, (workload) => ({
        ...workload,
        annotations: withValue(workload.annotations, key, value),
      }));
  }
}

function labelMetadata(world: World, object: ObjectName, key: string, value: string | undefined): World {
  if (object.kind === 'Namespace') {
    return {
      ...world,
      namespaces: world.namespaces.map((each) =>
        each.name === object.name ? { ...each, labels: withValue(each.labels, key, value) } : each,
      ),
    };
  }
  return onTemplate(world, object, (template) => ({
    ...template,
    labels: withValue(template.labels, key, value),
  }));
}

function withValue(labels: Labels, key: string, value: string | undefined): Labels {
  const { [key]: _before, ...others } = labels;
  return value === undefined ? others : { ...others, [key]: value };
}
