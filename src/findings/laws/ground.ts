import { describeRef, type ObjectRef } from '../../model/objectRef.ts';
import type { Fix } from '../../model/patch.ts';
import type { Answer } from '../../resolve/answer.ts';
import type { Severity } from '../finding.ts';
import type { ConflictRow, Sighting } from '../law.ts';
import { workloadNames } from '../workloads.ts';
import { consequences, severityOf } from './consequences.ts';

/** Why something is so, and at which object. */
export interface Ground {
  readonly at: ObjectRef;
  /** A sentence about this cluster, to which the consequence is added. */
  readonly why: string;
  readonly fixes: readonly Fix[];
  readonly severity?: Severity;
}

/** What was seen for one and the same reason. */
export interface SameGround<Seen> {
  readonly ground: Ground;
  readonly seen: readonly Seen[];
}

/** Puts together what has the same ground. */
export function groupByGround<Seen>(
  found: readonly { readonly ground: Ground; readonly seen: Seen }[],
): readonly SameGround<Seen>[] {
  const groups = new Map<string, { readonly ground: Ground; readonly seen: Seen[] }>();
  for (const { ground, seen } of found) {
    const key = `${describeRef(ground.at)} ${ground.at.field ?? ''} ${ground.why}`;
    const known = groups.get(key);
    if (known) known.seen.push(seen);
    else groups.set(key, { ground, seen: [seen] });
  }
  return [...groups.values()];
}

/** Puts the answers together that have the same ground, with what comes of it. */
export function byGround(
  { severity }: ConflictRow,
  found: readonly { readonly ground: Ground; readonly answer: Answer }[],
): readonly Sighting[] {
  const groups = groupByGround(found.map(({ ground, answer }) => ({ ground, seen: answer })));
  return groups.map(({ ground, seen: answers }) => ({
    at: ground.at,
    message: `${ground.why}; ${workloadNames(answers).join(', ')}: ${consequences(answers)}`,
    severity: ground.severity ?? (severity === 'outage' ? severityOf(answers) : severity),
    answers,
    fixes: ground.fixes,
  }));
}
