import type { Answer, Outcome } from '../resolve/answer.ts';
import type { ExchangeStep, Step } from '../resolve/trace.ts';
import { admissionSentence, placementSentence } from './admissionSentences.ts';
import { chainSentence, replyWords, requestWords } from './chainSentences.ts';

const participants = {
  container: 'Container',
  files: 'Files',
  network: 'Network',
  sts: 'STS',
  imds: 'IMDS',
  kube2iam: 'kube2iam',
  kiam: 'kiam',
  podIdentityAgent: 'EKS Pod Identity agent',
} as const;

type Participant = keyof typeof participants;

/**
 * Draws one outcome of an answer as a Mermaid sequence diagram: who was asked what, and who answered.
 */
export function renderMermaid({ subject }: Answer, outcome: Outcome): string {
  const { namespace, workload, container } = subject;
  const partners = outcome.trace.flatMap((step) => (step.kind === 'exchange' ? [partnerOf(step)] : []));
  const named = [...new Set<Participant>(['container', ...partners])];
  const title = `${namespace}/${workload.name} [${container.name}]`;
  return [
    'sequenceDiagram',
    ...named.map((id) => `  participant ${id} as ${id === 'container' ? title : participants[id]}`),
    ...outcome.trace.flatMap(stepLines),
  ].join('\n');
}

function stepLines(step: Step): readonly string[] {
  switch (step.kind) {
    case 'placement':
      return [noteLine(placementSentence(step.placement).text)];
    case 'admission':
      return [noteLine(admissionSentence(step.evidence).text)];
    case 'chain':
      return [noteLine(chainSentence(step.step).text)];
    case 'exchange':
      return exchangeLines(step);
  }
}

function noteLine(text: string): string {
  return `  Note over container: ${escapeText(text)}`;
}

function exchangeLines(step: ExchangeStep): readonly string[] {
  const partner = partnerOf(step);
  const arrow = partner === 'network' ? '-x' : '->>';
  return [
    `  container${arrow}${partner}: ${escapeText(requestWords(step.request))}`,
    `  ${partner}-->>container: ${escapeText(replyWords(step.reply))}`,
  ];
}

/** Who took the last packet of a request; `network` when none did. */
function partnerOf({ request, ways }: ExchangeStep): Participant {
  if (request.kind === 'readFile') return 'files';
  const end = ways.at(-1)?.path.end;
  if (end?.kind !== 'arrives') return 'network';
  return end.at.kind === 'outside' ? (request.kind === 'sts' ? 'sts' : 'network') : end.at.kind;
}

/**
 * Writes what Mermaid would read as its own syntax as entities.
 *
 * @source mermaid-js/mermaid:packages/mermaid/src/docs/syntax/sequenceDiagram.md ("Entity codes to escape
 * characters")
 */
function escapeText(text: string): string {
  return text
    .replaceAll('#', '#35;')
    .replaceAll(/;(?<!#35;)/g, '#59;')
    .replaceAll('\n', ' ');
}
