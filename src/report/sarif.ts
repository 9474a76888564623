import { rules } from '../findings/examine.ts';
import type { Finding, Rule } from '../findings/finding.ts';
import { fingerprintsOf, hashOf } from '../findings/fingerprint.ts';
import type { UnmetExpectation } from '../findings/expectations.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { JsonObject } from '../model/jsonObject.ts';
import { describeRef, type ObjectRef, type SourcePosition } from '../model/objectRef.ts';
import type { Suppression } from '../model/suppression.ts';
import { containerWords, placeOf, severityWords, type CheckReport } from './checkReport.ts';
import { expectationWords, unmetText } from './expectationText.ts';
import { identityWords } from './identityWords.ts';
import { sourceUrl } from './sourceUrl.ts';
import { findingMessage } from './findingMessage.ts';

type Result = JsonObject & { readonly ruleId: string };

/** Names the fingerprint of this tool among those of a result; the number grows when its making changes. */
const fingerprintName = 'whichrole/v1';

/** The rule of results about expectations, which no rule of the catalogue finds. */
const unmetRule = 'unmet-expectation';

/**
 * Writes a check as a SARIF log with one run.
 *
 * What is suppressed or in the baseline is a result too, with its suppression; complaints about the input are
 * notifications of the run.
 *
 * @source https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function checkToSarif(report: CheckReport, toolVersion: string): JsonObject {
  const { expectations, diagnostics } = report;
  const results = [...findingResults(report), ...expectations.unmet.map(unmetResult)];
  const used = new Set(results.map(({ ruleId }) => ruleId));
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'whichrole',
            semanticVersion: toolVersion,
            rules: [
              ...rules.filter(({ id }) => used.has(id)).map(descriptorOf),
              ...(used.has(unmetRule) ? [unmetDescriptor] : []),
            ],
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [
          { executionSuccessful: true, toolExecutionNotifications: diagnostics.map(notificationOf) },
        ],
        results,
      },
    ],
  };
}

function descriptorOf({ id, title, severity, expects, gets, source }: Rule): JsonObject {
  const url = sourceUrl(source);
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: `Expected: ${expects}. Instead: ${gets}.` },
    help: { text: `Expected: ${expects}. Instead: ${gets}. Known from: ${source}` },
    ...(url === undefined ? {} : { helpUri: url }),
    defaultConfiguration: { level: levelOf(severity) },
    properties: { tags: ['security', severityWords[severity]] },
  };
}

const unmetDescriptor: JsonObject = {
  id: unmetRule,
  shortDescription: { text: 'an expectation of whichrole.yaml is not met' },
  defaultConfiguration: { level: 'error' },
};

function levelOf(severity: Finding['severity']): 'error' | 'warning' {
  return severity === 'latent' ? 'warning' : 'error';
}

/** Left, suppressed and known findings are numbered together, so that no two have one fingerprint. */
function findingResults({ findings, suppressed, known, baselineFile }: CheckReport): readonly Result[] {
  const [fresh, unchanged] =
    baselineFile === undefined ? [{}, {}] : [{ baselineState: 'new' }, { baselineState: 'unchanged' }];
  const justification = `in the baseline ${baselineFile ?? ''}`;
  const all: readonly (readonly [Finding, JsonObject])[] = [
    ...findings.map((finding) => [finding, fresh] as const),
    ...suppressed.map(
      ({ finding, suppression }) =>
        [finding, { ...fresh, suppressions: [suppressionOf(suppression)] }] as const,
    ),
    ...known.map(
      (finding) =>
        [
          finding,
          { ...unchanged, suppressions: [{ kind: 'external', status: 'accepted', justification }] },
        ] as const,
    ),
  ];
  const fingerprints = fingerprintsOf(all.map(([finding]) => finding));
  return all.map(([finding, more], at) => ({
    ruleId: finding.rule,
    level: levelOf(finding.severity),
    message: {
      text:
        finding.advice === ''
          ? findingMessage(finding)
          : `${findingMessage(finding)}. Fix: ${finding.advice}`,
    },
    locations: [locationOf(finding.at, placeOf(finding))],
    partialFingerprints: { [fingerprintName]: fingerprints[at] ?? '' },
    ...more,
  }));
}

function unmetResult(unmet: UnmetExpectation): Result {
  const { expectation, overview, outcome } = unmet;
  const key = [expectationWords(expectation), containerWords(overview), identityWords(outcome.identity)];
  return {
    ruleId: unmetRule,
    level: 'error',
    message: { text: unmetText(unmet) },
    locations: [locationOf(expectation.ref, expectation.ref.position)],
    partialFingerprints: { [fingerprintName]: `${hashOf(JSON.stringify(key))}:1` },
  };
}

function suppressionOf({ covers, reason, ref }: Suppression): JsonObject {
  return {
    kind: covers.kind === 'object' ? 'inSource' : 'external',
    status: 'accepted',
    justification: reason,
    location: locationOf(ref, ref.position),
  };
}

function notificationOf({ code, severity, message, position, help }: Diagnostic): JsonObject {
  return {
    descriptor: { id: code },
    level: severity,
    message: { text: help === undefined ? message : `${message}. ${help}` },
    ...(position ? { locations: [physical(position)].filter(isSomewhere) } : {}),
  };
}

function locationOf(at: ObjectRef, position: SourcePosition | undefined): JsonObject {
  const fullyQualifiedName = describeRef(at);
  const field = at.field === undefined ? {} : { decoratedName: `${fullyQualifiedName}: ${at.field}` };
  return {
    ...(position ? physical(position) : {}),
    logicalLocations: [{ name: at.name, fullyQualifiedName, ...field, kind: 'resource' }],
  };
}

/** Standard input is no file to point at. */
function physical({ file, line, column }: SourcePosition): JsonObject {
  if (file === '-') return {};
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(file) },
      region: { startLine: line, startColumn: column },
    },
  };
}

function isSomewhere(location: JsonObject): boolean {
  return Object.keys(location).length > 0;
}

/** A path as a URI reference: relative paths stay relative, to the folder in which the command ran. */
function uriOf(file: string): string {
  const path = file.replaceAll('\\', '/').split('/').map(encodePart).join('/');
  if (path.startsWith('/')) return `file://${path}`;
  const drive = /^([A-Za-z])%3A\//.exec(path);
  return drive ? `file:///${drive[1]}:${path.slice(drive[0].length - 1)}` : path;
}

/** Half a surrogate pair cannot be encoded. */
function encodePart(part: string): string {
  return encodeURIComponent(part.replace(/\p{Surrogate}/gu, '\uFFFD'));
}
