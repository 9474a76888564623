import type { ObjectRef } from './objectRef.ts';

/** The tables that a packet meets, in the order in which it meets them. */
export type TableName = 'raw' | 'mangle' | 'nat' | 'filter';

/** The chains that the kernel itself enters. */
export type BuiltInChain = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING';

/** All rules of one family on one node. */
export interface RuleSet {
  readonly family: 4 | 6;
  readonly tables: Readonly<Partial<Record<TableName, Table>>>;
}

/** The rules of a node, as the input shows them. */
export interface NodeRules {
  /** Absent: of every node for which no other entry names it. */
  readonly node?: string;
  readonly ruleSet: RuleSet;
  /** Absent: what the rules' sets hold is not shown. */
  readonly ipSets: Readonly<Record<string, IpSet>>;
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
  readonly ref?: ObjectRef;
}

/** A rule; every match must hold. A rule without a target only counts. */
export interface Rule {
  readonly matches: readonly Match[];
  readonly target?: Target;
  /** As `iptables-save` prints it. */
  readonly text: string;
  readonly ref?: ObjectRef;
}

/** One end of a packet, as options name it. */
export type PacketEnd = 'source' | 'destination';

/** A match that whichrole can judge, or `unknown`, which may hold or not. */
export type Match = {
  /** Written with `!`. */
  readonly negated: boolean;
} & (
  | { readonly kind: 'protocol'; readonly protocol: string }
  | { readonly kind: PacketEnd | 'originalSource' | 'originalDestination'; readonly cidr: string }
  | { readonly kind: 'range'; readonly end: PacketEnd; readonly first: string; readonly last: string }
  | {
      readonly kind: 'sourcePorts' | 'destinationPorts' | 'eitherPorts' | 'originalDestinationPorts';
      /** Inclusive. */
      readonly ranges: readonly (readonly [first: number, last: number])[];
    }
  | { readonly kind: 'inInterface' | 'outInterface'; readonly pattern: string }
  | { readonly kind: 'connectionState'; readonly states: readonly string[] }
  | { readonly kind: 'connectionDirection'; readonly direction: 'original' | 'reply' }
  | { readonly kind: 'mark' | 'connectionMark'; readonly value: number; readonly mask: number }
  | {
      readonly kind: 'addressType';
      readonly end: PacketEnd;
      readonly types: readonly string[];
      /** Only addresses of the interface on this side count as local. */
      readonly limitTo?: 'inInterface' | 'outInterface';
    }
  | { readonly kind: 'set'; readonly name: string; readonly ends: readonly PacketEnd[] }
  | { readonly kind: 'tcpFlags'; readonly among: readonly string[]; readonly set: readonly string[] }
  | { readonly kind: 'unknown'; readonly text: string }
);

/** What a rule does with a packet that it matches. */
export type Target =
  | { readonly kind: 'ACCEPT' | 'DROP' | 'RETURN' }
  | { readonly kind: 'MASQUERADE' }
  | { readonly kind: 'NOTRACK' }
  /** `with` is `tcp-reset` or the kind of ICMP error. */
  | { readonly kind: 'REJECT'; readonly with?: string }
  | { readonly kind: 'DNAT'; readonly address?: string; readonly port?: number }
  | { readonly kind: 'SNAT'; readonly address: string }
  | { readonly kind: 'REDIRECT'; readonly port?: number }
  /** The new mark is `(mark & ~mask) ^ value`. */
  | { readonly kind: 'MARK' | 'setConnectionMark'; readonly value: number; readonly mask: number }
  /** Copies the bits of `from` to the bits of `to`: the packet's mark to its connection's, or back. */
  | {
      readonly kind: 'saveMark' | 'restoreMark';
      readonly packetMask: number;
      readonly connectionMask: number;
    }
  /** Changes nothing that decides where the packet goes: LOG, TTL, TCPMSS … */
  | { readonly kind: 'passes'; readonly name: string }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  | { readonly kind: 'unknown'; readonly text: string };

/** A set of addresses, as `ipset save` prints it. */
export interface IpSet {
  /** As `hash:net,port`. */
  readonly type: string;
  /** As printed: `10.0.0.0/8,tcp:80`. */
  readonly entries: readonly IpSetEntry[];
}

/** One entry of a set; `excepted` is one with `nomatch`. */
export interface IpSetEntry {
  readonly text: string;
  readonly excepted: boolean;
}
