import type { ObjectRef } from '../model/objectRef.ts';
import type { World } from '../model/world.ts';

/** A service account that the input shows, or that something in the input names. */
export interface KnownAccount {
  readonly namespace: string;
  readonly name: string;
  /** Absent when no manifest of it is shown. */
  readonly at?: ObjectRef;
}

/** Lists the service accounts of a world: those shown, and those that pods and associations name. */
export function knownAccounts(world: World): readonly KnownAccount[] {
  const accounts = new Map<string, KnownAccount>();
  const add = (account: KnownAccount): void => {
    const key = `${account.namespace}/${account.name}`;
    if (!accounts.has(key)) accounts.set(key, account);
  };
  for (const { namespace, name, ref } of world.serviceAccounts) add({ namespace, name, at: ref });
  for (const { namespace, template } of world.workloads) {
    add({ namespace, name: template.serviceAccountName });
  }
  for (const { namespace, serviceAccount } of world.podIdentityAssociations) {
    add({ namespace, name: serviceAccount });
  }
  return [...accounts.values()];
}

/** Writes the subject of a service account's tokens. */
export function subjectOfAccount({ namespace, name }: KnownAccount): string {
  return `system:serviceaccount:${namespace}:${name}`;
}
