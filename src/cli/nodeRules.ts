import { readNodeRules, type ReadNodeRules, type SavedText } from '../ingest/iptables/nodeRules.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { nearestWord } from '../model/nearest.ts';
import type { World } from '../model/world.ts';
import { readInput } from '../node.ts';
import type { Io } from './io.ts';
import { usageError } from './usageError.ts';

/** Options that name what was saved on nodes. */
export interface NodeRuleOptions {
  readonly iptablesSave?: readonly string[];
  readonly ipsetSave?: readonly string[];
}

/** Reads the rules of nodes from the files of the command line, each `FILE` or `NODE=FILE`. */
export async function loadNodeRules(
  { iptablesSave = [], ipsetSave = [] }: NodeRuleOptions,
  { nodes }: World,
  io: Io,
): Promise<ReadNodeRules> {
  const saved: SavedText[] = [];
  const diagnostics: Diagnostic[] = [];
  const names = nodes.map(({ name }) => name);
  for (const written of [...iptablesSave, ...ipsetSave]) {
    const [, node, path = written] = /^([^=/]+)=(.+)$/.exec(written) ?? [];
    if (node !== undefined && !names.includes(node)) diagnostics.push(unknownNode(node, names));
    const files =
      path === '-'
        ? { texts: [{ file: '-', text: await io.stdin() }], diagnostics: [] }
        : await readInput([path], { cwd: io.cwd });
    diagnostics.push(...files.diagnostics);
    saved.push(...files.texts.map((text) => ({ ...text, ...(node === undefined ? {} : { node }) })));
  }
  const read = readNodeRules(saved);
  return { iptables: read.iptables, diagnostics: [...diagnostics, ...read.diagnostics] };
}

function unknownNode(node: string, names: readonly string[]): Diagnostic {
  const nearest = nearestWord(node, names);
  return usageError(`the input has no node \`${node}\``, nearest === undefined ? {} : { nearest });
}
