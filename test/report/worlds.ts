import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { World } from '../../src/model/world.ts';
import { overviewFor, type Overview, type ResolveOptions } from '../../src/resolve/resolve.ts';
import { containersOf } from '../../src/resolve/subjects.ts';

export const account = '111122223333';
export const appRole: string = `arn:aws:iam::${account}:role/app`;
export const nodeRole: string = `arn:aws:iam::${account}:role/node`;

/** A pod with IRSA on a node that leaves its metadata service open. */
export function irsaWorld(): WorldBuilder {
  return world()
    .cluster({ region: 'eu-west-1' })
    .nodeDefaults({ roleArn: nodeRole, imds: { httpTokens: 'optional', httpPutResponseHopLimit: 2 } })
    .serviceAccount('pay/api', { roleArn: appRole })
    .workload('Deployment', 'pay/api', { serviceAccount: 'api' })
    .fact('kube2iam', 'notInstalled');
}

export function overviewsOf(given: World, options: ResolveOptions = {}): readonly Overview[] {
  return containersOf(given).map((target) => overviewFor(given, target, options));
}
