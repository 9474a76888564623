import { stringify } from 'yaml';
import { isSameObject } from '../model/objectRef.ts';
import type { World } from '../model/world.ts';
import { adminPolicyManifest } from './adminPolicyManifest.ts';
import { awsManifests } from './awsManifests.ts';
import {
  calicoNetworkSetManifest,
  calicoPolicyManifest,
  calicoTierManifest,
} from './calicoPolicyManifest.ts';
import { ciliumPolicyManifests } from './ciliumPolicyManifest.ts';
import { daemonProcesses } from './daemonArguments.ts';
import type { Manifest } from './manifestDraft.ts';
import {
  dataManifest,
  namespaceManifest,
  networkPolicyManifest,
  nodeManifest,
  serviceAccountManifest,
} from './objectManifests.ts';
import { daemonManifest, workloadManifest } from './podManifests.ts';
import { securityGroupManifests } from './securityGroupManifests.ts';
import { settingsManifest } from './settingsManifest.ts';
import { withSuppressions } from './suppressedManifest.ts';

/**
 * Writes a world as YAML that whichrole reads back: manifests, outputs of the AWS CLI, and settings for what
 * neither shows. Every container that the world has gets the same answers from the text, unless it says that
 * something was not written.
 *
 * @example
 * const built = world().serviceAccount('pay/api', { roleArn: 'arn:aws:iam::111122223333:role/api' }).build();
 * parseInput([{ file: 'all.yaml', text: manifestsText(built) }]).world.serviceAccounts.length // => 1
 */
export function manifestsText(world: World): string {
  const left = leftOut(world).map((what) => `# not written: ${what}\n`);
  return [...left, manifestsOf(world).map(yamlText).join('---\n')].join('');
}

/** Names what has no text of its own here: a rule of iptables cannot stand in YAML. */
function leftOut({ iptables }: World): readonly string[] {
  return iptables.map(
    ({ node }) => `iptables rules of ${node === undefined ? 'every node' : `node ${node}`}`,
  );
}

/** Kubernetes reads YAML 1.1, in which `yes` is a truth and `0o7` is not a number. */
function yamlText(manifest: Manifest): string {
  return stringify(manifest, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
}

function manifestsOf(world: World): readonly Manifest[] {
  const daemons = daemonProcesses(world);
  const alone = daemons.filter(({ ref }) => !world.workloads.some((each) => isSameObject(ref, each.ref)));
  const settings = settingsManifest(world);
  const manifests = [
    ...world.namespaces.map(namespaceManifest),
    ...world.serviceAccounts.map(serviceAccountManifest),
    ...world.workloads.map((workload) =>
      workloadManifest(
        workload,
        daemons.filter(({ ref }) => isSameObject(ref, workload.ref)),
      ),
    ),
    ...alone.map(daemonManifest),
    ...world.networkPolicies.map(networkPolicyManifest),
    ...world.adminPolicies.map(adminPolicyManifest),
    ...world.ciliumPolicies.flatMap(ciliumPolicyManifests),
    ...world.calicoTiers.map(calicoTierManifest),
    ...world.calicoPolicies.map(calicoPolicyManifest),
    ...world.calicoNetworkSets.map(calicoNetworkSetManifest),
    ...securityGroupManifests(world),
    ...world.dataObjects.map(dataManifest),
    ...world.nodes.map(nodeManifest),
    ...awsManifests(world),
    ...(settings ? [settings] : []),
  ];
  return manifests.map((manifest) => withSuppressions(manifest, world.suppressions));
}
