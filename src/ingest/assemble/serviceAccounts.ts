import { indexOf, type World } from '../../model/world.ts';
import { nearestWord } from '../../model/nearest.ts';
import { describeRef } from '../../model/objectRef.ts';
import type { Report } from '../field.ts';
import { complainOf } from './complainOf.ts';

/**
 * Notes pods that name a service account which is not in the input, where others of that namespace are.
 *
 * A cluster refuses such a pod, but an input may simply not hold everything: hence a note.
 */
export function checkServiceAccounts(world: World, report: Report): void {
  const names = new Map<string, string[]>();
  for (const { namespace, name } of world.serviceAccounts) {
    names.set(namespace, [...(names.get(namespace) ?? []), name]);
  }
  for (const { template, ref } of world.workloads) {
    const { namespace, serviceAccountName } = template;
    const known = names.get(namespace);
    // Every namespace has a service account called `default`, whether or not a manifest shows it.
    if (!known || serviceAccountName === 'default') continue;
    if (indexOf(world).serviceAccount(namespace, serviceAccountName)) continue;
    const near = nearestWord(serviceAccountName, known);
    const hint = near === undefined ? '' : `; there is \`${near}\``;
    const missing = describeRef({ kind: 'ServiceAccount', namespace, name: serviceAccountName });
    complainOf(report, 'note', 'missing-service-account', ref, `\`${missing}\` is not in the input${hint}`);
  }
}
