import { rules } from '../findings/examine.ts';
import type { Finding, Severity } from '../findings/finding.ts';
import { describePosition, describeRef } from '../model/objectRef.ts';
import { paint, wrapText, type StyledText } from './layout.ts';
import type { Style } from './palette.ts';
import type { Screen } from './screen.ts';
import { findingMessage } from './findingMessage.ts';

const severities: Readonly<Record<Severity, { readonly name: string; readonly style: Style }>> = {
  privilegeEscalation: { name: 'privilege escalation', style: 'red' },
  wrongIdentity: { name: 'wrong identity', style: 'red' },
  outage: { name: 'outage', style: 'red' },
  latent: { name: 'latent', style: 'yellow' },
};

/** Names a severity in words. */
export function severityName(severity: Severity): string {
  return severities[severity].name;
}

/**
 * Lists findings rule by rule: what kind of conflict, where, and what to do.
 */
export function findingLines(findings: readonly Finding[], width: number): readonly StyledText[] {
  return rules.flatMap((rule) => {
    const own = findings.filter((finding) => finding.rule === rule.id);
    const [first] = own;
    if (!first) return [];
    const { name, style } = severities[first.severity];
    const title = hang(
      [{ text: name, style }, { text: `: ${rule.title} ` }, { text: `[${rule.id}]`, style: 'dim' }],
      0,
      width,
    );
    const advice = [...new Set(own.map((finding) => finding.advice))].filter((text) => text !== '');
    return [
      [],
      ...title,
      ...own.flatMap((finding) => {
        const { at } = finding;
        const where = at.position ? describePosition(at.position) : describeRef(at);
        return hang([{ text: where, style: 'cyan' }, { text: `: ${findingMessage(finding)}` }], 2, width);
      }),
      ...advice.flatMap((text) => hang([{ text: `fix: ${text}`, style: 'dim' }], 2, width)),
    ];
  });
}

/** Draws findings by themselves. */
export function renderFindings(findings: readonly Finding[], { width, palette }: Screen): string {
  return findingLines(findings, width)
    .slice(1)
    .map((line) => paint(line, palette))
    .join('\n');
}

function hang(text: StyledText, indent: number, width: number): readonly StyledText[] {
  return wrapText(text, width - indent - 2).map((line, row) => [
    { text: ' '.repeat(row === 0 ? indent : indent + 2) },
    ...line,
  ]);
}
