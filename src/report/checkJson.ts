import { fingerprintsOf } from '../findings/fingerprint.ts';
import type { UnmetExpectation } from '../findings/expectations.ts';
import type { Finding } from '../findings/finding.ts';
import { severityWords, type CheckReport } from './checkReport.ts';
import type { CheckedFindingJson, CheckJson, UnmetJson } from './checkSchema.ts';
import { expectationWords } from './expectationText.ts';
import { atOf, conditionToJson, diagnosticToJson, findingToJson, identityToJson } from './json.ts';

/** Writes a check in the stable shape that docs/schema/check.schema.json describes. */
export function checkToJson(report: CheckReport): CheckJson {
  const { findings, suppressed, known, threshold, verdict, expectations, diagnostics } = report;
  const accepted = withFingerprints(suppressed.map(({ finding }) => finding));
  return {
    schemaVersion: 1,
    verdict,
    failOn: threshold === 'none' ? 'none' : severityWords[threshold],
    findings: withFingerprints(findings),
    suppressed: suppressed.flatMap(({ suppression: { reason, ref } }, at) => {
      const finding = accepted[at];
      return finding ? { ...finding, suppression: { reason, ...atOf(ref.position) } } : [];
    }),
    known: withFingerprints(known),
    unmet: expectations.unmet.flatMap(unmetToJson),
    errors: diagnostics.map(diagnosticToJson),
  };
}

function withFingerprints(findings: readonly Finding[]): readonly CheckedFindingJson[] {
  const fingerprints = fingerprintsOf(findings);
  return findings.map((finding, at) => ({
    ...findingToJson(finding),
    fingerprint: fingerprints[at] ?? '',
  }));
}

function unmetToJson({ expectation, overview, outcome }: UnmetExpectation): readonly UnmetJson[] {
  const { namespace, workload, container } = overview.subject;
  return outcome.when.map((conjunction) => ({
    expectation: expectationWords(expectation),
    ...atOf(expectation.ref.position),
    namespace,
    workload,
    container: container.name,
    identity: identityToJson(outcome.identity),
    mechanism: outcome.mechanism,
    when: conjunction.map(conditionToJson),
  }));
}
