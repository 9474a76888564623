import type { KiamAgentFlags, KiamServerFlags } from '../../model/kiam.ts';
import type { Container } from '../../model/pod.ts';
import type { Field } from '../field.ts';
import { faultAt, type FieldFault, type GivenFlag } from '../kube2iam/pflag.ts';
import { kiamFlags, type KiamRole } from './flags.ts';

/** A reason to end between parsing the flags and serving, and the flag at fault. */
interface Broken {
  readonly flag: string;
  readonly message: string;
  readonly help?: string;
}

/**
 * Finds the flags that kiam cannot do without; a variable may stand in for one.
 *
 * @source alecthomas/kingpin:app.go `checkRequired`; uswitch/kiam:cmd/kiam/opts.go, cmd/kiam/agent.go
 */
export function missingFlags(
  role: KiamRole,
  given: readonly GivenFlag[],
  { env, envFrom }: Container,
  at: Field,
): readonly FieldFault[] {
  return [...kiamFlags].flatMap(([name, { of, required }]) => {
    if (!required || !of.includes(role) || given.some((flag) => flag.name === name)) return [];
    const variable = env.find((one) => one.name === required.env);
    const isEmpty = variable?.source.kind === 'value' && variable.source.value === '';
    if (required.env !== undefined && (envFrom.length > 0 || (variable && !isEmpty))) return [];
    return faultAt(
      { text: `--${name}`, field: at },
      'missingConfiguration',
      `required flag --${name} not provided`,
    );
  });
}

/** Finds what ends an agent before it serves. @source uswitch/kiam:pkg/server/gateway_builder.go (WithTLS) */
export function brokenAgent({ serverAddress, host, iptables }: KiamAgentFlags): readonly Broken[] {
  const isOpen = host === '' || host.includes('$(');
  return [
    ...(hasPort(serverAddress)
      ? []
      : [
          {
            flag: 'server-address',
            message: `error parsing hostname: address ${serverAddress}: missing port in address`,
          },
        ]),
    ...(iptables && !isOpen && !/^\d+\.\d+\.\d+\.\d+$/.test(host)
      ? [{ flag: 'host', message: `iptables: Bad IP address ${JSON.stringify(host)}` }]
      : []),
  ];
}

/** @source uswitch/kiam:pkg/aws/sts/credentials.go `AWSMinSessionDuration` */
const shortestSessionSeconds = 900;

/**
 * Finds what ends a server before it serves.
 *
 * @source uswitch/kiam:cmd/kiam/server.go (Run), pkg/server/server_builder.go (WithAWSSTSGateway: from v4.1 an
 * empty `--assume-role-arn` is resolved, which is an error); seen in recordings of v4.2
 */
export function brokenServer(flags: KiamServerFlags, image: string | undefined): readonly Broken[] {
  const { bind, roleBaseArn, roleBaseArnAutodetect, sessionDurationSeconds, assumeRoleArn } = flags;
  return [
    ...(roleBaseArn === '' && !roleBaseArnAutodetect
      ? [
          {
            flag: 'role-base-arn',
            message:
              'role-base-arn not specified and not auto-detected. please specify or use --role-base-arn-autodetect',
          },
        ]
      : []),
    ...(sessionDurationSeconds < shortestSessionSeconds
      ? [{ flag: 'session-duration', message: 'session-duration should be at least 15 minutes' }]
      : []),
    ...(assumeRoleArn === '' && resolvesOwnRole(image)
      ? [
          {
            flag: 'assume-role-arn',
            message: "error using AWS STS Gateway: role can't be empty",
            help: 'from v4.1 on kiam does not start without --assume-role-arn',
          },
        ]
      : []),
    ...(hasPort(bind)
      ? []
      : [
          {
            flag: 'bind',
            message: `error creating listener: listen tcp: address ${bind}: missing port in address`,
          },
        ]),
  ];
}

/** @source golang/go:src/net/ipsock.go `SplitHostPort` */
function hasPort(address: string): boolean {
  return /^(\[.*\]|[^:]*):[^:]*$/.test(address);
}

/** Tells whether the tag of an image is v4.1 or later; what is no version is not held to it. */
function resolvesOwnRole(image: string | undefined): boolean {
  const [, major, minor] = /:v?(\d+)\.(\d+)/.exec(image ?? '') ?? [];
  if (major === undefined) return false;
  return Number(major) > 4 || (Number(major) === 4 && Number(minor) >= 1);
}
