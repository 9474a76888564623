import { describeRef } from '../../model/objectRef.ts';
import type { KiamAgent } from '../../model/kiam.ts';
import type { Kube2iam } from '../../model/kube2iam.ts';
import type { Fix } from '../../model/patch.ts';
import type { Workload } from '../../model/workload.ts';
import type { World } from '../../model/world.ts';
import type { Request } from '../../model/exchange.ts';
import type { PathStep } from '../../network/path.ts';
import type { Answer, Outcome } from '../../resolve/answer.ts';
import type { Examined, Rule } from '../finding.ts';
import type { Intention } from '../intention.ts';
import { causeRule, exchangesOf, type ConflictRow, type Sighting } from '../law.ts';
import { byContainer, workloadNames, type ContainerAnswers } from '../workloads.ts';
import { consequences } from './consequences.ts';
import { groupByGround, type Ground } from './ground.ts';

/** A container that asks kube2iam or kiam for a role, and the station at which its request went another way. */
export interface Missed {
  readonly container: ContainerAnswers;
  readonly workload: Workload;
  readonly intention: Intention;
  readonly answer: Answer;
  readonly outcome: Outcome;
  readonly step: PathStep;
}

/** Finds the first station of a kind of request that is so. */
export function stationOf(
  outcome: Outcome,
  kind: Request['kind'],
  holds: (step: PathStep) => boolean,
): PathStep | undefined {
  return exchangesOf(outcome)
    .filter(({ request }) => request.kind === kind)
    .flatMap(({ ways }) => ways.flatMap(({ path }) => path.steps))
    .find(holds);
}

/**
 * The law: what the rule of kube2iam or kiam does not meet goes on to the metadata service, or meets nobody.
 *
 * One finding for each object at fault, whoever asks.
 *
 * @param reasons - why the rule did not meet the request, or nobody was behind it
 * @param which - `usual`: in the outcome without surprises; `any`: in whichever, as on some of the nodes
 */
export function notInterceptedRule(
  row: ConflictRow,
  reasons: readonly string[],
  which: 'usual' | 'any',
  groundOf: (missed: Missed, examined: Examined) => Ground | undefined,
): Rule {
  return causeRule(row, (examined) => {
    const found = missedBy(examined, reasons, which).flatMap((missed) => {
      const ground = groundOf(missed, examined);
      return ground ? [{ ground, seen: missed }] : [];
    });
    return groupByGround(found).map(({ ground, seen: missed }): Sighting => {
      const answers = missed.map(({ answer }) => answer);
      const gets = missed.map(({ answer, outcome }) => ({ ...answer, outcomes: [outcome] }));
      return {
        at: ground.at,
        message: `${ground.why}; ${workloadNames(answers).join(', ')}: ${consequences(gets)}`,
        severity: ground.severity ?? severityAs(row, missed),
        answers,
        fixes: ground.fixes,
      };
    });
  });
}

/** The daemon whose rule a station is about; the first that is shown where the station names none. */
export function daemonAt(
  { kube2iam, kiamAgents }: World,
  { at }: PathStep,
): Kube2iam | KiamAgent | undefined {
  const all = [...kube2iam, ...kiamAgents];
  return all.find(({ ref }) => at && describeRef(ref) === describeRef(at)) ?? all[0];
}

/** Gives the fixes that a daemon allows when it is kube2iam, whose settings patches can change. */
export function fixesOfKube2iam(
  { kube2iam }: World,
  { ref }: Kube2iam | KiamAgent,
  fixes: (daemon: Kube2iam) => readonly Fix[],
): readonly Fix[] {
  const daemon = kube2iam.find((each) => each.ref === ref);
  return daemon ? fixes(daemon) : [];
}

function severityAs({ severity }: ConflictRow, missed: readonly Missed[]): ConflictRow['severity'] {
  if (severity !== 'privilegeEscalation') return severity;
  return missed.some(({ outcome }) => outcome.mechanism === 'imds') ? severity : 'outage';
}

function missedBy(
  { world, answers }: Examined,
  reasons: readonly string[],
  which: 'usual' | 'any',
): readonly Missed[] {
  return byContainer(world, answers).flatMap((container) => {
    const { workload, intentions, answers: own } = container;
    const intention = intentions.find(({ mechanism }) => mechanism === 'kube2iam' || mechanism === 'kiam');
    if (!intention) return [];
    return own.flatMap((answer): readonly Missed[] => {
      for (const outcome of which === 'usual' ? answer.outcomes.slice(0, 1) : answer.outcomes) {
        const step = stationOf(outcome, 'imds', ({ reason }) => reasons.includes(reason));
        if (step) return [{ container, workload, intention, answer, outcome, step }];
      }
      return [];
    });
  });
}
