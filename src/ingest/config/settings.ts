import * as v from 'valibot';
import { cniIds, type CniId } from '../../model/cni.ts';
import type { Expectation } from '../../model/expectation.ts';
import { type StatedFact } from '../../model/fact.ts';
import { factDefinitions, type FactName } from '../../model/factDefinitions.ts';
import type { Labels } from '../../model/labels.ts';
import type { ClusterNode, ImdsOptions } from '../../model/node.ts';
import type { ObjectRef } from '../../model/objectRef.ts';
import type { Suppression } from '../../model/suppression.ts';
import type { Cluster, SdkStatement } from '../../model/world.ts';

/** The `apiVersion` by which a settings file is recognised under any name. */
export const settingsVersion = 'whichrole.dev/v1';

/** The metadata options as `whichrole.yaml` states them. */
export type ImdsSetting = Omit<ImdsOptions, 'ref'>;

/** A node, or every node with some labels, as `whichrole.yaml` states it. */
export interface NodeSetting {
  readonly name?: string;
  readonly matchLabels?: Labels;
  readonly role?: string;
  readonly imds?: ImdsSetting;
  readonly compute?: ClusterNode['compute'];
}

/** An entry of `expect`. */
export interface ExpectationSetting {
  readonly workload?: string;
  readonly namespace?: string;
  readonly role?: string;
  readonly never?: string;
  readonly underFaults?: number;
}

/** The contents of `whichrole.yaml`. */
export interface SettingsFile {
  readonly $schema?: string;
  readonly apiVersion?: typeof settingsVersion;
  readonly kind?: 'Settings';
  readonly cluster?: Partial<Omit<Cluster, 'ref'>>;
  readonly cni?: CniId;
  readonly nodeRole?: string;
  readonly imds?: ImdsSetting;
  readonly nodes?: readonly NodeSetting[];
  readonly sdks?: readonly {
    readonly namespace?: string;
    readonly workload?: string;
    readonly container?: string;
    readonly sdk: string;
  }[];
  readonly kube2iam?: {
    readonly installed?: boolean;
    readonly daemon?: string;
    readonly rule?: string;
  };
  readonly podIdentityAgent?: string;
  readonly webhook?: string;
  readonly sts?: string;
  readonly facts?: Readonly<Record<string, string | number>>;
  readonly expect?: readonly ExpectationSetting[];
  readonly suppress?: readonly { readonly rule: string; readonly object: string; readonly reason: string }[];
}

/** What a settings file comes to, with the place of each statement. */
export interface Settings {
  readonly cluster?: Partial<Cluster>;
  readonly nodeRole?: { readonly arn: string; readonly ref: ObjectRef };
  readonly imds?: ImdsOptions;
  readonly nodes: readonly (NodeSetting & { readonly ref: ObjectRef })[];
  readonly sdkStatements: readonly SdkStatement[];
  readonly facts: readonly StatedFact[];
  readonly expectations: readonly Expectation[];
  readonly suppressions: readonly Suppression[];
}

/** A choice among the values that a fact can have. */
const choiceOf = (name: FactName): v.PicklistSchema<readonly string[], undefined> =>
  v.picklist(factDefinitions.get(name)?.options ?? []);

const described = <Schema extends v.GenericSchema>(
  schema: Schema,
  description: string,
): v.SchemaWithPipe<readonly [Schema, v.DescriptionAction<v.InferOutput<Schema>, string>]> =>
  v.pipe(schema, v.description(description)) as never;

const roleArn = v.pipe(
  v.string(),
  v.regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, 'not the ARN of a role'),
  v.description('the ARN of an IAM role'),
);

const imds = v.strictObject({
  httpEndpoint: v.exactOptional(v.picklist(['enabled', 'disabled'])),
  httpTokens: v.exactOptional(v.picklist(['optional', 'required'])),
  httpPutResponseHopLimit: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64))),
  httpProtocolIpv6: v.exactOptional(v.picklist(['enabled', 'disabled'])),
});

/** The schema of `whichrole.yaml`. It is published as `docs/schema/config.schema.json`. */
export const settingsSchema: v.GenericSchema<unknown, SettingsFile> = v.strictObject({
  $schema: v.exactOptional(v.string()),
  apiVersion: v.exactOptional(v.literal(settingsVersion)),
  kind: v.exactOptional(v.literal('Settings')),
  cluster: v.exactOptional(
    described(
      v.strictObject({
        name: v.exactOptional(v.string()),
        accountId: v.exactOptional(v.pipe(v.string(), v.regex(/^\d{12}$/, 'not 12 digits'))),
        region: v.exactOptional(v.string()),
        partition: v.exactOptional(v.picklist(['aws', 'aws-cn', 'aws-us-gov'])),
        oidcIssuer: v.exactOptional(v.string()),
        ipFamily: v.exactOptional(v.picklist(['ipv4', 'ipv6'])),
        kubernetesVersion: v.exactOptional(
          v.pipe(v.string(), v.regex(/^1\.\d+$/, 'not a version such as `1.29`')),
        ),
      }),
      'facts of the cluster as a whole',
    ),
  ),
  cni: v.exactOptional(described(v.picklist(cniIds), 'the CNI and what enforces NetworkPolicy')),
  nodeRole: v.exactOptional(roleArn),
  imds: v.exactOptional(described(imds, 'metadata options of every node that states none itself')),
  nodes: v.exactOptional(
    described(
      v.array(
        v.strictObject({
          name: v.exactOptional(v.string()),
          matchLabels: v.exactOptional(v.record(v.string(), v.string())),
          role: v.exactOptional(roleArn),
          imds: v.exactOptional(imds),
          compute: v.exactOptional(v.picklist(['ec2', 'fargate'])),
        }),
      ),
      'nodes by name or by labels; one that no Node object shows is added',
    ),
  ),
  sdks: v.exactOptional(
    described(
      v.array(
        v.strictObject({
          namespace: v.exactOptional(v.string()),
          workload: v.exactOptional(v.string()),
          container: v.exactOptional(v.string()),
          sdk: described(v.string(), 'family and perhaps version, as `java-v2@2.20.0`'),
        }),
      ),
      'which SDK a container uses; the last statement that matches wins',
    ),
  ),
  kube2iam: v.exactOptional(
    v.strictObject({
      installed: v.exactOptional(described(v.boolean(), 'whether it runs although no manifest is given')),
      daemon: v.exactOptional(choiceOf('kube2iam.daemon')),
      rule: v.exactOptional(choiceOf('kube2iam.rule')),
    }),
  ),
  podIdentityAgent: v.exactOptional(choiceOf('podIdentityAgent')),
  webhook: v.exactOptional(choiceOf('webhook')),
  sts: v.exactOptional(choiceOf('sts')),
  facts: v.exactOptional(
    described(
      v.record(v.string(), v.union([v.string(), v.number()])),
      'any fact by name, or by name and scope, as `--assume` takes it',
    ),
  ),
  expect: v.exactOptional(
    described(
      v.array(
        v.strictObject({
          workload: v.exactOptional(
            described(v.string(), '`namespace/name` or `namespace/kind/name`, perhaps with *'),
          ),
          namespace: v.exactOptional(described(v.string(), 'all pods of a namespace, perhaps with *')),
          role: v.exactOptional(
            described(v.string(), 'what each gets: a role by name or ARN, none, or node-role'),
          ),
          never: v.exactOptional(
            described(v.string(), 'what none gets: a role by name or ARN, none, or node-role'),
          ),
          underFaults: v.exactOptional(
            described(
              v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(3)),
              'how many known things may break at the same time',
            ),
          ),
        }),
      ),
      'what the identities have to be, whatever is not known; without workload and namespace it is of every pod',
    ),
  ),
  suppress: v.exactOptional(
    described(
      v.array(
        v.strictObject({
          rule: described(v.string(), 'the id of a rule'),
          object: described(v.string(), 'the object as findings name it, perhaps with *'),
          reason: described(v.pipe(v.string(), v.regex(/\S/, 'not a reason')), 'why the finding is accepted'),
        }),
      ),
      'findings that are accepted; for objects of Kubernetes there is the annotation whichrole.dev/ignore',
    ),
  ),
});
