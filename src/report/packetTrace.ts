import type { Diagnostic } from '../model/diagnostic.ts';
import { describePosition, describeRef } from '../model/objectRef.ts';
import type { Destination, PacketPath } from '../network/path.ts';
import type { PacketOutcome, PacketTrace } from '../resolve/tracePacket.ts';
import { placementSentence } from './admissionSentences.ts';
import type { ConditionJson, DiagnosticJson, TraceJson } from './answersSchema.ts';
import { assumptionLines } from './assumptions.ts';
import { conditionWords } from './conditions.ts';
import { conditionToJson, diagnosticToJson, traceToJson } from './json.ts';
import { paint, wrapText, type StyledText } from './layout.ts';
import { pathSentence } from './pathSentences.ts';
import type { Screen } from './screen.ts';
import { node, say, type TraceNode } from './sentence.ts';
import { destinationWords, wayEnd } from './traceTree.ts';
import { renderFootnotes, renderTree, type Footnotes } from './tree.ts';

/** What `trace --output json` prints. */
export interface PacketTraceJson {
  readonly schemaVersion: 1;
  readonly from: {
    readonly namespace: string;
    readonly workload: { readonly kind: string; readonly name: string };
  };
  readonly to: Destination;
  readonly outcomes: readonly PacketOutcomeJson[];
  readonly incomplete: boolean;
  readonly errors: readonly DiagnosticJson[];
}

/** One way of the packet; a way with several alternative conditions has an entry for each. */
export interface PacketOutcomeJson {
  readonly end: 'arrives' | 'dropped' | 'refused';
  readonly receiver?: 'imds' | 'kube2iam' | 'podIdentityAgent' | 'outside' | (string & {});
  /** Under whose address a daemon on the node sees the packet. */
  readonly seenAs?: 'pod' | 'node';
  /** Hops that the answer travels. */
  readonly hops?: number;
  readonly when: readonly ConditionJson[];
  readonly steps: readonly StationJson[];
}

/** One station: in words, and as data. */
export interface StationJson extends TraceJson {
  readonly hook: string;
  readonly station?: string;
  readonly action: string;
  readonly reason: string;
  readonly rule?: string;
}

/** Writes where packets go as text: every way with its stations. */
export function renderPacketTrace(trace: PacketTrace, screen: Screen): string {
  const { workload, to, outcomes, incomplete } = trace;
  const at = workload.ref.position ? ` (${describePosition(workload.ref.position)})` : '';
  const title: StyledText = [
    { text: `${describeRef(workload.ref)} to ${destinationWords(to)}`, style: 'bold' },
    { text: at, style: 'cyan' },
  ];
  const footnotes: Footnotes = { sources: [] };
  const blocks = outcomes.map((outcome) => outcomeBlock(to, outcome, screen, footnotes));
  const rest: StyledText = [{ text: 'some combinations were left out: there are too many', style: 'yellow' }];
  return [
    paintAll(wrapText(title, screen.width), screen),
    ...blocks,
    renderFootnotes(footnotes, screen),
    ...(incomplete ? [paintAll([rest], screen)] : []),
    paintAll(assumptionLines([trace], screen.width), screen),
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

function outcomeBlock(to: Destination, outcome: PacketOutcome, screen: Screen, footnotes: Footnotes): string {
  const { placement, path, when } = outcome;
  const { text, tone } = wayEnd(to, path);
  const condition = conditionWords(when);
  const head: StyledText = [
    { text, style: tone === 'bad' ? 'red' : 'green' },
    ...(condition === undefined ? [] : [{ text: ` ${condition}`, style: 'yellow' } as const]),
  ];
  const lines = wrapText(head, screen.width - 3).map((line, at): StyledText => [
    { text: at === 0 ? '=> ' : '   ' },
    ...line,
  ]);
  const nodes = [
    node(placementSentence(placement)),
    ...path.steps.map((step) => node(pathSentence(step))),
    ...hopNode(path),
  ];
  return `${paintAll(lines, screen)}\n${renderTree(nodes, screen, footnotes)}`;
}

/** The limit is on the answer to an IMDSv2 token request alone, and IMDS alone has one. */
function hopNode({ end }: PacketPath): readonly TraceNode[] {
  if (end.kind !== 'arrives' || end.at.kind !== 'imds') return [];
  const hops = end.hops === 1 ? '1 hop' : `${end.hops} hops`;
  const source = 'EC2 user guide, HttpPutResponseHopLimit; measured with packets';
  const text = `way back: ${hops}, so an IMDSv2 token needs a hop limit of ${end.hops} or more`;
  return [node(say('aside', text, { source }))];
}

function paintAll(lines: readonly StyledText[], { palette }: Screen): string {
  return lines.map((line) => paint(line, palette).trimEnd()).join('\n');
}

/** Writes where packets go as JSON. */
export function packetTraceToJson(
  { workload, to, outcomes, incomplete }: PacketTrace,
  diagnostics: readonly Diagnostic[],
): PacketTraceJson {
  const { namespace, kind, name } = workload;
  return {
    schemaVersion: 1,
    from: { namespace, workload: { kind, name } },
    to,
    outcomes: outcomes.flatMap(outcomeToJson),
    incomplete,
    errors: diagnostics.map(diagnosticToJson),
  };
}

function outcomeToJson({ path: { steps, end }, when }: PacketOutcome): readonly PacketOutcomeJson[] {
  const arrival = end.kind === 'arrives' ? { receiver: end.at.kind, hops: end.hops } : {};
  const seen = end.kind === 'arrives' && end.at.kind === 'kube2iam' ? { seenAs: end.at.sourceAddress } : {};
  return when.map((conjunction) => ({
    end: end.kind,
    ...arrival,
    ...seen,
    when: conjunction.map(conditionToJson),
    steps: steps.map((step) => {
      const { hook, station, action, reason, rule } = step;
      const told = traceToJson(node(pathSentence(step)));
      const where = station === undefined ? {} : { station };
      return { hook, ...where, action, reason, ...(rule === undefined ? {} : { rule }), ...told };
    }),
  }));
}
