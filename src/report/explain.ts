import type { World } from '../model/world.ts';
import { answersFor } from '../resolve/resolve.ts';
import { findContainer, readSdk, type WhichRoleOptions } from '../resolve/whichRole.ts';
import { renderExplanation } from './explanation.ts';
import { colourless } from './palette.ts';

/**
 * Explains which identity a pod gets, step by step, as text without colour.
 *
 * The same tree as `whichrole explain` prints: placement, admission, each provider, each request with its
 * packet's way, who answered, each statement of a policy.
 *
 * @param name - `namespace/name` of a pod or controller, or `namespace/Kind/name`
 * @param width - columns after which lines are wrapped
 * @throws Error as {@link whichRole} does
 * @example
 * explain(world().pod('pay/api').fact('imds.httpEndpoint', 'disabled').build(), 'pay/api', { sdk: 'go-v2' })
 *   .includes('pay/api') // => true
 */
export function explain(
  world: World,
  name: string,
  { sdk, container, faults }: WhichRoleOptions = {},
  width = 80,
): string {
  const target = findContainer(world, name, container);
  const answers = answersFor(world, target, {
    ...(sdk === undefined ? {} : { sdk: readSdk(sdk) }),
    ...(faults === undefined ? {} : { faults }),
  });
  const others = target.workload.template.containers.filter((each) => each !== target.container);
  return renderExplanation(
    answers,
    { width, palette: colourless },
    others.map((each) => each.name),
  );
}
