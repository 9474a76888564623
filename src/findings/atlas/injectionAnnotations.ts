import { webhookKeys } from '../../admission/webhookFacts.ts';
import { parseRoleArn } from '../../model/arn.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Fix, ObjectName } from '../../model/patch.ts';
import { indexOf, type World } from '../../model/world.ts';
import { findWorkload } from '../../resolve/whichRole.ts';
import type { Rule } from '../finding.ts';
import { giveRole } from '../laws/giveRole.ts';
import { inertAnnotationRule } from '../laws/inertAnnotation.ts';
import { objectOf } from '../laws/notInjected.ts';

const cache = 'aws/amazon-eks-pod-identity-webhook:pkg/cache/cache.go';

/** Tells whether a complaint is about a value that is no role, and whether the value looks like an ARN at all. */
function isNoRole({ code, message }: Diagnostic, looks: 'likeAnArn' | 'likeAName'): boolean {
  return code === 'role-arn-malformed' && message.includes('arn:') === (looks === 'likeAnArn');
}

/** Conflicts in which the role stands where nobody reads it, or as nobody can use it. */
export const injectionAnnotationRules: readonly Rule[] = [
  inertAnnotationRule(
    {
      id: 'irsa-annotation-key-typo',
      title: 'the key of an annotation is misspelt',
      severity: 'wrongIdentity',
      expects: 'the annotated role',
      gets: 'nothing reads the key, so the pod gets whatever it would get without it',
      source: cache,
      advice: 'write the key exactly',
    },
    ({ code }) => code === 'unknown-annotation',
    rewriteKey,
  ),
  inertAnnotationRule(
    {
      id: 'irsa-annotation-on-the-wrong-object',
      title: 'a role annotation stands on an object that nobody reads',
      severity: 'wrongIdentity',
      expects: 'the annotated role',
      gets: 'the webhook reads service accounts alone and kube2iam pods alone, so the pod gets whatever it would get without it',
      source: `${cache}, jtblin/kube2iam:mappings/mapper.go`,
      advice: 'move it',
    },
    ({ code, object }, key) =>
      code === 'annotation-on-wrong-object' &&
      (object?.kind === 'ServiceAccount' || key.startsWith('eks.amazonaws.com/')),
    moveToAccount,
  ),
  inertAnnotationRule(
    {
      id: 'irsa-value-not-a-role',
      title: 'the annotated value is not the ARN of a role',
      severity: 'outage',
      expects: 'the annotated role',
      gets: 'the webhook injects the value as it is, and STS refuses it',
      source: cache,
      advice: 'write the ARN of a role, with 12 digits for the account',
    },
    (complaint) => isNoRole(complaint, 'likeAnArn'),
    () => [],
  ),
  inertAnnotationRule(
    {
      id: 'irsa-bare-role-name',
      title: 'the annotated value is the name of a role without its ARN',
      severity: 'outage',
      expects: 'the role of that name in the own account',
      gets: 'the webhook completes names only with `--compose-role-arn`; else it injects the name, and STS refuses it',
      source: `aws/amazon-eks-pod-identity-webhook:main.go, ${cache}`,
      advice: 'write the full ARN',
    },
    (complaint) => isNoRole(complaint, 'likeAName'),
    completeArn,
  ),
  inertAnnotationRule(
    {
      id: 'irsa-skip-containers-malformed',
      title: 'the list of containers to skip cannot be read',
      severity: 'latent',
      expects: 'the named containers to stay bare',
      gets: 'the list is no line of comma-separated values, so no container is skipped and all have the role',
      source: 'aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go (getContainersToSkip)',
      advice: 'write the names with commas between them, and without quotes',
    },
    ({ code }) => code === 'skip-containers-malformed',
    () => [],
  ),
];

function annotate(object: ObjectName, key: string, value: string | undefined): Fix['patches'][number] {
  return { kind: 'annotation', object, on: 'metadata', key, ...(value === undefined ? {} : { value }) };
}

function accountOf(complaint: Diagnostic): ObjectName | undefined {
  const { kind, namespace, name } = complaint.object ?? { kind: '', name: '' };
  return kind === 'ServiceAccount' && namespace !== undefined ? { kind, namespace, name } : undefined;
}

function rewriteKey(world: World, complaint: Diagnostic, key: string): readonly Fix[] {
  const object = accountOf(complaint);
  const { nearest } = complaint;
  if (!object || nearest === undefined) return [];
  const account = indexOf(world).serviceAccount(object.namespace ?? '', object.name);
  return [
    {
      title: `write ${nearest} for ${key} on service account ${object.namespace}/${object.name}`,
      patches: [annotate(object, key, undefined), annotate(object, nearest, account?.annotations[key])],
    },
  ];
}

/** Moves a role from a pod or its controller to the service account; one that many share gives way to an own one. */
function moveToAccount(world: World, { object }: Diagnostic, key: string): readonly Fix[] {
  const workload = object && findWorkload(world, `${object.namespace}/${object.kind}/${object.name}`);
  if (key !== webhookKeys.roleArn || !workload) return [];
  const { annotations, template, namespace, name } = workload;
  const roleArn = template.annotations[key] ?? annotations[key] ?? '';
  const removed: Fix['patches'] = (['template', 'metadata'] as const).map((on) => ({
    kind: 'annotation',
    object: objectOf(workload),
    on,
    key,
  }));
  const isShared = template.serviceAccountName === 'default';
  const account = isShared ? name : template.serviceAccountName;
  const patches: Fix['patches'] = [
    ...removed,
    giveRole(world, namespace, account, roleArn),
    ...(isShared
      ? [{ kind: 'podSpec', object: objectOf(workload), set: { serviceAccountName: account } } as const]
      : []),
  ];
  return [{ title: `move the role to service account ${namespace}/${account}`, patches }];
}

function completeArn(world: World, complaint: Diagnostic): readonly Fix[] {
  const object = accountOf(complaint);
  const { accountId, partition } = world.cluster;
  if (!object || accountId === undefined) return [];
  const name = indexOf(world).serviceAccount(object.namespace ?? '', object.name)?.annotations[
    webhookKeys.roleArn
  ];
  const roleArn = `arn:${partition}:iam::${accountId}:role/${name ?? ''}`;
  if (!parseRoleArn(roleArn)) return [];
  return [
    {
      title: `write ${roleArn} on service account ${object.namespace}/${object.name}`,
      patches: [annotate(object, webhookKeys.roleArn, roleArn)],
    },
  ];
}
