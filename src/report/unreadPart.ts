import type { JsonValue } from '../model/aws.ts';
import type { ObjectRef } from '../model/objectRef.ts';
import type { Manifest } from './manifestDraft.ts';

/**
 * What stands for a part of a policy of which only the place is known. Whoever reads it takes it for what it
 * was: something that may fit any connection, and may not.
 */
const standIns: Readonly<Record<string, JsonValue>> = {
  authentication: { mode: 'required' },
  cidrGroupRef: 'not-shown',
  cidrGroupSelector: {},
  domains: ['not-shown.example'],
  domainNames: ['not-shown.example'],
  http: [{}],
  serverNames: ['not-shown.example'],
  services: { name: 'not-shown' },
  toFQDNs: [{ matchName: 'not-shown.example' }],
};

/** Gives what stands for the unread part called `key`; most are lists of rules. */
export function standIn(key: string): JsonValue {
  return standIns[key] ?? [{}];
}

/** Names the keys that lead from one place in an object down to another; none when they do not. */
export function keysBetween(from: ObjectRef, to: ObjectRef): readonly string[] {
  const [start, end] = [from.field ?? '', to.field ?? ''];
  if (!end.startsWith(start)) return [];
  return end
    .slice(start.length)
    .split(/[.[\]]/)
    .filter((key) => key !== '');
}

/** Writes what stands for an unread part under the keys that lead to it. */
export function standInAt(keys: readonly string[]): Manifest {
  const inside = standIn(keys.at(-1) ?? '');
  return keys.reduceRight<JsonValue>((value, key) => ({ [key]: value }), inside) as Manifest;
}
