import { parseInput } from '../ingest/parse.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { World } from '../model/world.ts';
import { readInput } from '../node.ts';
import type { Io } from './io.ts';
import { loadNodeRules, type NodeRuleOptions } from './nodeRules.ts';

/** What the files and folders of the command line hold. */
export interface LoadedInput {
  readonly world: World;
  readonly diagnostics: readonly Diagnostic[];
  readonly ignored: readonly { readonly kind: string; readonly count: number }[];
}

/** Reads files, folders and (`-`) standard input into one world, and the rules of its nodes. */
export async function loadInput(
  paths: readonly string[],
  options: NodeRuleOptions,
  io: Io,
): Promise<LoadedInput> {
  const stdin = paths.includes('-') ? [{ file: '-', text: await io.stdin() }] : [];
  const files = await readInput(
    paths.filter((path) => path !== '-'),
    { cwd: io.cwd },
  );
  const texts = files.texts.map(({ file, text }) => ({ file: file.replace(/^\.\//, ''), text }));
  const { world, diagnostics, ignored } = parseInput([...texts, ...stdin]);
  const rules = await loadNodeRules(options, world, io);
  return {
    world: { ...world, iptables: rules.iptables },
    diagnostics: [...files.diagnostics, ...diagnostics, ...rules.diagnostics],
    ignored,
  };
}
