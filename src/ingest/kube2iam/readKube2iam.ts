import type { Kube2iam } from '../../model/kube2iam.ts';
import type { ObjectRef } from '../../model/objectRef.ts';
import { placeholderIn } from '../../model/placeholder.ts';
import { complain, descend, notePlaceholder, refOf, type Field } from '../field.ts';
import { valueAt } from '../yaml/located.ts';
import type { ReadPodTemplate } from '../kubernetes/podTemplate.ts';
import { checkSettings } from './checkSettings.ts';
import { argumentsOf, baseName, expandReferences, openReference } from './commandLine.ts';
import { flagDefinitions } from './flags.ts';
import { parseCommandLine, type Argument, type FieldFault, type GivenFlag } from './pflag.ts';
import { applyFlags } from './settings.ts';

type ReadContainer = ReadPodTemplate['containers'][number];

/**
 * Reads the kube2iam in a workload, or gives nothing when the workload runs none.
 *
 * Each reason for which the real program would end at start is a fault of the daemon and a diagnostic.
 */
export function readKube2iam(
  { template, containers }: ReadPodTemplate,
  workload: { readonly ref: ObjectRef; readonly namespace: string; readonly name: string },
): Kube2iam | undefined {
  const apps = containers.filter(({ container }) => container.kind === 'app');
  const found = kube2iamContainer(apps, workload.name);
  if (!found) return undefined;
  const { container, field } = found;
  const args = argumentsOf(field, 'kube2iam').map((argument) => ({
    ...argument,
    text: expandReferences(argument.text, container),
  }));
  const line = parseCommandLine(args);
  const applied = applyFlags(line.given);
  const undetermined = noteUndetermined(line.given, found);
  warnOfOddValues(line.given);
  const faults = [
    ...line.faults,
    ...applied.faults.filter((one) => placeholderIn(one.argument) === undefined),
    ...checkSettings(applied.flags, line.given, undetermined, field),
  ];
  faults.forEach(complainOfFault);
  return {
    ...workload,
    image: container.image,
    flags: applied.flags,
    ...bareSwitches(args, line.given),
    ...preStopOf(field),
    flagRefs: Object.fromEntries(line.given.map((given) => [given.name, refOf(given.field)])),
    startupFaults: faults.map(({ field: _field, help: _help, ...startupFault }) => startupFault),
    hostNetwork: template.hostNetwork,
    nodeSelector: template.nodeSelector,
    tolerations: template.tolerations,
    serviceAccountName: template.serviceAccountName,
  };
}

function preStopOf(container: Field): Pick<Kube2iam, 'preStop'> {
  const hook = descend(container, 'lifecycle', 'preStop');
  return hook.value === undefined ? {} : { preStop: refOf(hook) };
}

/** Names the switches whose argument is their name and nothing else. */
function bareSwitches(
  args: readonly Argument[],
  given: readonly GivenFlag[],
): Pick<Kube2iam, 'bareSwitches'> {
  const texts = new Map(args.map(({ field, text }) => [field, text]));
  const bare = given.filter(
    ({ name, field }) => texts.get(field) === `--${name}` && flagDefinitions.get(name)?.type === 'boolean',
  );
  return bare.length === 0 ? {} : { bareSwitches: bare.map(({ name }) => name) };
}

/** Recognises the container: by its image, by its program, by its name, or as the only one of `kube2iam`. */
function kube2iamContainer(apps: readonly ReadContainer[], workload: string): ReadContainer | undefined {
  const byImage = apps.find(({ container }) => /(^|\/)[^/]*kube2iam(:|@|$)/.test(container.image ?? ''));
  if (byImage) return byImage;
  const byProgram = apps.find(({ field }) => {
    const command = valueAt(field.value, 'command');
    const program = command?.kind === 'list' ? command.items[0] : undefined;
    return program?.kind === 'scalar' && baseName(program.text) === 'kube2iam';
  });
  if (byProgram) return byProgram;
  const byName = apps.find(({ container }) => container.name === 'kube2iam');
  return byName ?? (workload === 'kube2iam' && apps.length === 1 ? apps[0] : undefined);
}

/** Names the flags whose value the input does not show: templates, and variables of the running cluster. */
function noteUndetermined(given: readonly GivenFlag[], { container }: ReadContainer): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { name, value, field } of given) {
    const reference = openReference(value, container);
    if (reference?.defined === 'undefined') {
      complain(field, {
        code: 'unresolved-reference',
        severity: 'warning',
        message: `no variable \`${reference.name}\` is defined, so \`$(${reference.name})\` stays as it is`,
      });
    } else if (reference) {
      names.add(name);
    } else if (placeholderIn(value) !== undefined) {
      names.add(name);
      notePlaceholder(field, value);
    }
  }
  return names;
}

function warnOfOddValues(given: readonly GivenFlag[]): void {
  for (const { name, value, field } of given) {
    if (/^(["']).*\1$/.test(value)) {
      const message = `the quotes are a part of the value of \`--${name}\``;
      complain(field, { code: 'odd-flag', severity: 'warning', message });
    } else if (value.startsWith('--')) {
      const message = `\`--${name}\` takes the next argument, \`${value}\`, as its value`;
      complain(field, { code: 'odd-flag', severity: 'warning', message, help: 'write `--flag=value`' });
    } else if (name === 'namespace-restriction-format' && !/^(glob|regexp)$/i.test(value)) {
      const message = `\`${value}\` is taken as \`glob\``;
      complain(field, { code: 'odd-flag', severity: 'warning', message, expected: 'glob or regexp' });
    }
  }
}

function complainOfFault(fault: FieldFault): void {
  complain(fault.field, {
    code: fault.kind === 'unknownFlag' ? 'unknown-flag' : 'bad-flag',
    severity: 'error',
    message: `kube2iam exits at start: \`${fault.message}\``,
    nearest: fault.nearest,
    help: fault.help,
  });
}
