import type { Diagnostic } from '../../model/diagnostic.ts';
import type { IpSet, NodeRules } from '../../model/iptables.ts';
import { parseIptablesSave, type ParsedRuleSets } from './iptablesSave.ts';

/** What a program printed on a node: `iptables-save`, `ip6tables-save` or `ipset save`. */
export interface SavedText {
  /** Absent: of every node for which no other text names it. */
  readonly node?: string;
  readonly file: string;
  readonly text: string;
}

/** The rules of nodes, and what is to be said of the texts. */
export interface ReadNodeRules {
  readonly iptables: readonly NodeRules[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads what was saved on nodes: the tables of a node may stand in several texts, and its sets in others.
 *
 * A table that stands in two of them is that of the last one: what the legacy and the nft backend hold side by
 * side is not put together, because the order in which they were loaded decides there.
 */
export function readNodeRules(saved: readonly SavedText[]): ReadNodeRules {
  const texts = saved.map((one) => ({ ...one, parsed: parseIptablesSave(one.text, one.file) }));
  const diagnostics: Diagnostic[] = texts.flatMap(({ parsed }) => parsed.diagnostics);
  const rules = new Map<string, NodeRules>();
  for (const { node, file, parsed } of texts) {
    for (const ruleSet of parsed.ruleSets) {
      const key = JSON.stringify([node, ruleSet.family]);
      const before = rules.get(key)?.ruleSet.tables ?? {};
      const twice = Object.keys(ruleSet.tables).filter((table) => table in before);
      diagnostics.push(...twice.map((table) => tableTwice(table, file)));
      const tables = { ...before, ...ruleSet.tables };
      rules.set(key, {
        ...(node === undefined ? {} : { node }),
        ruleSet: { ...ruleSet, tables },
        ipSets: setsOf(texts, node),
      });
    }
  }
  return { iptables: [...rules.values()], diagnostics };
}

function setsOf(
  texts: readonly { readonly node?: string; readonly parsed: ParsedRuleSets }[],
  node: string | undefined,
): Readonly<Record<string, IpSet>> {
  const own = texts.filter((one) => one.node === undefined || one.node === node);
  return Object.fromEntries(own.flatMap(({ parsed }) => Object.entries(parsed.ipSets)));
}

function tableTwice(table: string, file: string): Diagnostic {
  return {
    code: 'iptables-twice',
    severity: 'warning',
    message: `table \`${table}\` was read before; this one is used`,
    position: { file, line: 1, column: 1 },
    help: 'give the rules of another node as NODE=FILE',
  };
}
