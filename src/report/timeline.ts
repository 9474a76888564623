import { describeSdk } from '../model/sdk.ts';
import { describeRef } from '../model/objectRef.ts';
import type { HoldReason, Timeline, TimelineEntry } from '../resolve/timeline.ts';
import { isAlways } from '../resolve/condition.ts';
import { assumptionLines } from './assumptions.ts';
import { conditionWords } from './conditions.ts';
import { identityWords, mechanismNames, roleNamer, type RoleNamer } from './identityWords.ts';
import { identityToJson } from './json.ts';
import { paint, styled, wrapText, type StyledText } from './layout.ts';
import type { Screen } from './screen.ts';

const reasons: Readonly<Record<HoldReason, string>> = {
  started: '',
  renewed: 'the same provider gives another identity',
  changedProvider: 'the chain was walked again and another provider won',
  recovered: 'credentials again',
  failed: 'the renewal failed',
  servedExpired: 'the renewal fails, the SDK goes on with the expired ones',
};

/**
 * Draws what a process holds over time, once for SDKs with which it holds the same.
 */
export function renderTimelines(timelines: readonly Timeline[], { width, palette }: Screen): string {
  const [first] = timelines;
  if (!first) return '';
  const { name } = roleNamer(timelines.flatMap(rolesOf));
  const groups = new Map<string, { readonly sdks: string[]; readonly lines: readonly StyledText[] }>();
  for (const timeline of timelines) {
    const lines = timeline.courses.flatMap((course) => [
      ...(isAlways(course.when) ? [] : [styled(` ${conditionWords(course.when, { name })}`, 'dim')]),
      ...course.entries.flatMap((entry) => entryLines(entry, name, width)),
    ]);
    const key = JSON.stringify(lines);
    const group = groups.get(key) ?? { sdks: [], lines };
    group.sdks.push(describeSdk(timeline.sdk));
    groups.set(key, group);
  }
  const title = `${describeRef(first.subject.at)}, container ${first.subject.container.name}`;
  const assumed = assumptionLines(
    timelines.map(({ courses, consulted }) => ({
      outcomes: courses.map(({ when }) => ({ when })),
      consulted,
    })),
    width,
  );
  return [
    styled(title, 'bold'),
    ...[...groups.values()].flatMap(({ sdks, lines }) => [
      [],
      ...wrapText(styled(`SDK ${sdks.join(', ')}`, 'bold'), width),
      ...lines,
    ]),
    ...(assumed.length === 0 ? [] : [[], ...assumed]),
  ]
    .map((line) => paint(line, palette).trimEnd())
    .join('\n');
}

function rolesOf({ courses }: Timeline): readonly string[] {
  return courses.flatMap(({ entries }) =>
    entries.flatMap((entry) =>
      entry.kind === 'holds' && entry.identity.kind === 'role' ? entry.identity.arn : [],
    ),
  );
}

function entryLines(entry: TimelineEntry, name: RoleNamer, width: number): readonly StyledText[] {
  const time = `${entry.minute}`.padStart(6);
  const after = entry.after.length === 0 ? '' : ` (after ${entry.after.join(', ')})`;
  const text = [...heldText(entry, name), { text: after, style: 'dim' as const }];
  return wrapText(text, width - 12).map((line, at) => [
    { text: at === 0 ? `${time} min  ` : ' '.repeat(12) },
    ...line,
  ]);
}

function heldText(entry: TimelineEntry, name: RoleNamer): StyledText {
  if (entry.kind === 'notKnown') {
    return [
      { text: 'not known: ', style: 'yellow' },
      { text: 'nobody has found out when this SDK asks again' },
    ];
  }
  const { identity, mechanism, why } = entry;
  const reason = reasons[why] === '' ? '' : `: ${reasons[why]}`;
  if (identity.kind === 'none') {
    return [{ text: 'none', style: 'red' }, { text: `${reason}: ${identity.error}` }];
  }
  const held = `${identityWords(identity, name)} via ${mechanismNames[mechanism]}`;
  const style = why === 'changedProvider' || why === 'servedExpired' ? 'yellow' : 'green';
  return [{ text: held, style }, { text: reason }];
}

/** Writes what a process holds over time as JSON. */
export function timelinesToJson(timelines: readonly Timeline[]): TimelinesJson {
  return {
    schemaVersion: 1,
    timelines: timelines.map(({ subject, sdk, courses, incomplete }) => ({
      namespace: subject.namespace,
      workload: subject.workload,
      container: subject.container.name,
      sdk: { family: sdk.family, version: sdk.version ?? null, basis: sdk.basis },
      courses: courses.map(({ when, entries }) => ({
        when: when.map((conjunction) =>
          conjunction.map(({ question, values }) => ({ fact: question.name, values })),
        ),
        entries: entries.map(entryToJson),
      })),
      incomplete,
    })),
  };
}

/** What `timeline --output json` prints. */
export interface TimelinesJson {
  readonly schemaVersion: 1;
  readonly timelines: readonly object[];
}

function entryToJson(entry: TimelineEntry): object {
  const { kind, minute, after, source } = entry;
  if (entry.kind === 'notKnown') return { kind, minute, after, source };
  const { why, mechanism, identity } = entry;
  return { kind, minute, why, identity: identityToJson(identity), mechanism, after, source };
}
