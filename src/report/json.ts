import { findingIdsByAnswer } from '../findings/examine.ts';
import type { Finding } from '../findings/finding.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Identity } from '../model/identity.ts';
import { describeRef, type SourcePosition } from '../model/objectRef.ts';
import { answerKey, type Answer, type Outcome } from '../resolve/answer.ts';
import type { FactCondition } from '../resolve/condition.ts';
import type {
  AnswerJson,
  AnswersJson,
  ConditionJson,
  DiagnosticJson,
  FindingJson,
  IdentityJson,
  IgnoredJson,
  OutcomeJson,
  PositionJson,
  TraceJson,
} from './answersSchema.ts';
import type { TraceNode } from './sentence.ts';
import { traceTree } from './traceTree.ts';
import { findingMessage } from './findingMessage.ts';

/** Everything that is to be told in JSON. */
export interface AnswersReport {
  readonly answers: readonly Answer[];
  readonly diagnostics: readonly Diagnostic[];
  readonly ignored: readonly IgnoredJson[];
  readonly findings: readonly Finding[];
  readonly trace: 'withTrace' | 'withoutTrace';
}

/**
 * Writes answers in the stable shape that docs/schema/answers.schema.json describes.
 */
export function answersToJson(report: AnswersReport): AnswersJson {
  const ids = findingIdsByAnswer(report.findings);
  return {
    schemaVersion: 1,
    answers: report.answers.map((answer) => answerToJson(answer, ids, report.trace)),
    findings: report.findings.map(findingToJson),
    errors: report.diagnostics.map(diagnosticToJson),
    ignored: report.ignored,
  };
}

function answerToJson(
  answer: Answer,
  ids: ReadonlyMap<string, readonly string[]>,
  trace: AnswersReport['trace'],
): AnswerJson {
  const { subject, sdk, outcomes, consulted, incomplete } = answer;
  return {
    namespace: subject.namespace,
    workload: subject.workload,
    container: subject.container.name,
    containerKind: subject.container.kind,
    ...atOf(subject.at.position),
    sdk: { family: sdk.family, version: sdk.version ?? null, basis: sdk.basis },
    outcomes: outcomes.flatMap((outcome) => outcomeToJson(outcome, trace)),
    consulted: consulted.map(({ question, value, basis }) => ({
      fact: question.name,
      ...scopeOf(question.scope),
      value,
      basis: basis.kind,
    })),
    incomplete,
    findings: ids.get(answerKey(answer)) ?? [],
  };
}

/** One entry for each alternative of the condition; the trace stands with the first, which it belongs to. */
function outcomeToJson(outcome: Outcome, trace: AnswersReport['trace']): readonly OutcomeJson[] {
  const { identity, mechanism, session, callerArn, when } = outcome;
  return when.map((conjunction, at) => ({
    identity: identityToJson(identity),
    mechanism,
    ...(session === undefined ? {} : { session }),
    ...(callerArn === undefined ? {} : { callerArn }),
    when: conjunction.map(conditionToJson),
    ...(trace === 'withTrace' && at === 0 ? detailsToJson(outcome) : {}),
  }));
}

function detailsToJson({ trace, cloudTrail }: Outcome): Pick<OutcomeJson, 'trace' | 'cloudTrail'> {
  return { trace: traceTree(trace).map(traceToJson), ...(cloudTrail === undefined ? {} : { cloudTrail }) };
}

/** Writes an identity in its stable shape. */
export function identityToJson(identity: Identity): IdentityJson {
  switch (identity.kind) {
    case 'role':
      return identity;
    case 'unnamedRole':
      return { kind: 'role', arn: null, note: identity.which, text: identity.text };
    case 'static': {
      const { accessKeyId } = identity;
      return { kind: 'static', ...(accessKeyId === undefined ? {} : { accessKeyId }) };
    }
    case 'none':
      return identity;
  }
}

/** Writes one fact of a condition as JSON. */
export function conditionToJson({ question, values, options, why }: FactCondition): ConditionJson {
  return { fact: question.name, ...scopeOf(question.scope), values, options, why };
}

function scopeOf(scope: string | undefined): { readonly scope?: string } {
  return scope === undefined ? {} : { scope };
}

/** Writes a position, where there is one. */
export function atOf(position: SourcePosition | undefined): { readonly at?: PositionJson } {
  return position === undefined ? {} : { at: position };
}

/** Writes a sentence of a trace, and what it consists of, as JSON. */
export function traceToJson({ text, at, source, inside }: TraceNode): TraceJson {
  return {
    text,
    ...(at === undefined ? {} : { object: describeRef(at), ...atOf(at.position) }),
    ...(source === undefined ? {} : { source }),
    ...(inside.length === 0 ? {} : { steps: inside.map(traceToJson) }),
  };
}

/** Writes a finding as JSON. */
export function findingToJson(finding: Finding): FindingJson {
  const { rule, severity, at, advice, answers } = finding;
  const subjects = answers.map(({ subject }) => `${subject.namespace}/${subject.workload.name}`);
  return {
    rule,
    severity,
    object: describeRef(at),
    ...atOf(at.position),
    message: findingMessage(finding),
    advice,
    workloads: [...new Set(subjects)],
  };
}

/** Writes a complaint about the input as JSON. */
export function diagnosticToJson({ position, object, ...diagnostic }: Diagnostic): DiagnosticJson {
  return { ...diagnostic, ...position, ...(object === undefined ? {} : { object: describeRef(object) }) };
}
