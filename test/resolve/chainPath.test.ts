import fc from 'fast-check';
import { expect, test } from 'vitest';
import { initialTransition, transition } from 'xstate';
import { sdkFamilies } from '../../src/model/sdk.ts';
import { explore } from '../../src/resolve/explore.ts';
import { chainAccess, enterContainer, resolveOnce } from '../../src/resolve/resolveOnce.ts';
import { containersOf } from '../../src/resolve/subjects.ts';
import type { Step } from '../../src/resolve/trace.ts';
import { behavioursOf, type SdkBehaviour } from '../../src/sdkChain/behaviour.ts';
import { chartOf } from '../../src/sdkChain/chart.ts';
import { sdkBehaviour } from '../../src/sdkChain/registry.ts';
import type { ChainInput, ChainStep } from '../../src/sdkChain/run.ts';
import { startWalk } from '../../src/sdkChain/walk.ts';
import { worlds } from '../../src/testing/index.ts';

/** Any SDK in any version at which something changed. */
const anySdk = fc.constantFrom(...sdkFamilies).chain((family) => {
  const versions = behavioursOf(sdkBehaviour({ family }).entry).map(({ versions: { since } }) => since);
  return fc.constantFrom(...versions).map((version) => ({ family, ...(version ? { version } : {}) }));
});

/** Walks the machine of an SDK in a world: the stations act, xstate alone says what comes next. */
function walkMachine(
  sdk: SdkBehaviour,
  input: ChainInput,
): { readonly end: string; readonly steps: readonly ChainStep[] } {
  const { machine, stations } = chartOf(sdk);
  const walk = startWalk(sdk, input);
  let [snapshot] = initialTransition(machine);
  while (snapshot.status === 'active') {
    const event = stations.get(String(snapshot.value))?.act(walk);
    if (event === undefined || !snapshot.can({ type: event })) throw new Error('the machine knows no way on');
    [snapshot] = transition(machine, snapshot, { type: event });
  }
  return { end: String(snapshot.value), steps: walk.steps };
}

/** What an answer tells of the chain, without the packets and services behind each exchange. */
function chainSteps(trace: readonly Step[]): readonly unknown[] {
  return trace.flatMap((step): readonly unknown[] => {
    if (step.kind === 'chain') return step.step.kind === 'succeeded' ? [] : [step.step];
    if (step.kind !== 'exchange') return [];
    const { kind, provider, request, reply, attempts } = step;
    return [{ kind, provider, request, reply, attempts }];
  });
}

test('for any world and any SDK, the chain in an answer is a path of that SDK’s machine, to its end', () => {
  fc.assert(
    fc.property(worlds({ maxPods: 1 }), anySdk, (world, sdk) => {
      const [target] = containersOf(world);
      if (!target) return;
      const { behaviour } = sdkBehaviour(sdk);
      explore(
        world,
        (ask) => {
          const { identity, trace } = resolveOnce(world, ask, { ...target, sdk });
          const { caller } = enterContainer(world, ask, target);
          const walked = walkMachine(behaviour, chainAccess(world, ask, caller, target.container).input);
          expect(chainSteps(trace)).toEqual(walked.steps);
          expect(identity.kind === 'none').toBe(walked.end !== 'credentials');
        },
        { maxRuns: 8 },
      );
    }),
    { numRuns: 40 },
  );
});
