import type { Reply } from '../model/exchange.ts';
import type { Rule } from './providerRow.ts';

/**
 * Finds what an SDK does after a failure.
 *
 * @throws Error when the catalogue says nothing about it; a test holds that it always does
 */
export function ruleFor<Failure extends string, Next extends string>(
  rules: readonly Rule<Failure, Next>[],
  failure: Failure,
): Rule<Failure, Next> {
  const rule = findRule(rules, failure);
  if (!rule) throw new Error(`the catalogue has no rule for \`${failure}\``);
  return rule;
}

/** Finds what an SDK does after a failure, or nothing when it makes no such check. */
export function findRule<Failure extends string, Next extends string>(
  rules: readonly Rule<Failure, Next>[],
  failure: Failure,
): Rule<Failure, Next> | undefined {
  return rules.find(({ on }) => on.includes(failure));
}

/** A way of failing that all protocols share: nothing came back. */
export type NoAnswer = 'timeout' | 'refused' | 'hang';

/** Sorts a reply: its failure by `byStatus`, or by how nothing came back; nothing for a good answer. */
export function failureOf<Failure extends string>(
  reply: Reply,
  byStatus: (status: number, code: string | undefined) => Failure,
): Failure | NoAnswer | undefined {
  switch (reply.kind) {
    case 'ok':
    case 'file':
      return undefined;
    case 'httpError':
      return byStatus(reply.status, reply.code);
    case 'fileMissing':
      return byStatus(404, undefined);
    default:
      return reply.kind;
  }
}
