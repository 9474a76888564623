import { kiamFlags, type KiamRole } from '../ingest/kiam/flags.ts';
import { flagDefinitions } from '../ingest/kube2iam/flags.ts';
import { kiamAgentDefaults, kiamServerDefaults, type KiamAgent, type KiamServer } from '../model/kiam.ts';
import { kube2iamDefaults, type Kube2iam, type StartupFault } from '../model/kube2iam.ts';
import type { World } from '../model/world.ts';

/** A daemon as a manifest shows it: where it runs, and with which arguments. */
export interface DaemonProcess extends Pick<
  Kube2iam,
  | 'ref'
  | 'namespace'
  | 'name'
  | 'image'
  | 'hostNetwork'
  | 'nodeSelector'
  | 'tolerations'
  | 'serviceAccountName'
> {
  readonly program: 'kube2iam' | 'kiam';
  readonly args: readonly string[];
}

/** Lists the daemons of a world with the arguments that their flags come to. */
export function daemonProcesses({ kube2iam, kiamAgents, kiamServers }: World): readonly DaemonProcess[] {
  return [
    ...kube2iam.map((daemon) => ({
      ...daemon,
      program: 'kube2iam' as const,
      args: kube2iamArguments(daemon),
    })),
    ...kiamAgents.map((agent) => ({
      ...agent,
      program: 'kiam' as const,
      args: kiamArguments('agent', agent),
    })),
    ...kiamServers.map((server) => ({
      ...server,
      program: 'kiam' as const,
      args: kiamArguments('server', server),
    })),
  ];
}

/** Writes the flags that differ from kube2iam's defaults, and those that end it at start. */
function kube2iamArguments({ flags, startupFaults }: Kube2iam): readonly string[] {
  const given = [...flagDefinitions].flatMap(([name, { type, setting }]) => {
    if (setting === undefined || flags[setting] === kube2iamDefaults[setting]) return [];
    return `--${name}=${flags[setting]}${type === 'duration' ? 's' : ''}`;
  });
  // The program ends without an address to redirect to; that it does not says that there is one.
  const starts = startupFaults.length === 0;
  const hostIp = starts && flags.iptables && flags.hostIp === '' ? ['--host-ip=$(HOST_IP)'] : [];
  return withFaults([...given, ...hostIp], startupFaults, (name) => flagDefinitions.has(name));
}

/** Writes the flags that differ from kiam's defaults, and those without which it ends at start. */
function kiamArguments(role: KiamRole, { flags, startupFaults }: KiamAgent | KiamServer): readonly string[] {
  const values: Readonly<Record<string, string | number | boolean>> = { ...flags };
  const defaults: typeof values = { ...(role === 'agent' ? kiamAgentDefaults : kiamServerDefaults) };
  const missing = new Set(startupFaults.map(({ argument }) => argument));
  const given = [...kiamFlags].flatMap(([name, { of, type, setting, required }]) => {
    if (!of.includes(role) || missing.has(`--${name}`)) return [];
    const value = setting === undefined ? undefined : values[setting];
    if (value === undefined) return required ? [`--${name}=/etc/kiam/tls/${name}`] : [];
    if (setting !== undefined && value === defaults[setting] && !required) return [];
    if (type.kind === 'boolean') return [value === true ? `--${name}` : `--no-${name}`];
    return [`--${name}=${value}${type.kind === 'duration' ? 's' : ''}`];
  });
  return [role, ...withFaults(given, startupFaults, (name) => kiamFlags.has(name))];
}

/** Puts the arguments at fault in, but for a flag of which the fault is that it is missing. */
function withFaults(
  given: readonly string[],
  faults: readonly StartupFault[],
  isFlag: (name: string) => boolean,
): readonly string[] {
  const faulty = faults
    .map(({ argument }) => argument)
    .filter((argument) => argument.includes('=') || !isFlag(argument.replace(/^--/, '')));
  return [...given.filter((argument) => !faulty.includes(argument)), ...faulty];
}
