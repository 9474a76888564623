import type { BuiltInChain, RuleSet, TableName } from '../../model/iptables.ts';
import { cidrContains, familyOf } from '../address.ts';
import { isLocal } from './match.ts';
import { translate } from './nat.ts';
import type { Host, Packet } from './packet.ts';
import { faceOf, loopbackFace } from './route.ts';
import { passTable, type Passage } from './table.ts';

/** How a packet came through the node. */
export interface Journey {
  readonly passages: readonly Passage[];
  /** `martian`: it came from outside for 127.0.0.0/8. */
  readonly end: 'delivered' | 'dropped' | 'rejected' | 'martian';
  /** For a process of the node, or for somebody beyond it. */
  readonly at: 'node' | 'beyond';
  /** As it was at the end. */
  readonly packet: Packet;
}

/**
 * Leads a packet that came in by an interface through PREROUTING, the routing decision, and INPUT or FORWARD
 * and POSTROUTING.
 *
 * @source netfilter.org "Traversing of tables and chains"; the order was measured with packets
 */
export function enterNode(rules: RuleSet, packet: Packet, host: Host): Journey {
  const walk = beginWalk(rules, packet, host);
  passRaw(walk, 'PREROUTING');
  pass(walk, 'mangle', 'PREROUTING');
  passNat(walk, 'PREROUTING');
  if (walk.end !== undefined) return journeyOf(walk);
  const { destination } = walk.packet;
  if (!isLocal(destination, host)) return forward(walk);
  // INVARIANT: without route_localnet the kernel drops what comes from outside for 127.0.0.0/8.
  if (cidrContains('127.0.0.0/8', destination ?? '') && host.routeLocalnet() === 'off') {
    return { ...journeyOf(walk), end: 'martian', at: 'node' };
  }
  return deliver(walk);
}

/** Leads a packet that a process of the node sends through OUTPUT and POSTROUTING; PREROUTING never sees it. */
export function leaveNode(rules: RuleSet, packet: Packet, host: Host): Journey {
  const { inInterface: _none, ...sent } = packet;
  const walk = beginWalk(rules, { ...sent, outInterface: faceOf(packet, host).name }, host);
  passRaw(walk, 'OUTPUT');
  pass(walk, 'mangle', 'OUTPUT');
  passNat(walk, 'OUTPUT');
  // The interface is the one that was chosen before anything was rewritten.
  pass(walk, 'filter', 'OUTPUT');
  postrouting(walk);
  if (walk.end !== undefined || !isLocal(walk.packet.destination, host)) return journeyOf(walk);
  // What a process sends to the node itself comes in again, by the loopback interface; its connection is known.
  const { outInterface: _lo, ...back } = walk.packet;
  walk.packet = { ...back, inInterface: loopbackFace.name };
  pass(walk, 'raw', 'PREROUTING');
  pass(walk, 'mangle', 'PREROUTING');
  return deliver(walk);
}

/** A packet under way: what it met so far, and how it ended, if it did. */
interface Walk {
  readonly rules: RuleSet;
  readonly host: Host;
  readonly passages: Passage[];
  packet: Packet;
  at: Journey['at'];
  end?: Journey['end'];
}

function beginWalk(rules: RuleSet, packet: Packet, host: Host): Walk {
  // An IPv4 rule never meets an IPv6 packet.
  const family = familyOf(packet.destination ?? packet.source ?? '') ?? rules.family;
  const applicable = family === rules.family ? rules : { ...rules, tables: {} };
  return { rules: applicable, host, passages: [], packet, at: 'beyond' };
}

function journeyOf({ passages, packet, at, end = 'delivered' }: Walk): Journey {
  return { passages, end, at, packet };
}

function deliver(walk: Walk): Journey {
  walk.at = 'node';
  const { outInterface: _none, ...incoming } = walk.packet;
  walk.packet = incoming;
  pass(walk, 'mangle', 'INPUT');
  pass(walk, 'filter', 'INPUT');
  passNat(walk, 'INPUT');
  return journeyOf(walk);
}

function forward(walk: Walk): Journey {
  walk.packet = { ...walk.packet, outInterface: faceOf(walk.packet, walk.host).name };
  pass(walk, 'mangle', 'FORWARD');
  pass(walk, 'filter', 'FORWARD');
  postrouting(walk);
  return journeyOf(walk);
}

function postrouting(walk: Walk): void {
  if (walk.end !== undefined) return;
  const { inInterface: _none, ...outgoing } = walk.packet;
  walk.packet = { ...outgoing, outInterface: faceOf(outgoing, walk.host).name };
  pass(walk, 'mangle', 'POSTROUTING');
  passNat(walk, 'POSTROUTING');
}

/** Table raw comes before connection tracking: its rules know of no connection, and may forbid one. */
function passRaw(walk: Walk, chain: BuiltInChain): void {
  const { connection } = walk.packet;
  walk.packet = { ...walk.packet, connection: { ...connection, state: 'unseen' } };
  pass(walk, 'raw', chain);
  const after = walk.packet.connection;
  const state = after.state === 'unseen' ? connection.state : after.state;
  walk.packet = { ...walk.packet, connection: { ...after, state } };
}

function passNat(walk: Walk, chain: BuiltInChain): void {
  if (walk.end !== undefined) return;
  const { connection } = walk.packet;
  const isSettled = chain === 'INPUT' && connection.source !== undefined;
  if (connection.state === 'new' && !isSettled) return pass(walk, 'nat', chain);
  walk.packet = translate(walk.packet, chain);
}

function pass(walk: Walk, table: TableName, chain: BuiltInChain): void {
  if (walk.end !== undefined) return;
  const passage = passTable(walk.rules, table, chain, walk.packet, walk.host);
  if (walk.rules.tables[table]?.[chain]) walk.passages.push(passage);
  walk.packet = passage.packet;
  if (passage.verdict !== 'accept') walk.end = passage.verdict === 'drop' ? 'dropped' : 'rejected';
}
