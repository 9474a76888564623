import type { Diagnostic } from '../model/diagnostic.ts';
import { kube2iamDefaults } from '../model/kube2iam.ts';
import type { Labels } from '../model/labels.ts';
import { nearestWord } from '../model/nearest.ts';
import { fieldOf, type ObjectRef } from '../model/objectRef.ts';
import { placeholderIn } from '../model/placeholder.ts';
import type { World } from '../model/world.ts';
import { skippedContainers } from './skippedContainers.ts';
import { quietRoleArn, webhookKeys } from './webhookFacts.ts';

/** An object whose annotations somebody may read, and who. */
interface Carrier {
  readonly kind: 'serviceAccount' | 'podTemplate' | 'controller';
  readonly at: ObjectRef;
  readonly annotations: Labels;
  readonly annotationRefs?: Readonly<Record<string, ObjectRef>>;
}

const webhookPrefix = 'eks.amazonaws.com/';

/** On which object each annotation of the webhook is read; elsewhere it does nothing. */
const readOn: ReadonlyMap<string, readonly Carrier['kind'][]> = new Map([
  [webhookKeys.roleArn, ['serviceAccount']],
  [webhookKeys.audience, ['serviceAccount']],
  [webhookKeys.regionalSts, ['serviceAccount']],
  [webhookKeys.tokenExpiration, ['serviceAccount', 'podTemplate']],
  [webhookKeys.skipContainers, ['podTemplate']],
]);

const carrierNames: Readonly<Record<Carrier['kind'], string>> = {
  serviceAccount: 'the service account',
  podTemplate: 'the pod template',
  controller: 'the controller',
};

/**
 * Finds annotations about identity that nobody reads: misspelt, on the wrong object, or with a value that
 * cannot be meant.
 *
 * Each component reads exact keys of one kind of object, and ignores all others without a word.
 *
 * @source aws/amazon-eks-pod-identity-webhook:pkg/cache/cache.go, pkg/handler/handler.go;
 * jtblin/kube2iam:mappings/mapper.go
 */
export function lintAnnotations(world: World): readonly Diagnostic[] {
  const daemonKeys = world.kube2iam.map((daemon) => daemon.flags.iamRoleKey);
  const roleKeys = daemonKeys.length > 0 ? daemonKeys : [kube2iamDefaults.iamRoleKey];
  return [
    ...carriersOf(world).flatMap((carrier) => [
      ...misplaced(carrier, roleKeys),
      ...misspelt(carrier),
      ...unusable(carrier),
    ]),
    ...world.workloads.flatMap(({ template }) => skipLabel(template.ref, template.labels)),
  ];
}

function carriersOf(world: World): readonly Carrier[] {
  return [
    ...world.serviceAccounts.map((account): Carrier => ({
      kind: 'serviceAccount',
      at: account.ref,
      ...account,
    })),
    ...world.workloads.flatMap(({ kind, ref, annotations, template }): readonly Carrier[] => [
      ...(kind === 'Pod' ? [] : [{ kind: 'controller' as const, at: ref, annotations }]),
      { kind: 'podTemplate', at: template.ref, ...template },
    ]),
  ];
}

function warning(
  carrier: Carrier,
  key: string,
  code: string,
  complaint: Omit<Diagnostic, 'code' | 'severity' | 'object' | 'field' | 'position'>,
): Diagnostic {
  const { position, ...object } =
    carrier.annotationRefs?.[key] ?? fieldOf(carrier.at, 'metadata.annotations');
  const field = `metadata.annotations["${key}"]`;
  return { code, severity: 'warning', object, field, ...(position ? { position } : {}), ...complaint };
}

function misplaced(carrier: Carrier, roleKeys: readonly string[]): readonly Diagnostic[] {
  const readers: ReadonlyMap<string, readonly Carrier['kind'][]> = new Map([
    ...readOn,
    ...roleKeys.map((key) => [key, ['podTemplate']] as const),
  ]);
  return Object.keys(carrier.annotations).flatMap((key) => {
    const kinds = readers.get(key);
    if (!kinds || kinds.includes(carrier.kind)) return [];
    return [
      warning(carrier, key, 'annotation-on-wrong-object', {
        message: `\`${key}\` is not read on ${carrierNames[carrier.kind]}`,
        help: `move it to ${kinds.map((kind) => carrierNames[kind]).join(' or ')}`,
      }),
    ];
  });
}

/** Words that people write for `role-arn`. */
const meansRole = /role|^arn$/i;

function misspelt(carrier: Carrier): readonly Diagnostic[] {
  return Object.keys(carrier.annotations).flatMap((key) => {
    const nearest = readOn.has(key) ? undefined : meantKey(key);
    if (nearest === undefined) return [];
    const message = `nobody reads the annotation \`${key}\``;
    return [warning(carrier, key, 'unknown-annotation', { message, nearest })];
  });
}

/** The annotation of the webhook that a key was probably meant to be. */
function meantKey(key: string): string | undefined {
  const at = key.lastIndexOf('/');
  const prefix = key.slice(0, at + 1);
  const name = key.slice(at + 1);
  if (prefix !== webhookPrefix)
    return /aws|amazon/.test(prefix) && name === 'role-arn' ? webhookKeys.roleArn : undefined;
  if (meansRole.test(name)) return webhookKeys.roleArn;
  const names = [...readOn.keys()].map((known) => known.slice(webhookPrefix.length));
  const nearest = nearestWord(name, names);
  return nearest === undefined ? undefined : `${webhookPrefix}${nearest}`;
}

function unusable(carrier: Carrier): readonly Diagnostic[] {
  const { annotations } = carrier;
  const roleArn = carrier.kind === 'serviceAccount' ? annotations[webhookKeys.roleArn] : undefined;
  const skip = carrier.kind === 'podTemplate' ? annotations[webhookKeys.skipContainers] : undefined;
  const isRole = roleArn === undefined || quietRoleArn.test(roleArn) || placeholderIn(roleArn) !== undefined;
  return [
    ...(isRole
      ? []
      : [
          warning(carrier, webhookKeys.roleArn, 'role-arn-malformed', {
            message: `\`${roleArn}\` is not the ARN of a role`,
            expected: '`arn:aws:iam::<12 digits>:role/<name>`',
            help: 'the webhook injects it as it is, and STS refuses it',
          }),
        ]),
    ...(skip === undefined || skippedContainers(skip)
      ? []
      : [
          warning(carrier, webhookKeys.skipContainers, 'skip-containers-malformed', {
            message: `\`${skip}\` is not a line of comma-separated values, so no container is skipped`,
          }),
        ]),
  ];
}

function skipLabel(object: ObjectRef, labels: Labels): readonly Diagnostic[] {
  const value = labels[webhookKeys.skipLabel];
  if (value === undefined || !/^(false|no|off|0|)$/i.test(value)) return [];
  return [
    {
      code: 'skip-label-any-value',
      severity: 'warning',
      message: `the label \`${webhookKeys.skipLabel}\` skips the webhook whatever its value, also with \`${value}\``,
      object,
      field: `metadata.labels["${webhookKeys.skipLabel}"]`,
      help: 'remove the label',
    },
  ];
}
