import { factKey } from '../model/fact.ts';
import { describeSdk } from '../model/sdk.ts';
import type { World } from '../model/world.ts';
import type { Answer, Outcome } from '../resolve/answer.ts';
import type { Condition } from '../resolve/condition.ts';
import type { Reach } from '../resolve/reach.ts';
import { renderExplanation } from './explanation.ts';
import { roleNamer } from './identityWords.ts';
import { paint, styled, wrapText } from './layout.ts';
import { manifestsText } from './manifests.ts';
import { colourless } from './palette.ts';
import { holderWords, provisoWords, wayWords } from './reachSentences.ts';

/** What shows that a law is broken: an outcome of one container with one SDK, or a way to a role. */
export type Witness =
  | { readonly kind: 'outcome'; readonly answer: Answer; readonly outcome: Outcome }
  | { readonly kind: 'reach'; readonly roleArn: string; readonly reach: Reach };

/** A world in which a law is broken, and what shows it. */
export interface Counterexample {
  readonly world: World;
  /** Titles of the changes that lead from the user's own world to this one; none when it is that world. */
  readonly changes: readonly string[];
  readonly witness: Witness;
}

/** The file that the command of a counterexample reads. */
const file = 'counterexample.yaml';

/**
 * Tells a counterexample: the law, what was changed, the trace, the command that shows it again, and the
 * manifests that the command reads.
 */
export function renderCounterexample(
  { name, law }: { readonly name: string; readonly law: string },
  { world, changes, witness }: Counterexample,
  width: number = 80,
): string {
  const wrapped = (text: string): string =>
    wrapText(styled(text), width)
      .map((line) => paint(line, colourless).trimEnd())
      .join('\n');
  const changed = changes.map((title) => wrapped(`after this change: ${title}`));
  const command = reproduction(witness);
  return [
    wrapped(`${name}: ${law}`),
    ...(changed.length === 0 ? [] : [changed.join('\n')]),
    witnessText(witness, width),
    `to see it again, with the manifests below in ${file}:\n  ${command}`,
    manifestsText(world).trimEnd(),
  ].join('\n\n');
}

/**
 * Gives the command line that shows a witness again, every fact that it rests on stated.
 */
export function reproduction(witness: Witness): string {
  return ['whichrole', ...reproductionArguments(witness).map(shellWord)].join(' ');
}

/** Gives the arguments of the command that shows a witness again. */
export function reproductionArguments(witness: Witness): readonly string[] {
  if (witness.kind === 'reach') return ['role', witness.roleArn, '-f', file];
  const { answer, outcome } = witness;
  const { namespace, workload, container } = answer.subject;
  return [
    'explain',
    `${namespace}/${workload.kind}/${workload.name}`,
    '-c',
    container.name,
    '--sdk',
    describeSdk(answer.sdk),
    ...assumptionsOf(outcome.when).flatMap((text) => ['--assume', text]),
    '-f',
    file,
  ];
}

/** States the first alternative of a condition, of which the trace tells. */
function assumptionsOf(when: Condition): readonly string[] {
  const [told = []] = when;
  return told.map(({ question, values }) => `${factKey(question)}=${values[0] ?? ''}`);
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function witnessText(witness: Witness, width: number): string {
  const screen = { width, palette: colourless };
  if (witness.kind === 'outcome') {
    return renderExplanation([{ ...witness.answer, outcomes: [witness.outcome] }], screen);
  }
  const { reach, roleArn } = witness;
  const { name } = roleNamer([roleArn]);
  const way = `${wayWords(reach.hops, name)} ${provisoWords(reach, name)}`.trimEnd();
  return wrapText(styled(`${holderWords(reach.holder, name)} can obtain ${roleArn}: ${way}`), width)
    .map((line) => paint(line, colourless).trimEnd())
    .join('\n');
}
