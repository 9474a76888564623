import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { world } from '../../src/model/builder.ts';
import { resolveAll } from '../../src/resolve/resolve.ts';
import { conditionText } from '../../src/resolve/condition.ts';
import type { World } from '../../src/model/world.ts';
import { worlds } from '../../src/testing/arbitraries/world.ts';
import { clusterCommands } from '../../src/testing/commands/clusterCommands.ts';
import { createPod } from '../../src/testing/commands/createPod.ts';
import { startCluster } from '../../src/testing/commands/liveCluster.ts';
import { neverNodeRole } from '../../src/testing/properties/neverNodeRole.ts';
import { propertyOf } from '../../src/testing/property.ts';

const [api, other] = ['api', 'other'].map((name) => `arn:aws:iam::111122223333:role/${name}`);
const cluster = world()
  .nodeDefaults({ roleArn: 'arn:aws:iam::111122223333:role/node' })
  .role(api ?? '')
  .role(other ?? '')
  .serviceAccount('pay/api', { roleArn: api ?? '' })
  .pod('pay/api', { serviceAccount: 'api' })
  .workload('Deployment', 'pay/web', { env: { AWS_REGION: 'eu-west-1' } })
  .build();

describe('a cluster that changes', () => {
  it('a running pod keeps what was injected at its creation, and a new one has what is so today', () => {
    fc.assert(
      fc.property(clusterCommands(cluster), (commands) => {
        fc.modelRun(() => startCluster(cluster), commands);
      }),
      { numRuns: 150 },
    );
  });

  it('an invariant is held against the running pods after every command', () => {
    const invariant = neverNodeRole({ sdk: 'go-v2' });
    const run = (): void =>
      fc.assert(
        fc.property(clusterCommands(cluster, { invariant, maxCommands: 5 }), (commands) => {
          fc.modelRun(() => startCluster(cluster), commands);
        }),
        { seed: 5 },
      );
    expect(run).toThrow(/create Pod pay\/(web|api)/);
  });

  it('a law about names alone holds whatever happens', () => {
    const invariant = propertyOf('named', 'every pod has a name', () => undefined);
    fc.assert(
      fc.property(clusterCommands(cluster, { invariant }), (commands) => {
        fc.modelRun(() => startCluster(cluster), commands);
      }),
      { numRuns: 20 },
    );
  });
});

describe('creating a pod', () => {
  it('gives it the answers of its template', () => {
    const told = (of: World): unknown =>
      resolveAll(of, { sdk: { family: 'go-v2' } }).map(({ outcomes }) =>
        outcomes.map(({ identity, mechanism, when }) => [
          identity.kind,
          'arn' in identity ? identity.arn : '',
          mechanism,
          conditionText(when),
        ]),
      );
    fc.assert(
      fc.property(worlds({ maxPods: 1, facts: 'stated' }), (built) => {
        const [template] = built.workloads;
        if (!template) return;
        const pod = createPod(built, template, template.name);
        expect(told({ ...built, workloads: [pod] })).toEqual(told({ ...built, workloads: [template] }));
      }),
      { numRuns: 150 },
    );
  });
});
