import type { KiamAgentFlags, KiamServerFlags } from '../../model/kiam.ts';

/** The two processes of kiam that run for long; `health`, the third command, ends at once. */
export type KiamRole = 'agent' | 'server';

/** What kingpin makes of a value, or holds against it. */
export type KiamFlagType =
  | { readonly kind: 'text' | 'boolean' | 'integer' | 'duration' | 'regexp' }
  | { readonly kind: 'choice'; readonly among: readonly string[] };

/**
 * One flag of kiam.
 *
 * `setting` names its place in the model; flags without one decide nothing about identities.
 */
export interface KiamFlag {
  readonly of: readonly KiamRole[];
  readonly type: KiamFlagType;
  readonly setting?: keyof KiamAgentFlags | keyof KiamServerFlags;
  readonly meaning: string;
  /** Without it the process ends; `env`: the variable that can stand in for the flag. */
  readonly required?: { readonly env?: string };
}

const both: readonly KiamRole[] = ['agent', 'server'];
const agent: readonly KiamRole[] = ['agent'];
const server: readonly KiamRole[] = ['server'];
const text: KiamFlagType = { kind: 'text' };
const boolean: KiamFlagType = { kind: 'boolean' };
const integer: KiamFlagType = { kind: 'integer' };
const duration: KiamFlagType = { kind: 'duration' };
const level: KiamFlagType = { kind: 'choice', among: ['debug', 'info', 'warn', 'error'] };

/**
 * Every flag of kiam's agent and server. kingpin knows no abbreviation, and `--no-…` for each switch.
 *
 * @source uswitch/kiam:cmd/kiam/opts.go, cmd/kiam/agent.go, cmd/kiam/server.go (v4.2 and three commits after it)
 */
export const kiamFlags: ReadonlyMap<string, KiamFlag> = new Map<string, KiamFlag>([
  ['json-log', { of: both, type: boolean, meaning: 'writes its log as JSON' }],
  ['level', { of: both, type: level, meaning: 'level of the log' }],
  ['prometheus-listen-addr', { of: both, type: text, meaning: 'where it serves metrics' }],
  ['prometheus-sync-interval', { of: both, type: duration, meaning: 'how often it updates metrics' }],
  ['pprof-listen-addr', { of: both, type: text, meaning: 'where it serves profiles' }],
  ['cert', { of: both, type: text, required: {}, meaning: 'its certificate' }],
  ['key', { of: both, type: text, required: {}, meaning: 'its key' }],
  ['ca', { of: both, type: text, required: {}, meaning: 'the authority of the other side' }],
  ['grpc-keepalive-time-duration', { of: both, type: duration, meaning: 'gRPC keepalive' }],
  ['grpc-keepalive-timeout-duration', { of: both, type: duration, meaning: 'gRPC keepalive' }],
  ['grpc-keepalive-permit-without-stream', { of: agent, type: boolean, meaning: 'gRPC keepalive' }],
  [
    'server-address',
    { of: agent, type: text, setting: 'serverAddress', meaning: 'where the server is, as host:port' },
  ],
  ['server-address-refresh', { of: agent, type: duration, meaning: 'no longer used' }],
  ['gateway-timeout-creation', { of: agent, type: duration, meaning: 'how long it waits for the server' }],
  ['port', { of: agent, type: integer, setting: 'port', meaning: 'port that it serves and redirects to' }],
  ['allow-ip-query', { of: agent, type: boolean, meaning: 'takes the address of the pod from ?ip' }],
  [
    'allow-route-regexp',
    {
      of: agent,
      type: { kind: 'regexp' },
      setting: 'allowRouteRegexp',
      meaning: 'which other metadata goes on to IMDS; none by default',
    },
  ],
  ['iptables', { of: agent, type: boolean, setting: 'iptables', meaning: 'adds the redirecting rule' }],
  [
    'iptables-remove',
    { of: agent, type: boolean, setting: 'iptablesRemove', meaning: 'takes the rule away when it ends' },
  ],
  [
    'host',
    {
      of: agent,
      type: text,
      setting: 'host',
      required: { env: 'HOST_IP' },
      meaning: 'address that packets are redirected to',
    },
  ],
  [
    'host-interface',
    { of: agent, type: text, setting: 'hostInterface', meaning: 'interface whose packets are redirected' },
  ],
  ['fetchers', { of: server, type: integer, meaning: 'how many roles it fetches at a time' }],
  ['prefetch-buffer-size', { of: server, type: integer, meaning: 'how many new pods may wait for it' }],
  ['bind', { of: server, type: text, setting: 'bind', meaning: 'where it serves' }],
  ['kubeconfig', { of: server, type: text, meaning: 'path to a kubeconfig' }],
  ['sync', { of: server, type: duration, meaning: 'how often the caches are filled anew' }],
  [
    'role-base-arn',
    { of: server, type: text, setting: 'roleBaseArn', meaning: 'what goes before a short name' },
  ],
  [
    'role-base-arn-autodetect',
    {
      of: server,
      type: boolean,
      setting: 'roleBaseArnAutodetect',
      meaning: 'takes the base ARN from the IMDS',
    },
  ],
  [
    'disable-strict-namespace-regexp',
    {
      of: server,
      type: boolean,
      setting: 'disableStrictNamespaceRegexp',
      meaning: 'a part of the ARN may fit what a namespace permits',
    },
  ],
  ['session', { of: server, type: text, setting: 'session', meaning: 'name of the sessions' }],
  [
    'session-duration',
    { of: server, type: duration, setting: 'sessionDurationSeconds', meaning: 'length of the sessions' },
  ],
  ['session-refresh', { of: server, type: duration, meaning: 'how early sessions are made anew' }],
  [
    'assume-role-arn',
    { of: server, type: text, setting: 'assumeRoleArn', meaning: 'role that it takes before all others' },
  ],
  ['region', { of: server, type: text, meaning: 'asks the STS of that region' }],
  ['grpc-max-connection-idle-duration', { of: server, type: duration, meaning: 'gRPC connections' }],
  ['grpc-max-connection-age-duration', { of: server, type: duration, meaning: 'gRPC connections' }],
  ['grpc-max-connection-age-grace-duration', { of: server, type: duration, meaning: 'gRPC connections' }],
]);

/** Names that are taken for flags of kiam, and what does work. */
export const kiamFlagMistakes: ReadonlyMap<string, { readonly help: string; readonly source: string }> =
  new Map([
    [
      'iptables-additional-routes',
      {
        help: 'kiam adds exactly one rule for all pods behind --host-interface; which paths go on to IMDS says --allow-route-regexp',
        source: 'uswitch/kiam:cmd/kiam/iptables.go',
      },
    ],
    [
      'base-role-arn',
      {
        help: 'that is the flag of kube2iam; kiam has --role-base-arn',
        source: 'uswitch/kiam:cmd/kiam/server.go',
      },
    ],
    [
      'default-role',
      {
        help: 'kiam gives no role to a pod without annotation',
        source: 'uswitch/kiam:pkg/aws/metadata/handler_role_name.go',
      },
    ],
    [
      'namespace-restrictions',
      {
        help: 'kiam always asks the namespace, by its annotation iam.amazonaws.com/permitted',
        source: 'uswitch/kiam:pkg/server/policy.go',
      },
    ],
    [
      'app-port',
      { help: 'that is the flag of kube2iam; kiam has --port', source: 'uswitch/kiam:cmd/kiam/agent.go' },
    ],
    [
      'host-ip',
      { help: 'that is the flag of kube2iam; kiam has --host', source: 'uswitch/kiam:cmd/kiam/agent.go' },
    ],
  ]);
