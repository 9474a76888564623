import { settingsVersion } from '../ingest/config/settings.ts';
import type { JsonValue } from '../model/aws.ts';
import type { Expectation } from '../model/expectation.ts';
import { factKey } from '../model/fact.ts';
import type { ClusterNode, ImdsOptions } from '../model/node.ts';
import { describeSdk } from '../model/sdk.ts';
import type { Suppression } from '../model/suppression.ts';
import { emptyWorld, type World } from '../model/world.ts';
import { someOf, written, type Manifest } from './manifestDraft.ts';

/** Writes what no manifest shows as `whichrole.yaml` states it; nothing when there is nothing to state. */
export function settingsManifest(world: World): Manifest | undefined {
  const { cluster, nodeDefaults, sdkStatements } = world;
  const facts = Object.fromEntries(world.facts.map((fact) => [factKey(fact), fact.value]));
  const settings = written({
    cluster: clusterSetting(cluster),
    nodeRole: nodeDefaults.roleArn,
    imds: imdsSetting(nodeDefaults.imds),
    nodes: someOf(world.nodes.flatMap((node) => nodeSetting(node) ?? [])),
    sdks: someOf(
      sdkStatements.map(({ namespace, workload, container, sdk }) =>
        written({ namespace, workload, container, sdk: describeSdk(sdk) }),
      ),
    ),
    facts: world.facts.length === 0 ? undefined : facts,
    expect: someOf(world.expectations.map(expectationSetting)),
    suppress: someOf(world.suppressions.flatMap(suppressionSetting)),
  });
  if (Object.keys(settings).length === 0) return undefined;
  return { apiVersion: settingsVersion, kind: 'Settings', ...settings };
}

function expectationSetting({ of, claim, identity, underFaults }: Expectation): Manifest {
  const { kind: _kind, ...scope } = of;
  return written({ ...scope, [claim === 'gets' ? 'role' : 'never']: identity, underFaults });
}

/** A suppression of one object stands at the object, as an annotation. */
function suppressionSetting({ rule, reason, covers }: Suppression): readonly Manifest[] {
  return covers.kind === 'named' ? [{ rule, object: covers.pattern, reason }] : [];
}

function clusterSetting(cluster: World['cluster']): JsonValue | undefined {
  const { ref: _where, ...facts } = cluster;
  const defaults: Readonly<Record<string, JsonValue | undefined>> = { ...emptyWorld.cluster, ref: undefined };
  const stated = Object.entries(facts).filter(([key, value]) => value !== defaults[key]);
  return stated.length === 0 ? undefined : Object.fromEntries(stated);
}

function nodeSetting({ name, roleArn, imds, labels, compute }: ClusterNode): Manifest | undefined {
  const shown = labels['eks.amazonaws.com/compute-type'] === 'fargate' ? 'fargate' : 'ec2';
  const stated = written({
    role: roleArn,
    imds: imdsSetting(imds),
    compute: compute === shown ? undefined : compute,
  });
  return Object.keys(stated).length === 0 ? undefined : { name, ...stated };
}

function imdsSetting(imds: ImdsOptions): JsonValue | undefined {
  const { ref: _where, ...options } = imds;
  return Object.keys(options).length === 0 ? undefined : written(options);
}
