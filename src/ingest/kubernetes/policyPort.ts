import type { NetworkPolicyPort } from '../../model/kubernetes.ts';
import type { Field } from '../field.ts';
import type { Refuse } from './labelSelector.ts';
import { written } from './refusals.ts';

type Protocol = NetworkPolicyPort['protocol'];

/** Every protocol that has ports. */
export const protocols: readonly Protocol[] = ['TCP', 'UDP', 'SCTP'];

/** Reads a protocol; `ANY`, or nothing where that means any, gives all. */
export function readProtocols(
  field: Field,
  absent: readonly Protocol[],
  refuse: Refuse,
): readonly Protocol[] {
  const name = written(field);
  if (name === undefined) return absent;
  if (name.toUpperCase() === 'ANY') return protocols;
  const protocol = protocols.find((known) => known === name.toUpperCase());
  if (protocol) return [protocol];
  refuse(field, `\`${name}\` is no protocol that has ports`);
  return [];
}

/** Reads a port number, or nothing after a refusal. */
export function readPortNumber(field: Field, refuse: Refuse): number | undefined {
  const text = written(field) ?? '';
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535) return Number(text);
  refuse(field, `\`${text}\` is no port`);
  return undefined;
}
