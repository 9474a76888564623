import type { Reply, Request } from '../../model/exchange.ts';
import type { Rule } from '../providerRow.ts';
import { findRule, ruleFor } from '../rules.ts';
import type { Station, Target } from '../station.ts';
import { exchanged, failed, type Walk } from '../walk.ts';
import { failureTarget, verdictOf, type Seat } from './seat.ts';

type Restart = NonNullable<Rule<string>['attemptsFrom']>;

/** A station that sends one request. */
export interface RequestStation<Failure extends string, Next extends string> {
  readonly seat: Seat;
  readonly id: string;
  readonly request: (walk: Walk) => Request;
  /** Names the failure that a reply is, or nothing. */
  readonly failure: (reply: Reply, walk: Walk) => Failure | undefined;
  readonly rules: readonly Rule<Failure, Next>[];
  readonly failures: readonly Failure[];
  /** Where the other answers of a rule than `stop` and `continue` lead. */
  readonly detours: Readonly<Record<Next, Target>>;
  /** Attempts beyond those of the rule. */
  readonly moreAttempts?: (walk: Walk) => number;
  /** Where further attempts begin that do not begin with this request; those not named here do. */
  readonly restarts?: Readonly<Partial<Record<Restart, Target>>>;
  /** Keeps what the reply brought. */
  readonly keep: (walk: Walk, reply: Reply) => void;
  /** Where a good answer leads. */
  readonly ok: Target;
}

/**
 * Makes the station of a request: it sends it, records it with the attempts that the rule of this SDK
 * makes, and names the failure or `ok`.
 *
 * The world answers alike each time it is asked the same, so the request goes out once.
 */
export function requestStation<Failure extends string, Next extends string>(
  spec: RequestStation<Failure, Next>,
): Station {
  const { seat, id, rules } = spec;
  const act = (walk: Walk): string => {
    const request = spec.request(walk);
    const reply = walk.input.exchange(request);
    const failure = spec.failure(reply, walk);
    if (failure === undefined) {
      exchanged(walk, seat.provider, request, reply, 1);
      spec.keep(walk, reply);
      return 'ok';
    }
    const rule = ruleFor(rules, failure);
    const attempts = (rule.attempts ?? 1) + (spec.moreAttempts?.(walk) ?? 0);
    const restart = rule.attemptsFrom && spec.restarts?.[rule.attemptsFrom] && rule.attemptsFrom;
    exchanged(walk, seat.provider, request, reply, restart ? 1 : attempts);
    if (restart) {
      walk.held.failedRounds += 1;
      if (walk.held.failedRounds < attempts) return restartEvent(restart);
      walk.held.failedRounds = 0;
    }
    if (rule.next in spec.detours) return failure;
    failed(walk, seat.provider, failure, seat.verdict(verdictOf(rule)), codeOf(reply));
    return failure;
  };
  const on = Object.fromEntries([['ok', spec.ok], ...failureTargets(spec), ...restartTargets(spec)]);
  return { id, provider: seat.provider, act, on };
}

function restartEvent(restart: Restart): string {
  return `from ${restart}`;
}

function restartTargets<Failure extends string, Next extends string>({
  rules,
  restarts,
}: RequestStation<Failure, Next>): readonly (readonly [string, Target])[] {
  return rules.flatMap(({ attemptsFrom }) => {
    const target = attemptsFrom && restarts?.[attemptsFrom];
    return target ? [[restartEvent(attemptsFrom), target] as const] : [];
  });
}

function failureTargets<Failure extends string, Next extends string>(
  spec: RequestStation<Failure, Next>,
): readonly (readonly [string, Target])[] {
  const detours: Readonly<Record<string, Target>> = spec.detours;
  return spec.failures.flatMap((failure) => {
    const rule = findRule(spec.rules, failure);
    return rule ? [[failure, detours[rule.next] ?? failureTarget(spec.seat, rule)] as const] : [];
  });
}

/** The error code that a service put into its answer, for errors that show it. */
function codeOf(reply: Reply): string | undefined {
  return reply.kind === 'httpError' ? (reply.code ?? `HTTP ${reply.status}`) : undefined;
}
