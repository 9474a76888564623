/**
 * Writes the rules of a scenario as `iptables-restore` takes them.
 *
 * A table is a list of lines; a line that begins with `:` declares a chain, or the policy of a built-in one.
 */
const builtIn = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
};

export function rulesText(tables = {}) {
  return Object.entries(tables)
    .map(([table, lines]) => {
      const declared = lines.filter((line) => line.startsWith(':'));
      const own = new Set(declared.map((line) => line.slice(1).split(' ')[0]));
      const others = builtIn[table].filter((chain) => !own.has(chain));
      const rules = lines.filter((line) => !line.startsWith(':'));
      return [
        `*${table}`,
        ...others.map((chain) => `:${chain} ACCEPT`),
        ...declared,
        ...rules,
        'COMMIT',
        '',
      ].join('\n');
    })
    .join('');
}
