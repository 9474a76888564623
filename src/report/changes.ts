import type { Answer, Outcome } from '../resolve/answer.ts';
import type { Condition } from '../resolve/condition.ts';
import type { AnswerChange } from '../whatIf/diff.ts';
import { describeSdk } from '../model/sdk.ts';
import { conditionWords } from './conditions.ts';
import { identityWords, mechanismNames, roleNamer, type RoleNamer } from './identityWords.ts';
import { paint, wrapText, type StyledText } from './layout.ts';
import { countOf } from './lists.ts';
import type { Screen } from './screen.ts';

/** One change in words, and the SDKs for which it is the same. */
interface ChangeGroup {
  readonly subject: string;
  readonly sign: '+' | '-' | '~';
  readonly lines: readonly string[];
  readonly sdks: string[];
}

/**
 * Tells whose identity changes between two inputs; SDKs with the same change share an entry.
 */
export function renderChanges(changes: readonly AnswerChange[], { width, palette }: Screen): string {
  if (changes.length === 0) return 'no identity changes';
  const groups = groupChanges(changes);
  const lines = groups.flatMap((group) => groupLines(group, width));
  const subjects = new Set(groups.map(({ subject }) => subject)).size;
  const closing: StyledText = [{ text: `${countOf(subjects, 'container')} with changes`, style: 'bold' }];
  return [...lines, [], closing].map((line) => paint(line, palette).trimEnd()).join('\n');
}

function groupChanges(changes: readonly AnswerChange[]): readonly ChangeGroup[] {
  const name = roleNamer(rolesOf(changes)).name;
  const groups = new Map<string, ChangeGroup>();
  for (const change of changes) {
    const { subject, sdk } = 'after' in change ? change.after : change.before;
    const { namespace, workload, container } = subject;
    const title = `${namespace} ${workload.kind} ${workload.name} [${container.name}]`;
    const [sign, lines] = changeWords(change, name);
    const key = [title, sign, ...lines].join('\n');
    const group = groups.get(key);
    if (group) group.sdks.push(describeSdk(sdk));
    else groups.set(key, { subject: title, sign, lines, sdks: [describeSdk(sdk)] });
  }
  return [...groups.values()];
}

function rolesOf(changes: readonly AnswerChange[]): readonly string[] {
  const answers = changes.flatMap((change) => [
    ...('before' in change ? [change.before] : []),
    ...('after' in change ? [change.after] : []),
  ]);
  return answers.flatMap(({ outcomes }) =>
    outcomes.flatMap(({ identity }) => (identity.kind === 'role' ? [identity.arn] : [])),
  );
}

function changeWords(change: AnswerChange, name: RoleNamer): readonly ['+' | '-' | '~', readonly string[]] {
  switch (change.kind) {
    case 'added':
      return ['+', [`new: ${firstOf(change.after, name)}`]];
    case 'removed':
      return ['-', [`gone; was ${firstOf(change.before, name)}`]];
    case 'identityChanged':
      return ['~', [`${firstOf(change.before, name)} -> ${firstOf(change.after, name)}`]];
    case 'alternativesChanged':
      return ['~', [`still ${firstOf(change.after, name)}`, ...alternativeWords(change, name)]];
  }
}

/** Says of each outcome whether it is new, gone, or comes about under another condition. */
function alternativeWords(
  { before, after }: Extract<AnswerChange, { kind: 'alternativesChanged' }>,
  name: RoleNamer,
): readonly string[] {
  const earlier = conditionsByName(before, name);
  const later = conditionsByName(after, name);
  return [
    ...[...earlier].flatMap(([who, was]) => {
      const now = later.get(who);
      if (now === undefined) return [`no longer: ${who} ${was}`];
      return now === was ? [] : [`${who} ${now} (was: ${was})`];
    }),
    ...[...later].flatMap(([who, now]) => (earlier.has(who) ? [] : [`now also: ${who} ${now}`])),
  ];
}

/** Outcomes with one name differ in their errors alone: their conditions are put together. */
function conditionsByName({ outcomes }: Answer, name: RoleNamer): ReadonlyMap<string, string> {
  const conditions = new Map<string, Condition>();
  for (const outcome of outcomes) {
    const who = outcomeName(outcome, name);
    conditions.set(who, [...(conditions.get(who) ?? []), ...outcome.when]);
  }
  const words = { name, alternatives: 2, values: 8 };
  return new Map([...conditions].map(([who, when]) => [who, conditionWords(when, words) ?? 'always']));
}

function firstOf({ outcomes: [first] }: Answer, name: RoleNamer): string {
  return first ? outcomeName(first, name) : 'no answer';
}

function outcomeName({ identity, mechanism }: Outcome, name: RoleNamer): string {
  if (identity.kind === 'none') return 'no identity';
  return `${identityWords(identity, name)} via ${mechanismNames[mechanism]}`;
}

const styles = { '+': 'green', '-': 'red', '~': 'yellow' } as const;

function groupLines({ subject, sign, lines, sdks }: ChangeGroup, width: number): readonly StyledText[] {
  const indented = (text: string): readonly StyledText[] =>
    wrapText([{ text }], width - 6).map((line, at) => [{ text: at === 0 ? '    ' : '      ' }, ...line]);
  return [
    ...wrapText(
      [
        { text: `${sign} `, style: styles[sign] },
        { text: subject, style: 'bold' },
      ],
      width,
    ),
    ...lines.flatMap(indented),
    ...indented(`SDK ${sdks.join(', ')}`),
  ];
}
