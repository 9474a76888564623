import type { Kube2iamFlags } from '../../model/kube2iam.ts';
import { faultAt, type FieldFault, type GivenFlag } from './pflag.ts';
import { portNames } from './settings.ts';

/**
 * What a base ARN must look like; the same language as the program's own expression, which would take
 * exponential time on a long text that does not match.
 *
 * @source jtblin/kube2iam:iam/arn.go `ARNRegexp`
 */
const baseArnShape = /^arn:[\w-]*:iam::\d+:role\/?[\w\-/.]*$/;

/** As the program prints it. @source jtblin/kube2iam:iam/arn.go */
const baseArnExpression = String.raw`^arn:(\w|-)*:iam::\d+:role\/?(\w+|-|\/|\.)*$`;

/** @source sirupsen/logrus:logrus.go `ParseLevel`, which ignores case */
const logLevels = new Set(['panic', 'fatal', 'error', 'warn', 'warning', 'info', 'debug', 'trace']);

/** A rule that the program checks before it serves: the flag at fault, and the message. */
interface SettingRule {
  readonly flag: string;
  readonly broken: (flags: Kube2iamFlags, given: ReadonlyMap<string, GivenFlag>) => string | undefined;
  readonly source: string;
}

const rules: readonly SettingRule[] = [
  {
    flag: 'log-level',
    broken: (_, given) => {
      const level = given.get('log-level')?.value ?? 'info';
      if (logLevels.has(level.toLowerCase())) return undefined;
      return `not a valid logrus Level: ${JSON.stringify(level)}`;
    },
    source: 'sirupsen/logrus:logrus.go ParseLevel',
  },
  {
    flag: 'version',
    broken: (_, given) =>
      /^(1|t|true)$/i.test(given.get('version')?.value ?? '') ? 'prints its version and ends' : undefined,
    source: 'jtblin/kube2iam:version/version.go PrintVersionAndExit',
  },
  {
    flag: 'base-role-arn',
    broken: ({ baseRoleArn }) =>
      baseRoleArn === '' || baseArnShape.test(baseRoleArn)
        ? undefined
        : `Invalid --base-role-arn specified, expected: ${baseArnExpression}`,
    source: 'jtblin/kube2iam:cmd/main.go',
  },
  {
    flag: 'auto-discover-base-arn',
    broken: ({ autoDiscoverBaseArn, baseRoleArn }) =>
      autoDiscoverBaseArn && baseRoleArn !== ''
        ? '--auto-discover-base-arn cannot be used if --base-role-arn is specified'
        : undefined,
    source: 'jtblin/kube2iam:cmd/main.go',
  },
  {
    flag: 'auto-discover-default-role',
    broken: ({ autoDiscoverDefaultRole, defaultRole }) =>
      autoDiscoverDefaultRole && defaultRole !== ''
        ? 'You cannot use --default-role and --auto-discover-default-role at the same time'
        : undefined,
    source: 'jtblin/kube2iam:cmd/main.go',
  },
  {
    flag: 'host-ip',
    broken: ({ iptables, hostIp }) => (iptables && hostIp === '' ? '--host-ip must be set' : undefined),
    source: 'jtblin/kube2iam:iptables/iptables.go AddRule',
  },
  {
    flag: 'host-ip',
    broken: ({ iptables, hostIp }) =>
      iptables && hostIp !== '' && !/^\d+\.\d+\.\d+\.\d+$/.test(hostIp)
        ? `iptables: Bad IP address ${JSON.stringify(hostIp)}`
        : undefined,
    source: 'iptables extensions/libxt_DNAT.c: --to-destination of the IPv4 table',
  },
  {
    flag: 'host-interface',
    broken: ({ iptables, hostInterface }) =>
      iptables && hostInterface === '' ? 'route ip+net: invalid network interface name' : undefined,
    source: 'golang/go:src/net/interface.go InterfaceByName',
  },
  {
    flag: 'metadata-addr',
    broken: ({ iptables, metadataAddress }) =>
      iptables && (metadataAddress === '' || metadataAddress.includes(':'))
        ? `iptables: host/network ${JSON.stringify(metadataAddress)} not found`
        : undefined,
    source: 'iptables libxtables/xtables.c: -d of the IPv4 table',
  },
  {
    flag: 'app-port',
    broken: (_, given) => {
      const port = given.get('app-port')?.value ?? '';
      if (port === '' || portNames.has(port) || (/^\d+$/.test(port) && Number(port) <= 65535)) {
        return undefined;
      }
      const reason = /^\d+$/.test(port)
        ? `address ${port}: invalid port`
        : `lookup tcp/${port}: unknown port`;
      return `Error creating kube2iam http server: listen tcp: ${reason}`;
    },
    source: 'jtblin/kube2iam:server/server.go Run',
  },
];

/**
 * Finds the reasons for which the program ends between parsing its flags and serving.
 *
 * @param undetermined - names of flags whose value the input does not show; no rule is held against them
 */
export function checkSettings(
  flags: Kube2iamFlags,
  given: readonly GivenFlag[],
  undetermined: ReadonlySet<string>,
  otherwiseAt: GivenFlag['field'],
): readonly FieldFault[] {
  const last = new Map(given.map((flag) => [flag.name, flag]));
  return rules.flatMap((rule) => {
    if (undetermined.has(rule.flag)) return [];
    const message = rule.broken(flags, last);
    if (message === undefined) return [];
    const flag = last.get(rule.flag);
    const argument = flag
      ? { text: `--${flag.name}=${flag.value}`, field: flag.field }
      : { text: `--${rule.flag}`, field: otherwiseAt };
    return faultAt(argument, flag ? 'badValue' : 'missingConfiguration', message);
  });
}
