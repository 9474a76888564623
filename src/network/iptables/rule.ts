import type { ObjectRef } from '../../model/objectRef.ts';
import type { IpFamily } from '../address.ts';

/** The tables that a packet meets, in the order in which it meets them. */
export type TableName = 'raw' | 'mangle' | 'nat' | 'filter';

/** The chains that the kernel itself enters. */
export type BuiltInChain = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING';

/** All rules of one family on one node. */
export interface RuleSet {
  readonly family: IpFamily;
  readonly tables: Readonly<Partial<Record<TableName, Table>>>;
}

/** A table: chains by name. */
export type Table = Readonly<Record<string, Chain>>;

/**
 * A chain; `policy` is what becomes of a packet that reaches the end of a built-in one, and absent in
 * others.
 */
export interface Chain {
  readonly policy?: 'ACCEPT' | 'DROP';
  readonly rules: readonly Rule[];
}

/** A rule; every match must hold. A rule without a target only counts. */
export interface Rule {
  readonly matches: readonly Match[];
  readonly target?: Target;
  /** As `iptables-save` prints it. */
  readonly text: string;
  readonly ref?: ObjectRef;
}

/** A match that whichrole can judge, or `unknown`, which may hold or not. */
export type Match = {
  /** Written with `!`. */
  readonly negated: boolean;
} & (
  | { readonly kind: 'protocol'; readonly protocol: string }
  | { readonly kind: 'source' | 'destination' | 'originalDestination'; readonly cidr: string }
  | {
      readonly kind: 'sourcePorts' | 'destinationPorts';
      /** Inclusive. */
      readonly ranges: readonly (readonly [first: number, last: number])[];
    }
  | { readonly kind: 'inInterface' | 'outInterface'; readonly pattern: string }
  | { readonly kind: 'connectionState'; readonly states: readonly string[] }
  | { readonly kind: 'mark'; readonly value: number; readonly mask: number }
  | { readonly kind: 'addressType'; readonly end: 'source' | 'destination'; readonly type: string }
  | { readonly kind: 'unknown'; readonly text: string }
);

/** What a rule does with a packet that it matches. */
export type Target =
  | { readonly kind: 'ACCEPT' | 'DROP' | 'REJECT' | 'RETURN' }
  | { readonly kind: 'DNAT'; readonly address?: string; readonly port?: number }
  | { readonly kind: 'REDIRECT'; readonly port?: number }
  /** The new mark is `(mark & ~mask) ^ value`. */
  | { readonly kind: 'MARK'; readonly value: number; readonly mask: number }
  | { readonly kind: 'NOTRACK' }
  /** Changes nothing that decides where the packet goes: LOG, CONNMARK, TTL … */
  | { readonly kind: 'passes'; readonly name: string }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  | { readonly kind: 'unknown'; readonly text: string };
