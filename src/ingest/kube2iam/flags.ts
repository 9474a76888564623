import type { Kube2iamFlags } from '../../model/kube2iam.ts';

/** The settings of the model whose value has the given type. */
type SettingOf<Value> = {
  [Key in keyof Kube2iamFlags]: Kube2iamFlags[Key] extends Value ? Key : never;
}[keyof Kube2iamFlags];

/**
 * One flag of the kube2iam program.
 *
 * `setting` names its place in the model; flags without one decide nothing about identities.
 */
export type FlagDefinition = { readonly meaning: string } & (
  | { readonly type: 'string'; readonly setting?: SettingOf<string> }
  | { readonly type: 'boolean'; readonly setting?: SettingOf<boolean> }
  | { readonly type: 'duration'; readonly setting?: SettingOf<number> }
  | { readonly type: 'port'; readonly setting?: SettingOf<number> }
);

/**
 * Every flag of kube2iam; none has a shorthand, none may be abbreviated. Anything else ends the process.
 *
 * @source jtblin/kube2iam:cmd/main.go `addFlags` (0.15.0 and five commits after it)
 */
export const flagDefinitions: ReadonlyMap<string, FlagDefinition> = new Map<string, FlagDefinition>([
  ['kubeconfig', { type: 'string', meaning: 'path to a kubeconfig' }],
  ['api-server', { type: 'string', meaning: 'endpoint of the API server; counts only with api-token' }],
  ['api-token', { type: 'string', meaning: 'token for the API server' }],
  ['app-port', { type: 'port', setting: 'appPort', meaning: 'port that it serves and redirects to' }],
  ['metrics-port', { type: 'string', meaning: 'port of the metrics' }],
  ['base-role-arn', { type: 'string', setting: 'baseRoleArn', meaning: 'what goes before a short name' }],
  ['debug', { type: 'boolean', setting: 'debug', meaning: 'serves /debug/store to every pod' }],
  [
    'default-role',
    { type: 'string', setting: 'defaultRole', meaning: 'role of pods that have no annotation' },
  ],
  ['iam-role-key', { type: 'string', setting: 'iamRoleKey', meaning: 'pod annotation with the role' }],
  [
    'iam-external-id',
    { type: 'string', setting: 'iamExternalIdKey', meaning: 'pod annotation with the external id' },
  ],
  [
    'iam-role-session-ttl',
    { type: 'duration', setting: 'iamRoleSessionTtlSeconds', meaning: 'half of the session asked for' },
  ],
  [
    'iam-role-error-ttl',
    {
      type: 'duration',
      setting: 'iamRoleErrorTtlSeconds',
      meaning: 'how long a failed AssumeRole is remembered',
    },
  ],
  ['insecure', { type: 'boolean', meaning: 'does not verify the TLS of the API server' }],
  ['metadata-addr', { type: 'string', setting: 'metadataAddress', meaning: 'address of the real IMDS' }],
  ['iptables', { type: 'boolean', setting: 'iptables', meaning: 'adds the redirecting rule' }],
  [
    'auto-discover-base-arn',
    { type: 'boolean', setting: 'autoDiscoverBaseArn', meaning: 'takes the base ARN from the IMDS' },
  ],
  [
    'auto-discover-default-role',
    { type: 'boolean', setting: 'autoDiscoverDefaultRole', meaning: 'takes the node role as default' },
  ],
  [
    'host-interface',
    { type: 'string', setting: 'hostInterface', meaning: 'interface whose packets are redirected' },
  ],
  [
    'namespace-restrictions',
    { type: 'boolean', setting: 'namespaceRestrictions', meaning: 'checks the namespace annotation' },
  ],
  [
    'namespace-restriction-format',
    { type: 'string', setting: 'namespaceRestrictionFormat', meaning: 'glob or regexp' },
  ],
  [
    'namespace-key',
    { type: 'string', setting: 'namespaceKey', meaning: 'namespace annotation with the allowed roles' },
  ],
  ['cache-resync-period', { type: 'duration', meaning: 'how often the caches are filled anew' }],
  [
    'resolve-duplicate-cache-ips',
    { type: 'boolean', setting: 'resolveDuplicateCacheIps', meaning: 'asks the API server about twins' },
  ],
  ['host-ip', { type: 'string', setting: 'hostIp', meaning: 'address that packets are redirected to' }],
  ['node', { type: 'string', setting: 'node', meaning: 'node whose pods it knows; every pod without it' }],
  ['backoff-max-interval', { type: 'duration', meaning: 'longest pause between lookups of a pod' }],
  ['backoff-max-elapsed-time', { type: 'duration', meaning: 'how long a pod is looked up' }],
  ['log-format', { type: 'string', meaning: 'text or json' }],
  ['log-level', { type: 'string', meaning: 'level of the log' }],
  [
    'use-regional-sts-endpoint',
    { type: 'boolean', setting: 'useRegionalStsEndpoint', meaning: 'asks the STS of AWS_REGION' },
  ],
  ['verbose', { type: 'boolean', meaning: 'logs more' }],
  ['version', { type: 'boolean', meaning: 'prints the version and ends' }],
]);

/** A name that people write although kube2iam has no such flag. */
export interface FlagMistake {
  /** The flag that was probably meant; absent when kube2iam can do nothing of the kind. */
  readonly meant?: string;
  readonly help: string;
  readonly source: string;
}

/** Names that were taken for flags in public manifests and texts, and what was probably meant. */
export const flagMistakes: ReadonlyMap<string, FlagMistake> = new Map<string, FlagMistake>([
  [
    'host.iptables',
    {
      meant: 'iptables',
      help: '`host.iptables` is a value of the Helm chart; the flag is `--iptables`',
      source: 'jtblin/kube2iam:charts/kube2iam/values.yaml',
    },
  ],
  [
    'host.interface',
    {
      meant: 'host-interface',
      help: '`host.interface` is a value of the Helm chart; the flag is `--host-interface`',
      source: 'jtblin/kube2iam:charts/kube2iam/values.yaml',
    },
  ],
  [
    'host.ip',
    {
      meant: 'host-ip',
      help: '`host.ip` is a value of the Helm chart; the flag is `--host-ip`',
      source: 'jtblin/kube2iam:charts/kube2iam/values.yaml',
    },
  ],
  [
    'host.port',
    {
      meant: 'app-port',
      help: '`host.port` is a value of the Helm chart; the flag is `--app-port`',
      source: 'jtblin/kube2iam:charts/kube2iam/values.yaml',
    },
  ],
  [
    'restrict-to-namespace',
    {
      meant: 'namespace-restrictions',
      help: 'restrictions are one switch, and each namespace lists its roles in an annotation',
      source: 'jtblin/kube2iam:README.md Namespace Restrictions',
    },
  ],
  [
    'iptables-additional-routes',
    {
      help: 'kube2iam adds exactly one rule, for all pods behind --host-interface; which pods get a role say the annotation iam.amazonaws.com/role and --namespace-restrictions, and a NetworkPolicy keeps pods away from 169.254.169.254',
      source: 'jtblin/kube2iam:iptables/iptables.go',
    },
  ],
  [
    'use-regional-sts',
    {
      meant: 'use-regional-sts-endpoint',
      help: 'it takes effect only when AWS_REGION is set',
      source: 'jtblin/kube2iam:cmd/main.go',
    },
  ],
]);
