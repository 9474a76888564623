import { factDefinitions, type FactName } from '../model/factDefinitions.ts';
import type { Overview } from '../resolve/resolve.ts';
import { wrapText, type StyledText } from './layout.ts';
import { countOf } from './lists.ts';

/** A fact that is not known and makes a difference, and how many things it is asked about. */
interface OpenFact {
  readonly name: FactName;
  /** Nodes, roles, pods … that it is open for, as `--assume name:scope=value` takes them. */
  readonly scopes: readonly string[];
}

/** What a consumer reads of an answer or an overview. */
interface Answered extends Pick<Overview, 'consulted'> {
  readonly outcomes: readonly Pick<Overview['outcomes'][number], 'when'>[];
}

/** Lists the facts that are not known and that some outcome depends on, each once. */
function openFacts(answers: readonly Answered[]): readonly OpenFact[] {
  const facts = new Map<FactName, Set<string>>();
  for (const { question, why } of conditionsOf(answers)) {
    if (why === 'fault') continue;
    const scopes = facts.get(question.name) ?? new Set<string>();
    if (question.scope !== undefined) scopes.add(question.scope);
    facts.set(question.name, scopes);
  }
  return [...facts].map(([name, scopes]) => ({ name, scopes: [...scopes] }));
}

function conditionsOf(answers: readonly Answered[]): Answered['outcomes'][number]['when'][number] {
  return answers.flatMap(({ outcomes }) => outcomes.flatMap(({ when }) => when.flat()));
}

/** Lists what was taken for granted because nothing states it, as `name=value`, each once. */
function assumedFacts(answers: readonly Answered[]): readonly string[] {
  const assumed = answers.flatMap(({ consulted }) =>
    consulted
      .filter(({ basis }) => basis.kind === 'assumed')
      .map(({ question, value }) => `${question.name}=${value}`),
  );
  return [...new Set(assumed)];
}

/** Writes what would have to be known, what was assumed, and how to state it. */
export function assumptionLines(answers: readonly Answered[], width: number): readonly StyledText[] {
  const open = openFacts(answers).map(({ name, scopes }) =>
    scopes.length > 1 && name !== 'sdk' ? `${name} (${countOf(scopes.length, scopeNoun(name))})` : name,
  );
  const assumed = assumedFacts(answers);
  if (open.length === 0 && assumed.length === 0) return [];
  return [
    ...paragraph('not known: ', open.join(', '), width),
    ...paragraph('assumed:   ', assumed.join(', '), width),
    ...paragraph('           ', 'state it, or otherwise, with --assume key=value', width),
  ];
}

function scopeNoun(name: FactName): string {
  const scope = factDefinitions.get(name)?.scope;
  return scope === undefined || scope === 'cluster' || scope === 'object' ? 'object' : scope;
}

function paragraph(title: string, text: string, width: number): readonly StyledText[] {
  if (text === '') return [];
  const lines = wrapText([{ text, style: 'dim' }], width - title.length);
  return lines.map((line, at) => [{ text: at === 0 ? title : ' '.repeat(title.length) }, ...line]);
}
