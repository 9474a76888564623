import type { KiamAgent, KiamDaemon, KiamServer } from '../../model/kiam.ts';
import type { ObjectRef } from '../../model/objectRef.ts';
import type { Container } from '../../model/pod.ts';
import { placeholderIn } from '../../model/placeholder.ts';
import { complain, refOf, type Field } from '../field.ts';
import { argumentsOf, baseName, expandReferences } from '../kube2iam/commandLine.ts';
import { faultAt, type Argument, type FieldFault, type GivenFlag } from '../kube2iam/pflag.ts';
import type { ReadPodTemplate } from '../kubernetes/podTemplate.ts';
import { valueAt } from '../yaml/located.ts';
import { brokenAgent, brokenServer, missingFlags } from './checkSettings.ts';
import { kiamFlags, type KiamRole } from './flags.ts';
import { parseKiamArguments } from './kingpin.ts';
import { kiamAgentSettings, kiamServerSettings, type KiamSettings } from './settings.ts';

type ReadContainer = ReadPodTemplate['containers'][number];

/** What a workload runs of kiam: an agent, a server, or both in one pod. */
export interface ReadKiam {
  readonly kiamAgents: readonly KiamAgent[];
  readonly kiamServers: readonly KiamServer[];
}

/**
 * Reads the kiam in a workload.
 *
 * Each reason for which the real program would end at start is a fault of the process and a diagnostic.
 *
 * @source uswitch/kiam:deploy/agent.yaml, deploy/server.daemonset.yaml, helm/kiam/templates
 */
export function readKiam(
  { template, containers }: ReadPodTemplate,
  workload: { readonly ref: ObjectRef; readonly namespace: string; readonly name: string },
): ReadKiam {
  const place = {
    ...workload,
    hostNetwork: template.hostNetwork,
    nodeSelector: template.nodeSelector,
    tolerations: template.tolerations,
    serviceAccountName: template.serviceAccountName,
  };
  const found = containers.filter(({ container }) => container.kind === 'app').flatMap(kiamProcess);
  const read = <Flags>(
    role: KiamRole,
    settings: (given: readonly GivenFlag[]) => KiamSettings<Flags>,
    broken: (flags: Flags, image: string | undefined) => ReturnType<typeof brokenServer>,
  ): readonly KiamDaemon<Flags>[] =>
    found
      .filter((process) => process.role === role)
      .map(({ container, args }) => readProcess(place, { role, container, args }, settings, broken));
  return {
    kiamAgents: read('agent', kiamAgentSettings, brokenAgent),
    kiamServers: read('server', kiamServerSettings, brokenServer),
  };
}

interface Process {
  readonly role: KiamRole;
  readonly container: ReadContainer;
  readonly args: readonly Argument[];
}

/** Recognises a container of kiam by its image, its program or its name; its first word says what it runs. */
function kiamProcess(container: ReadContainer): readonly Process[] {
  if (!isKiam(container)) return [];
  const words = argumentsOf(container.field, 'kiam').map((argument) => ({
    ...argument,
    text: expandReferences(argument.text, container.container),
  }));
  const [command, ...args] = baseName(words[0]?.text ?? '') === 'kiam' ? words.slice(1) : words;
  const role = command?.text;
  return role === 'agent' || role === 'server' ? [{ role, container, args }] : [];
}

function isKiam({ container, field }: ReadContainer): boolean {
  if (/(^|\/)kiam(:|@|$)/.test(container.image ?? '') || container.name === 'kiam') return true;
  const command = valueAt(field.value, 'command');
  const program = command?.kind === 'list' ? command.items[0] : undefined;
  return program?.kind === 'scalar' && baseName(program.text) === 'kiam';
}

function readProcess<Flags>(
  place: Omit<KiamDaemon<Flags>, 'image' | 'flags' | 'flagRefs' | 'startupFaults'>,
  { role, container: { container, field }, args }: Process,
  settings: (given: readonly GivenFlag[]) => KiamSettings<Flags>,
  broken: (flags: Flags, image: string | undefined) => ReturnType<typeof brokenServer>,
): KiamDaemon<Flags> {
  const line = parseKiamArguments(role, args);
  const { flags, faults: badValues } = settings([
    ...line.given,
    ...fromVariables(role, line.given, container, field),
  ]);
  const checked = broken(flags, container.image).map(({ flag, message, help }) =>
    faultOf(line.given, field, flag, message, help),
  );
  const faults = [
    ...line.faults,
    ...missingFlags(role, line.given, container, field),
    ...badValues,
    ...checked,
  ].filter(({ argument }) => placeholderIn(argument) === undefined);
  faults.forEach((fault) => complainOf(role, fault));
  return {
    ...place,
    image: container.image,
    flags,
    flagRefs: Object.fromEntries(line.given.map((given) => [given.name, refOf(given.field)])),
    startupFaults: faults.map(({ field: _field, help: _help, ...startupFault }) => startupFault),
  };
}

/** A variable may stand in for a flag; whose value only the cluster knows stays a reference. */
function fromVariables(
  role: KiamRole,
  given: readonly GivenFlag[],
  { env }: Container,
  field: Field,
): readonly GivenFlag[] {
  return [...kiamFlags].flatMap(([name, { of, required }]): readonly GivenFlag[] => {
    const variable = env.find((one) => one.name === required?.env);
    if (!variable || !of.includes(role) || given.some((flag) => flag.name === name)) return [];
    const { source } = variable;
    return [{ name, value: source.kind === 'value' ? source.value : `$(${variable.name})`, field }];
  });
}

function faultOf(
  given: readonly GivenFlag[],
  otherwiseAt: Field,
  name: string,
  message: string,
  help: string | undefined,
): FieldFault {
  const flag = given.find((one) => one.name === name);
  const argument = flag
    ? { text: `--${name}=${flag.value}`, field: flag.field }
    : { text: `--${name}`, field: otherwiseAt };
  const advice = help === undefined ? {} : { help };
  return faultAt(argument, flag ? 'badValue' : 'missingConfiguration', message, advice);
}

function complainOf(role: KiamRole, fault: FieldFault): void {
  complain(fault.field, {
    code: fault.kind === 'unknownFlag' ? 'unknown-flag' : 'bad-flag',
    severity: 'error',
    message: `the kiam ${role} exits at start: \`${fault.message}\``,
    nearest: fault.nearest,
    help: fault.help,
  });
}
