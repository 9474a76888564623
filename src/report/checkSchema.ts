import * as v from 'valibot';
import type { Mechanism } from '../model/identity.ts';
import { workloadKinds, type WorkloadKind } from '../model/workload.ts';
import {
  conditionSchema,
  diagnosticSchema,
  findingSchema,
  identitySchema,
  positionSchema,
  type ConditionJson,
  type DiagnosticJson,
  type FindingJson,
  type IdentityJson,
  type PositionJson,
} from './answersSchema.ts';

/** Everything that `whichrole check --format json` prints. */
export interface CheckJson {
  /** Grows when a field changes its meaning or goes away, not when one is added. */
  readonly schemaVersion: 1;
  readonly verdict: 'passed' | 'failed';
  readonly failOn: string;
  readonly findings: readonly CheckedFindingJson[];
  readonly suppressed: readonly (CheckedFindingJson & { readonly suppression: SuppressionJson })[];
  readonly known: readonly CheckedFindingJson[];
  readonly unmet: readonly UnmetJson[];
  readonly errors: readonly DiagnosticJson[];
}

/** A finding, with the name by which it is known when lines have moved. */
export type CheckedFindingJson = FindingJson & { readonly fingerprint: string };

/** Why a finding is accepted, and where that is written. */
export interface SuppressionJson {
  readonly reason: string;
  readonly at?: PositionJson;
}

/** An outcome that is not as expected; one with several alternatives has an entry for each. */
export interface UnmetJson {
  readonly expectation: string;
  /** Where the expectation is written. */
  readonly at?: PositionJson;
  readonly namespace: string;
  readonly workload: { readonly kind: WorkloadKind; readonly name: string };
  readonly container: string;
  readonly identity: IdentityJson;
  readonly mechanism: Mechanism;
  readonly when: readonly ConditionJson[];
}

const text = v.string();

const checkedFinding: v.GenericSchema<CheckedFindingJson> = v.intersect([
  findingSchema,
  v.object({ fingerprint: v.pipe(text, v.description('stays when lines move')) }),
]);

const suppression: v.GenericSchema<SuppressionJson> = v.object({
  reason: text,
  at: v.exactOptional(v.pipe(positionSchema, v.description('where the suppression is written'))),
});

const unmet: v.GenericSchema<UnmetJson> = v.object({
  expectation: v.pipe(text, v.description('what was expected, in words; not stable')),
  at: v.exactOptional(v.pipe(positionSchema, v.description('where the expectation is written'))),
  namespace: text,
  workload: v.object({ kind: v.picklist(workloadKinds), name: text }),
  container: text,
  identity: identitySchema,
  mechanism: v.picklist(['irsa', 'podIdentity', 'kube2iam', 'kiam', 'imds', 'env', 'sharedFile', 'none']),
  when: v.pipe(v.array(conditionSchema), v.description('all of these must hold; empty means always')),
});

/** The shape of `whichrole check --format json`; docs/schema/check.schema.json is made from it. */
export const checkSchema: v.GenericSchema<CheckJson> = v.object({
  schemaVersion: v.literal(1),
  verdict: v.pipe(v.picklist(['passed', 'failed']), v.description('failed: the exit code is 1')),
  failOn: v.pipe(
    v.picklist(['privilege-escalation', 'wrong-identity', 'outage', 'latent', 'none']),
    v.description('the least severity that fails'),
  ),
  findings: v.pipe(v.array(checkedFinding), v.description('what is neither suppressed nor known')),
  suppressed: v.array(v.intersect([checkedFinding, v.object({ suppression })])),
  known: v.pipe(v.array(checkedFinding), v.description('what the baseline holds')),
  unmet: v.array(unmet),
  errors: v.pipe(v.array(diagnosticSchema), v.description('complaints about the input, notes too')),
});
