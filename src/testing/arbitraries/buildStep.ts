import * as fc from 'fast-check';
import type { WorldBuilder } from '../../model/builder.ts';

/** One step of building a world. */
export type BuildStep = (builder: WorldBuilder) => WorldBuilder;

/** Builds nothing. */
export const unchanged: BuildStep = (builder) => builder;

/** Makes steps one after another into one. */
export function inOrder(list: readonly BuildStep[]): BuildStep {
  return (builder) => list.reduce((current, step) => step(current), builder);
}

/** Draws several steps and takes them in order. */
export function steps(list: readonly fc.Arbitrary<BuildStep>[]): fc.Arbitrary<BuildStep> {
  return fc.tuple(...list).map(inOrder);
}

/** Draws a step, or none. */
export function perhaps(step: fc.Arbitrary<BuildStep>): fc.Arbitrary<BuildStep> {
  return fc.option(step, { nil: unchanged });
}

/** Draws a value that is mostly the plain one. */
export function mostly<Value>(
  plain: Value,
  others: fc.Arbitrary<Value>,
  weight: number = 4,
): fc.Arbitrary<Value> {
  return fc.oneof({ weight, arbitrary: fc.constant(plain) }, { weight: 1, arbitrary: others });
}
