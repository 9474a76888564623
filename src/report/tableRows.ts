import type { WorkloadKind } from '../model/workload.ts';
import { indexOf, type World } from '../model/world.ts';
import type { Finding } from '../findings/finding.ts';
import { answerKey, type Outcome } from '../resolve/answer.ts';
import type { Overview } from '../resolve/resolve.ts';
import { conditionWords } from './conditions.ts';
import { identityWords, mechanismNames, type RoleNamer } from './identityWords.ts';

/**
 * What a reader has to know of a row at once.
 *
 * `wrong`: a finding says that it is not as it was meant. `open`: what is obtained hangs on something that is
 * not known. `settled`: whatever is not known makes no difference.
 */
export type RowState = 'settled' | 'open' | 'wrong';

/** One row of the answer table: containers, or pods, that get the same. */
export interface TableRow {
  readonly namespace: string;
  readonly workload: { readonly kind: WorkloadKind | string; readonly name: string };
  /** Containers with this answer; empty when all containers of the workload have it. */
  readonly containers: readonly string[];
  /** How many running pods of the workload have this answer. */
  readonly pods: number;
  readonly state: RowState;
  readonly identity: string;
  readonly via: string;
  /** What else, each with its condition, as `node role via IMDS if the SDK is php`. */
  readonly but: readonly string[];
}

/**
 * Makes the rows of the answer table, by namespace and name.
 *
 * Containers of one workload with the same answer share a row, and so do pods of one owner.
 */
export function tableRows(
  world: World,
  overviews: readonly Overview[],
  name: RoleNamer,
  findings: readonly Finding[],
): readonly TableRow[] {
  const wrong = new Set(
    findings.flatMap(({ severity, answers }) => (severity === 'latent' ? [] : answers.map(answerKey))),
  );
  const rows = new Map<string, TableRow[]>();
  for (const overview of overviews) {
    const row = rowOf(world, overview, name, wrong);
    const key = `${row.namespace} ${row.workload.name} ${row.workload.kind}`;
    const group = rows.get(key) ?? [];
    const same = group.findIndex((other) => answerText(other) === answerText(row));
    const twin = group[same];
    if (twin) group[same] = merge(twin, row);
    else group.push(row);
    rows.set(key, group);
  }
  return [...rows]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, group]) => group.map((row) => (group.length === 1 ? { ...row, containers: [] } : row)));
}

function rowOf(world: World, overview: Overview, name: RoleNamer, wrong: ReadonlySet<string>): TableRow {
  const { subject, outcomes } = overview;
  const [first, ...others] = outcomes;
  return {
    namespace: subject.namespace,
    workload: rootOwner(world, subject),
    containers: [subject.container.name],
    pods: isOwned(world, subject) ? 1 : 0,
    state: stateOf(overview, wrong),
    identity: first ? identityWords(first.identity, name) : '?',
    via: first ? mechanismNames[first.mechanism] : '',
    but: others.map((outcome) => otherwise(outcome, name)),
  };
}

function stateOf({ subject, sdks, outcomes: [, ...others] }: Overview, wrong: ReadonlySet<string>): RowState {
  if (sdks.some((sdk) => wrong.has(answerKey({ subject, sdk })))) return 'wrong';
  const open = others.some(({ when }) =>
    when.some((conjunction) => conjunction.every(({ why }) => why === 'open')),
  );
  return open ? 'open' : 'settled';
}

function otherwise({ identity, mechanism, when }: Outcome, name: RoleNamer): string {
  const who = identity.kind === 'none' ? 'no identity' : identityWords(identity, name);
  const via = identity.kind === 'none' ? '' : ` via ${mechanismNames[mechanism]}`;
  const condition = conditionWords(when, { name, alternatives: 1, values: 8 });
  return `${who}${via}${condition === undefined ? '' : ` ${condition}`}`;
}

function merge(row: TableRow, other: TableRow): TableRow {
  const containers = [...new Set([...row.containers, ...other.containers])];
  const sameContainer = other.containers.every((container) => row.containers.includes(container));
  const state = row.state === 'wrong' ? row.state : other.state;
  return { ...row, containers, state, pods: sameContainer ? row.pods + other.pods : row.pods };
}

function answerText({ identity, via, but }: TableRow): string {
  return [identity, via, ...but].join('\n');
}

type Named = Pick<TableRow, 'namespace' | 'workload'>;

function ownerOf(world: World, { namespace, workload }: Named): TableRow['workload'] | undefined {
  return indexOf(world).workload(workload.kind, namespace, workload.name)?.owner;
}

function isOwned(world: World, named: Named): boolean {
  return ownerOf(world, named) !== undefined;
}

/** A pod of a ReplicaSet of a Deployment has two owners above it, and no kind of Kubernetes has more. */
const mostOwners = 4;

function rootOwner(world: World, named: Named): TableRow['workload'] {
  let current = named.workload;
  for (let steps = 0; steps < mostOwners; steps += 1) {
    const owner = ownerOf(world, { namespace: named.namespace, workload: current });
    if (!owner) break;
    current = owner;
  }
  return current;
}
