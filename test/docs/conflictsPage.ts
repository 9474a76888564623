import { rules } from '../../src/findings/examine.ts';
import type { Rule, Severity } from '../../src/findings/finding.ts';

const opening = `# Conflicts

What \`whichrole check\` finds. This page is made from the rules in \`src/findings/\`; a test keeps it so. Every rule looks at
answers and at the way that led to them, never at the text of a manifest alone; every one has a scenario under
[test/atlas/](../test/atlas/) with the identity that each SDK ends up with, and a corrected state in which the rule is
silent.`;

const severityNames: Readonly<Record<Severity, string>> = {
  privilegeEscalation: 'Privilege escalation: somebody gets a role that is not meant for them',
  wrongIdentity: 'Wrong identity: a container runs as somebody else than its author meant',
  outage: 'Outage: a container that is meant to have credentials gets none',
  latent: 'Latent: right today, wrong after one more ordinary failure',
};

/**
 * Writes docs/conflicts.md from the rules.
 *
 * @example
 * conflictsPage().startsWith('# Conflicts') // => true
 */
export function conflictsPage(): string {
  const causes = rules.filter(({ level }) => level === 'cause');
  const symptoms = rules.filter(({ level }) => level === 'symptom');
  const sections = Object.entries(severityNames).flatMap(([severity, title]) => {
    const own = causes.filter((rule) => rule.severity === severity);
    return own.length === 0 ? [] : [`## ${title}`, ...own.map(entry)];
  });
  return `${[
    opening,
    ...sections,
    '## Symptoms',
    'Said only where none of the rules above says why.',
    ...symptoms.map(entry),
  ].join('\n\n')}\n`;
}

function entry({ id, title, expects, gets, source }: Rule): string {
  return [
    `### \`${id}\``,
    `${title[0]?.toUpperCase()}${title.slice(1)}.`,
    `- Expected: ${expects}`,
    `- Happens: ${gets}`,
    `- Known from: ${source}`,
  ]
    .join('\n')
    .replace('\n', '\n\n')
    .replace('.\n- Expected', '.\n\n- Expected');
}
