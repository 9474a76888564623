import { factDefinitions } from '../../src/model/factDefinitions.ts';

const opening = `# Facts

What the input may leave open, by name. This page is made from \`src/model/fact.ts\`; a test keeps it so.

- **Explored**: nothing states the fact, so each value is tried and the answer lists what comes of it.
- **Assumed**: nothing states the fact, so this value is taken, and the output says so.
- **Fault**: what \`--faults 1\` may turn the fact into although it is known.

State a fact with \`--assume name=value\`, or for one object only with \`--assume name:scope=value\`, or under
\`facts:\` in \`whichrole.yaml\`. A fact that no rule consults for a pod does not appear in its answer.
`;

/**
 * Writes docs/facts.md from the definitions of the facts.
 *
 * @example
 * factsPage().startsWith('# Facts') // => true
 */
export function factsPage(): string {
  const rows = [...factDefinitions.values()].map(
    ({ name, meaning, scope, options, assumed, faults, valid }) => {
      const values = [
        ...options.map(code),
        ...(valid && valid.source !== '.' ? [`or \`/${valid.source}/\``] : []),
      ];
      const what = assumed === undefined ? 'explored' : `assumed ${code(assumed)}`;
      return [
        `## \`${name}\``,
        `${meaning[0]?.toUpperCase()}${meaning.slice(1)}.`,
        [
          `- Scope: ${scope}`,
          `- Values: ${values.length === 0 ? 'depends on the input' : values.join(', ')}`,
          `- When nothing states it: ${what}`,
          ...(faults ? [`- Faults: ${faults.map(code).join(', ')}`] : []),
        ].join('\n'),
      ].join('\n\n');
    },
  );
  return `${opening}\n${rows.join('\n\n')}\n`;
}

function code(text: string): string {
  return `\`${text}\``;
}
