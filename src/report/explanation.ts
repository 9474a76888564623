import { describePosition, describeRef } from '../model/objectRef.ts';
import { describeSdk } from '../model/sdk.ts';
import type { Answer, Outcome } from '../resolve/answer.ts';
import { conditionText } from '../resolve/condition.ts';
import { assumptionLines } from './assumptions.ts';
import { cloudTrailNode } from './cloudTrailSentences.ts';
import { conditionWords } from './conditions.ts';
import { identityWords, mechanismNames, roleNamer, type RoleNamer } from './identityWords.ts';
import { paint, styled, wrapText, type Span, type StyledText } from './layout.ts';
import { node, say, type TraceNode } from './sentence.ts';
import { traceTree } from './traceTree.ts';
import { renderFootnotes, renderTree, type Footnotes } from './tree.ts';
import type { Screen } from './screen.ts';

/** Answers for one container that say the same, whatever the SDK. */
export interface SdkGroup {
  readonly sdks: readonly string[];
  /** Stands for all of the group; only error texts and session names differ. */
  readonly answer: Answer;
}

/**
 * Puts the SDKs together with which a container gets the same, in the order of the answers.
 */
export function sdkGroups(answers: readonly Answer[]): readonly SdkGroup[] {
  const groups = new Map<string, { sdks: string[]; answer: Answer }>();
  for (const answer of answers) {
    const key = answer.outcomes.map(outcomeText).join('\n');
    const group = groups.get(key);
    if (group) group.sdks.push(describeSdk(answer.sdk));
    else groups.set(key, { sdks: [describeSdk(answer.sdk)], answer });
  }
  return [...groups.values()];
}

function outcomeText({ identity, mechanism, when }: Outcome): string {
  return `${identityWords(identity)} ${mechanism} ${conditionText(when)}`;
}

/**
 * Explains the answers for one container: for each group of SDKs every outcome with the way that leads to it.
 *
 * @param otherContainers - names of the other containers of the pod, which a reader may want to see next
 */
export function renderExplanation(
  answers: readonly Answer[],
  screen: Screen,
  otherContainers: readonly string[] = [],
): string {
  const [first] = answers;
  if (!first) return '';
  const { name } = roleNamer(
    answers.flatMap(({ outcomes }) =>
      outcomes.flatMap(({ identity }) => (identity.kind === 'role' ? [identity.arn] : [])),
    ),
  );
  const { subject } = first;
  const at = subject.at.position ? ` (${describePosition(subject.at.position)})` : '';
  const title: StyledText = [
    { text: `${describeRef(subject.at)}, container ${subject.container.name}`, style: 'bold' },
    { text: at, style: 'cyan' },
  ];
  const footnotes: Footnotes = { sources: [] };
  const blocks = sdkGroups(answers).map((group) => groupBlock(group, name, screen, footnotes));
  const sources = renderFootnotes(footnotes, screen);
  const assumed = paintAll(assumptionLines(answers, screen.width), screen);
  const others = otherContainers.length === 0 ? '' : `other containers: ${otherContainers.join(', ')} (-c)`;
  return [paintAll(wrapText(title, screen.width), screen), ...blocks, sources, assumed, others]
    .filter((block) => block !== '')
    .join('\n\n');
}

function groupBlock(
  { sdks, answer }: SdkGroup,
  name: RoleNamer,
  screen: Screen,
  footnotes: Footnotes,
): string {
  const [shown = ''] = sdks;
  const one: StyledText = sdks.length > 1 ? [{ text: ` (shown for ${shown})`, style: 'dim' }] : [];
  const heading = wrapText([{ text: `SDK ${sdks.join(', ')}`, style: 'bold' }, ...one], screen.width);
  const [usual = []] = answer.outcomes.map(({ trace }) => traceTree(trace));
  const outcomes = answer.outcomes.map((outcome, at) => {
    const nodes = traceTree(outcome.trace);
    const told = at === 0 ? nodes : withoutBeginning(nodes, usual);
    return outcomeBlock(outcome, told, name, screen, footnotes);
  });
  const incomplete = answer.incomplete
    ? [paintAll([styled('some combinations were left out: there are too many', 'yellow')], screen)]
    : [];
  return [paintAll(heading, screen), ...outcomes, ...incomplete].join('\n');
}

/** Leaves out the steps with which another trace, told before, begins as well. */
function withoutBeginning(nodes: readonly TraceNode[], told: readonly TraceNode[]): readonly TraceNode[] {
  const differs = nodes.findIndex((one, at) => JSON.stringify(one) !== JSON.stringify(told[at]));
  if (differs < 2) return nodes;
  return [node(say('aside', `the first ${differs} steps are as above`)), ...nodes.slice(differs)];
}

function outcomeBlock(
  outcome: Outcome,
  nodes: readonly TraceNode[],
  name: RoleNamer,
  screen: Screen,
  footnotes: Footnotes,
): string {
  const { callerArn } = outcome;
  const caller: StyledText = callerArn === undefined ? [] : [{ text: callerArn, style: 'dim' }];
  const head = [outcomeLine(outcome, name), caller]
    .flatMap((text) => (text.length === 0 ? [] : wrapText(text, screen.width - 3)))
    .map((line, at): StyledText => [{ text: at === 0 ? '=> ' : '   ' }, ...line]);
  const audit = outcome.cloudTrail ? [cloudTrailNode(outcome.cloudTrail)] : [];
  const tree = renderTree([...nodes, ...audit], screen, footnotes);
  return `${paintAll(head, screen)}\n${tree}`;
}

function outcomeLine({ identity, mechanism, when }: Outcome, name: RoleNamer): StyledText {
  const none = identity.kind === 'none';
  const condition = conditionWords(when, { name });
  const details: readonly Span[] = [
    ...(none ? [{ text: `: ${identity.error}` }] : [{ text: ` via ${mechanismNames[mechanism]}` }]),
    ...(condition === undefined ? [] : [{ text: ` ${condition}`, style: 'yellow' } as const]),
  ];
  const who = none ? 'no identity' : identityWords(identity, name);
  return [{ text: who, style: none ? 'red' : 'green' }, ...details];
}

function paintAll(lines: readonly StyledText[], { palette }: Screen): string {
  return lines.map((line) => paint(line, palette).trimEnd()).join('\n');
}
