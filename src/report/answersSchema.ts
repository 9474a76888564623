import * as v from 'valibot';
import type { Severity } from '../findings/finding.ts';
import { factDefinitions, type FactName } from '../model/factDefinitions.ts';
import type { Mechanism } from '../model/identity.ts';
import { sdkFamilies, type SdkFamily } from '../model/sdk.ts';
import type { CloudTrailView } from '../services/cloudTrail.ts';
import { workloadKinds, type WorkloadKind } from '../model/workload.ts';
import { cloudTrailSchema } from './cloudTrailSchema.ts';

/** Everything that `--output json` prints. */
export interface AnswersJson {
  /** Grows when a field changes its meaning or goes away, not when one is added. */
  readonly schemaVersion: 1;
  readonly answers: readonly AnswerJson[];
  readonly findings: readonly FindingJson[];
  readonly errors: readonly DiagnosticJson[];
  readonly ignored: readonly IgnoredJson[];
}

/** The answer for one container and one SDK. */
export interface AnswerJson {
  readonly namespace: string;
  readonly workload: { readonly kind: WorkloadKind; readonly name: string };
  readonly container: string;
  readonly containerKind: 'init' | 'sidecar' | 'app' | 'ephemeral';
  readonly at?: PositionJson;
  readonly sdk: {
    readonly family: SdkFamily;
    /** Null: the newest known behaviour is meant. */
    readonly version: string | null;
    readonly basis: 'stated' | 'notStated';
  };
  readonly outcomes: readonly OutcomeJson[];
  readonly consulted: readonly ConsultedJson[];
  readonly incomplete: boolean;
  readonly findings: readonly string[];
}

/** One identity and when it comes about; an identity with several alternatives has an entry for each. */
export interface OutcomeJson {
  readonly identity: IdentityJson;
  readonly mechanism: Mechanism;
  readonly session?: string;
  readonly callerArn?: string;
  /** All of these must hold; empty means always. */
  readonly when: readonly ConditionJson[];
  readonly trace?: readonly TraceJson[];
  readonly cloudTrail?: CloudTrailView;
}

/** An identity. A role whose ARN is not known has `arn: null` and a note that says why. */
export type IdentityJson =
  | {
      readonly kind: 'role';
      readonly arn: string | null;
      readonly note?: 'nodeRole' | 'placeholder';
      readonly text?: string;
    }
  | { readonly kind: 'static'; readonly accessKeyId?: string }
  | { readonly kind: 'none'; readonly error: string };

/** One fact that must have one of these values. */
export interface ConditionJson {
  readonly fact: FactName;
  readonly scope?: string;
  readonly values: readonly string[];
  readonly options: readonly string[];
  readonly why: 'open' | 'fault';
}

/** A fact that had one value throughout, and where the value came from. */
export interface ConsultedJson {
  readonly fact: FactName;
  readonly scope?: string;
  readonly value: string;
  readonly basis: 'stated' | 'input' | 'assumed' | 'open';
}

/** A step of the way to an outcome, with the steps inside it. */
export interface TraceJson {
  readonly text: string;
  readonly object?: string;
  readonly at?: PositionJson;
  readonly source?: string;
  readonly steps?: readonly TraceJson[];
}

/** A place in a file; lines and columns count from 1. */
export interface PositionJson {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A conflict that was found. */
export interface FindingJson {
  readonly rule: string;
  readonly severity: Severity;
  readonly object: string;
  readonly at?: PositionJson;
  readonly message: string;
  readonly advice: string;
  /** `namespace/name` of each workload that it concerns. */
  readonly workloads: readonly string[];
}

/** A complaint about the input. */
export interface DiagnosticJson {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'note';
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly object?: string;
  readonly field?: string;
  readonly expected?: string;
  readonly nearest?: string;
  readonly help?: string;
}

/** Objects of the input that whichrole has no use for. */
export interface IgnoredJson {
  readonly kind: string;
  readonly count: number;
}

const text = v.string();
const texts = v.array(text);
const factName = v.pipe(
  v.picklist([...factDefinitions.keys()]),
  v.description('the name of a fact, as --assume takes it'),
);
const scope = v.pipe(text, v.description('what the fact is about: a role ARN, a node, a pod'));

/** The schema of {@link PositionJson}. */
export const positionSchema: v.GenericSchema<PositionJson> = v.pipe(
  v.object({ file: text, line: v.number(), column: v.number() }),
  v.description('a place in the input; lines and columns count from 1'),
);

const traceSchema: v.GenericSchema<TraceJson> = v.object({
  text: v.pipe(text, v.description('what happened, in words; not stable')),
  object: v.exactOptional(
    v.pipe(text, v.description('the object that decided, as `ServiceAccount pay/api`')),
  ),
  at: v.exactOptional(positionSchema),
  source: v.exactOptional(v.pipe(text, v.description('where the rule is known from'))),
  steps: v.exactOptional(v.array(v.lazy(() => traceSchema))),
});

/** The schema of {@link IdentityJson}. */
export const identitySchema: v.GenericSchema<IdentityJson> = v.variant('kind', [
  v.object({
    kind: v.literal('role'),
    arn: v.pipe(v.nullable(text), v.description('null when the input does not state which role it is')),
    note: v.exactOptional(v.picklist(['nodeRole', 'placeholder'])),
    text: v.exactOptional(v.pipe(text, v.description('the node, or the placeholder that nobody filled in'))),
  }),
  v.object({ kind: v.literal('static'), accessKeyId: v.exactOptional(text) }),
  v.object({
    kind: v.literal('none'),
    error: v.pipe(text, v.description('what the application sees')),
  }),
]);

/** The schema of {@link ConditionJson}. */
export const conditionSchema: v.GenericSchema<ConditionJson> = v.object({
  fact: factName,
  scope: v.exactOptional(scope),
  values: v.pipe(texts, v.description('the fact has one of these values')),
  options: v.pipe(texts, v.description('all values that were looked at')),
  why: v.pipe(
    v.picklist(['open', 'fault']),
    v.description('open: nothing states the fact. fault: the first option is known, and something broke'),
  ),
});

const outcomeSchema = v.object({
  identity: identitySchema,
  mechanism: v.picklist(['irsa', 'podIdentity', 'kube2iam', 'kiam', 'imds', 'env', 'sharedFile', 'none']),
  session: v.exactOptional(v.pipe(text, v.description('the name of the role session, or its pattern'))),
  callerArn: v.exactOptional(v.pipe(text, v.description('the Arn of `aws sts get-caller-identity`'))),
  when: v.pipe(v.array(conditionSchema), v.description('all of these must hold; empty means always')),
  trace: v.exactOptional(v.array(traceSchema)),
  cloudTrail: v.exactOptional(cloudTrailSchema),
});

const answerSchema = v.object({
  namespace: text,
  workload: v.object({ kind: v.picklist(workloadKinds), name: text }),
  container: text,
  containerKind: v.picklist(['init', 'sidecar', 'app', 'ephemeral']),
  at: v.exactOptional(positionSchema),
  sdk: v.object({
    family: v.picklist(sdkFamilies),
    version: v.pipe(v.nullable(text), v.description('null: the newest known behaviour is meant')),
    basis: v.pipe(
      v.picklist(['stated', 'notStated']),
      v.description('notStated: nobody said which SDK the container uses; there is an answer for each'),
    ),
  }),
  outcomes: v.pipe(v.array(outcomeSchema), v.description('the first is what comes about without surprises')),
  consulted: v.array(
    v.object({
      fact: factName,
      scope: v.exactOptional(scope),
      value: text,
      basis: v.picklist(['stated', 'input', 'assumed', 'open']),
    }),
  ),
  incomplete: v.pipe(v.boolean(), v.description('some combinations were left out: there were too many')),
  findings: v.pipe(texts, v.description('ids of the findings that concern this answer')),
});

/** The schema of {@link FindingJson}. */
export const findingSchema: v.GenericSchema<FindingJson> = v.object({
  rule: v.pipe(text, v.description('stable id')),
  severity: v.picklist(['privilegeEscalation', 'wrongIdentity', 'outage', 'latent']),
  object: v.pipe(text, v.description('the object at fault')),
  at: v.exactOptional(positionSchema),
  message: text,
  advice: text,
  workloads: v.pipe(texts, v.description('namespace/name of each workload that it concerns')),
});

/** The schema of {@link DiagnosticJson}. */
export const diagnosticSchema: v.GenericSchema<DiagnosticJson> = v.object({
  code: v.pipe(text, v.description('stable')),
  severity: v.picklist(['error', 'warning', 'note']),
  message: text,
  file: v.exactOptional(text),
  line: v.exactOptional(v.number()),
  column: v.exactOptional(v.number()),
  object: v.exactOptional(text),
  field: v.exactOptional(text),
  expected: v.exactOptional(text),
  nearest: v.exactOptional(text),
  help: v.exactOptional(text),
});

/**
 * The shape of `--output json`; docs/schema/answers.schema.json is made from it.
 */
export const answersSchema: v.GenericSchema<AnswersJson> = v.object({
  schemaVersion: v.literal(1),
  answers: v.array(answerSchema),
  findings: v.array(findingSchema),
  errors: v.array(diagnosticSchema),
  ignored: v.array(v.object({ kind: text, count: v.number() })),
});
