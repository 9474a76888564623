import type { Identity } from '../model/identity.ts';
import type { World } from '../model/world.ts';
import { conditionText } from '../resolve/condition.ts';
import type { Outcome } from '../resolve/answer.ts';
import { whichRole, type WhichRoleOptions } from '../resolve/whichRole.ts';

/** What a matcher returns to vitest or jest. */
interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** The matchers as `expect(world)` shows them once they are registered. */
export interface WhichroleMatchers<Result = unknown> {
  /**
   * Every outcome for the pod is a session of this role.
   *
   * `none` means: no credentials, whatever the unknown facts are.
   */
  readonly toGiveRole: (pod: string, roleArn: string, options?: WhichRoleOptions) => Result;
}

/**
 * The matchers, to be handed to `expect.extend` of vitest or jest.
 *
 * @example
 * Object.keys(matchers) // => ['toGiveRole']
 */
export const matchers: {
  readonly toGiveRole: (
    received: World,
    pod: string,
    roleArn: string,
    options?: WhichRoleOptions,
  ) => MatcherResult;
} = {
  toGiveRole: (received, pod, roleArn, options = {}) => {
    const { outcomes } = whichRole(received, pod, options);
    const others = outcomes.filter(({ identity }) => nameOf(identity) !== roleArn);
    const listed = outcomes.map((outcome) => `  ${describeOutcome(outcome)}`).join('\n');
    return {
      pass: others.length === 0,
      message: () => `expected ${pod} to get ${roleArn} in every case; it gets\n${listed}`,
    };
  },
};

function nameOf(identity: Identity): string {
  switch (identity.kind) {
    case 'role':
      return identity.arn;
    case 'unnamedRole':
      return identity.text;
    case 'static':
      return identity.accessKeyId ?? 'static keys';
    case 'none':
      return 'none';
  }
}

function describeOutcome({ identity, mechanism, when }: Outcome): string {
  const error = identity.kind === 'none' ? ` (${identity.error})` : '';
  const condition = conditionText(when);
  return `${nameOf(identity)}${error} by ${mechanism}${condition === '' ? '' : ` when ${condition}`}`;
}
