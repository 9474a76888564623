import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Identity } from '../../src/model/identity.ts';
import type { World } from '../../src/model/world.ts';
import { answerFor } from '../../src/resolve/resolve.ts';
import { reachedText, type Reach } from '../../src/resolve/reach.ts';
import { reachOfWorkload } from '../../src/resolve/reachOf.ts';
import { containersOf, statedSdk } from '../../src/resolve/subjects.ts';
import { whoCan } from '../../src/resolve/whoCan.ts';
import { worlds } from '../../src/testing/arbitraries/world.ts';

const settled = worlds({ maxPods: 2, facts: 'stated' });
const sdk = fc.constantFrom('go-v2', 'java-v2', 'botocore', 'js-v3', 'php');

function reachesOf(world: World): readonly Reach[] {
  return world.workloads.flatMap((workload) => reachOfWorkload(world, workload));
}
const text = (identity: Identity): string => (identity.kind === 'none' ? '' : reachedText(identity));

describe('laws of reach', () => {
  it('whatever an SDK comes to, code in the pod can obtain on purpose', () => {
    fc.assert(
      fc.property(settled, sdk, (world, family) => {
        for (const target of containersOf(world)) {
          const reached = reachOfWorkload(world, target.workload).map(({ identity }) =>
            reachedText(identity),
          );
          for (const { identity, mechanism } of answerFor(world, target, statedSdk({ family })).outcomes) {
            if (identity.kind !== 'none' && mechanism !== 'sharedFile')
              expect(reached).toContain(text(identity));
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('a pod reaches a role exactly when it is among those who can', () => {
    fc.assert(
      fc.property(settled, (world) => {
        const reaching = new Set(
          reachesOf(world).flatMap(({ holder, identity }) =>
            holder.kind === 'pod' && identity.kind === 'role'
              ? [`${holder.namespace}/${holder.workload.name} ${identity.arn}`]
              : [],
          ),
        );
        const arns = new Set(world.roles.map(({ arn }) => arn));
        for (const arn of arns) {
          const can = whoCan(world, arn).flatMap(({ holder }) =>
            holder.kind === 'pod' ? [`${holder.namespace}/${holder.workload.name} ${arn}`] : [],
          );
          expect(new Set(can)).toEqual(new Set([...reaching].filter((entry) => entry.endsWith(` ${arn}`))));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('every way ends at its identity and visits none twice', () => {
    fc.assert(
      fc.property(settled, (world) => {
        for (const { hops, identity } of reachesOf(world)) {
          const visited = hops.map((hop) => reachedText(hop.identity));
          expect(visited.at(-1)).toBe(reachedText(identity));
          expect(new Set(visited).size).toBe(visited.length);
        }
      }),
      { numRuns: 60 },
    );
  });
});
