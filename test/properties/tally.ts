import type { SdkRef } from '../../src/model/sdk.ts';
import type { World } from '../../src/model/world.ts';
import type { PacketPath } from '../../src/network/path.ts';
import type { Answer } from '../../src/resolve/answer.ts';
import { answerFor } from '../../src/resolve/resolve.ts';
import { containersOf, statedSdk } from '../../src/resolve/subjects.ts';
import type { SdkBehaviour } from '../../src/sdkChain/behaviour.ts';
import { chartOf } from '../../src/sdkChain/chart.ts';
import type { ChainInput, ChainStep } from '../../src/sdkChain/run.ts';
import { startWalk } from '../../src/sdkChain/walk.ts';
import type { Part } from './parts.ts';

/** What one source of worlds has reached. */
export interface Tally {
  readonly has: (part: Part, name: string) => boolean;
  readonly add: (part: Part, name: string) => void;
}

/** Starts with nothing reached. */
export function tally(): Tally {
  const reached = new Set<string>();
  return {
    has: (part, name) => reached.has(`${part} ${name}`),
    add: (part, name) => void reached.add(`${part} ${name}`),
  };
}

/** Counts what answers tell. */
export function countAnswers(seen: Tally, answers: readonly Answer[]): void {
  for (const { sdk, outcomes } of answers) {
    for (const step of outcomes.flatMap(({ trace }) => trace)) {
      if (step.kind === 'chain') countChainStep(seen, sdk, step.step);
      if (step.kind === 'admission') {
        const { evidence } = step;
        if (evidence.kind === 'injected') seen.add('admission', evidence.pair);
        else seen.add('admission', evidence.kind === 'noted' ? evidence.note : evidence.reason);
      }
      if (step.kind === 'exchange') {
        seen.add('provider', `${sdk.family} ${step.provider}`);
        for (const { kind } of step.evidence) seen.add('service', kind);
        for (const { path } of step.ways) countPath(seen, path);
      }
    }
  }
}

/** Counts the reasons on a packet's way. */
function countPath(seen: Tally, { steps }: PacketPath): void {
  for (const { reason } of steps) seen.add('path', reason);
}

function countChainStep(
  seen: Tally,
  { family }: SdkRef,
  step: Exclude<ChainStep, { kind: 'exchange' }>,
): void {
  seen.add('provider', `${family} ${step.provider}`);
  if (step.kind === 'failed') seen.add('failure', `${family} ${step.provider} ${step.failure}`);
}

/** Gives the answers of every container of a world for some SDKs. */
export function answersOf(world: World, sdks: readonly SdkRef[]): readonly Answer[] {
  return containersOf(world).flatMap((target) => sdks.map((sdk) => answerFor(world, target, statedSdk(sdk))));
}

/** Walks the chain of an SDK, and counts its stations and what they tell. */
export function countChain(seen: Tally, sdk: SdkBehaviour, input: ChainInput): void {
  const chart = chartOf(sdk);
  const walk = startWalk(sdk, input);
  let state = chart.start;
  for (let station = chart.stations.get(state); station; station = chart.stations.get(state)) {
    seen.add('station', `${sdk.family} ${state}`);
    const event = station.act(walk);
    // What a station meets bears the name of the rule for it, also where that rule lets the chain go on.
    seen.add('failure', `${sdk.family} ${station.provider} ${event}`);
    state = chart.next(state, event);
  }
  for (const step of walk.steps) {
    if (step.kind === 'exchange') seen.add('provider', `${sdk.family} ${step.provider}`);
    else countChainStep(seen, sdk, step);
  }
}
