import { parseRoleArn } from '../model/arn.ts';
import type { JsonValue } from '../model/aws.ts';
import { kube2iamDefaults, type Kube2iamFlags } from '../model/kube2iam.ts';
import type { ObjectName, Patch } from '../model/patch.ts';
import type { Container } from '../model/pod.ts';
import { describeSdk } from '../model/sdk.ts';
import { indexOf, type World } from '../model/world.ts';
import { networkPolicyManifest } from './objectManifests.ts';

/** A patch as it is handed to the tool that applies it. */
export type PrintedPatch =
  /** A manifest for `kubectl apply -f`. */
  | { readonly how: 'kubectl apply'; readonly manifest: JsonValue }
  /** A strategic merge patch for `kubectl patch --patch-file`, or for kustomize. */
  | { readonly how: 'kubectl patch'; readonly object: ObjectName; readonly manifest: JsonValue }
  | { readonly how: 'kubectl delete'; readonly object: ObjectName }
  /** Input for an AWS CLI command. */
  | { readonly how: 'aws'; readonly command: string; readonly input: JsonValue }
  /** What no tool can do. */
  | { readonly how: 'by hand'; readonly what: string };

/**
 * Writes a patch in the form in which it can be applied to a cluster or an account.
 *
 * @param world - before the patch: lists without names of their own are replaced as a whole
 * @source kubernetes/website "Update API Objects in Place Using kubectl patch": strategic merge patches, `null`
 * and `$patch: delete`; the AWS CLI reference of each command
 */
export function printPatch(world: World, patch: Patch): PrintedPatch {
  switch (patch.kind) {
    case 'annotation':
    case 'label': {
      const field = patch.kind === 'annotation' ? 'annotations' : 'labels';
      const metadata = { [field]: { [patch.key]: patch.value ?? null } };
      return patch.on === 'template'
        ? podPatch(patch.object, { metadata })
        : merge(patch.object, { metadata });
    }
    case 'env': {
      const entry =
        patch.value === undefined
          ? { name: patch.name, $patch: 'delete' }
          : { name: patch.name, value: patch.value, valueFrom: null };
      return podPatch(patch.object, { spec: { containers: [{ name: patch.container, env: [entry] }] } });
    }
    case 'withoutEnvFrom': {
      const left = containersOf(world, patch.object)
        .filter(({ name }) => name === patch.container)
        .flatMap(({ envFrom }) => envFrom)
        .filter(({ name }) => name !== patch.from);
      const envFrom = left.map(({ kind, name, prefix, optional }) => ({
        [kind]: { name, ...(optional ? { optional } : {}) },
        ...(prefix === '' ? {} : { prefix }),
      }));
      return podPatch(patch.object, { spec: { containers: [{ name: patch.container, envFrom }] } });
    }
    case 'podSpec':
      return podPatch(patch.object, { spec: podSpec(patch.set) });
    case 'withoutVolume':
      return podPatch(patch.object, { spec: { volumes: [{ name: patch.volume, $patch: 'delete' }] } });
    case 'recreate':
      return { how: 'kubectl delete', object: patch.object };
    case 'daemonSet':
      return podPatch(patch.object, {
        spec: {
          ...(patch.set.tolerateEverything ? { tolerations: [{ operator: 'Exists' }] } : {}),
          ...(patch.set.everyNode ? { nodeSelector: null } : {}),
        },
      });
    case 'kube2iamFlags':
      return podPatch(patch.object, { spec: { containers: [kube2iamContainer(world, patch)] } });
    case 'serviceAccount':
      return {
        how: 'kubectl apply',
        manifest: {
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: {
            ...nameOf(patch.object),
            ...(patch.roleArn === undefined
              ? {}
              : { annotations: { 'eks.amazonaws.com/role-arn': patch.roleArn } }),
          },
        },
      };
    case 'networkPolicy':
      return { how: 'kubectl apply', manifest: networkPolicyManifest(patch.policy) };
    case 'withoutNetworkPolicy':
      return { how: 'kubectl delete', object: patch.object };
    case 'trustPolicy':
    case 'imds':
    case 'association':
    case 'oidcProvider':
      return printAws(patch);
    case 'sdk':
      return {
        how: 'by hand',
        what: `build ${patch.object.namespace ?? 'default'}/${patch.object.name}, container ${patch.container}, with ${describeSdk(patch.sdk)} or newer`,
      };
  }
}

function printAws(
  patch: Extract<Patch, { kind: 'trustPolicy' | 'imds' | 'association' | 'oidcProvider' }>,
): PrintedPatch {
  switch (patch.kind) {
    case 'trustPolicy':
      return {
        how: 'aws',
        command: `aws iam update-assume-role-policy --role-name ${parseRoleArn(patch.roleArn)?.name ?? patch.roleArn} --policy-document`,
        input: patch.document,
      };
    case 'imds': {
      const { httpEndpoint, httpTokens, httpPutResponseHopLimit, httpProtocolIpv6 } = patch.options;
      return {
        how: 'aws',
        command: 'aws ec2 modify-instance-metadata-options --instance-id … --cli-input-json',
        input: {
          ...(httpEndpoint === undefined ? {} : { HttpEndpoint: httpEndpoint }),
          ...(httpTokens === undefined ? {} : { HttpTokens: httpTokens }),
          ...(httpPutResponseHopLimit === undefined
            ? {}
            : { HttpPutResponseHopLimit: httpPutResponseHopLimit }),
          ...(httpProtocolIpv6 === undefined ? {} : { HttpProtocolIpv6: httpProtocolIpv6 }),
        },
      };
    }
    case 'association': {
      const { namespace, serviceAccount, roleArn } = patch;
      return roleArn === undefined
        ? { how: 'by hand', what: `delete the Pod Identity association of ${namespace}/${serviceAccount}` }
        : {
            how: 'aws',
            command: 'aws eks create-pod-identity-association --cluster-name … --cli-input-json',
            input: { namespace, serviceAccount, roleArn },
          };
    }
    case 'oidcProvider':
      return {
        how: 'aws',
        command: 'aws iam create-open-id-connect-provider --cli-input-json',
        input: {
          Url: `https://${patch.arn.replace(/^.*:oidc-provider\//, '')}`,
          ClientIDList: patch.clientIds,
        },
      };
  }
}

/** Groups and versions of the kinds that hold pods. */
const apiVersions: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  ReplicaSet: 'apps/v1',
  Job: 'batch/v1',
  CronJob: 'batch/v1',
};

function merge(object: ObjectName, change: { readonly [key: string]: JsonValue }): PrintedPatch {
  const { metadata, ...others } = change;
  const more = typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata) ? metadata : {};
  return {
    how: 'kubectl patch',
    object,
    manifest: {
      apiVersion: apiVersions[object.kind] ?? 'v1',
      kind: object.kind,
      metadata: { ...nameOf(object), ...more },
      ...others,
    },
  };
}

/** Puts a change of a pod where the kind keeps its template. */
function podPatch(object: ObjectName, change: { readonly [key: string]: JsonValue }): PrintedPatch {
  switch (object.kind) {
    case 'Pod':
      return merge(object, change);
    case 'CronJob':
      return merge(object, { spec: { jobTemplate: { spec: { template: change } } } });
    default:
      return merge(object, { spec: { template: change } });
  }
}

function nameOf({ namespace, name }: ObjectName): { readonly [key: string]: JsonValue } {
  return namespace === undefined ? { name } : { name, namespace };
}

function podSpec(set: Extract<Patch, { kind: 'podSpec' }>['set']): { readonly [key: string]: JsonValue } {
  const { fsGroup, ...others } = set;
  return fsGroup === undefined ? others : { ...others, securityContext: { fsGroup } };
}

function containersOf(world: World, { kind, namespace, name }: ObjectName): readonly Container[] {
  return indexOf(world).workload(kind, namespace ?? '', name)?.template.containers ?? [];
}

function kube2iamContainer(
  world: World,
  { object, set }: Extract<Patch, { kind: 'kube2iamFlags' }>,
): { readonly [key: string]: JsonValue } {
  const daemon = world.kube2iam.find(
    ({ ref }) => ref.name === object.name && ref.namespace === object.namespace,
  );
  const [container] = containersOf(world, object);
  return { name: container?.name ?? object.name, args: kube2iamArguments({ ...daemon?.flags, ...set }) };
}

/** The arguments that give kube2iam these settings; what is as by default is left out. */
function kube2iamArguments(flags: Partial<Kube2iamFlags>): readonly string[] {
  return Object.entries({ ...kube2iamDefaults, ...flags })
    .filter(([name, value]) => value !== kube2iamDefaults[name as keyof Kube2iamFlags])
    .map(
      ([name, value]) => `--${kebabCase(name)}=${name === 'iamRoleSessionTtlSeconds' ? `${value}s` : value}`,
    );
}

function kebabCase(name: string): string {
  return name.replace('Seconds', '').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
