import type { Match, Target } from '../../model/iptables.ts';
import { matchModules, coreOptions, type MatchReading } from './matchGrammar.ts';
import { parseTarget } from './targetGrammar.ts';

/** A rule's line read as far as it can be judged; what is not understood stands in it as `unknown`. */
export interface ParsedRule {
  readonly matches: readonly Match[];
  readonly target?: Target;
  /** What `iptables-restore` would refuse, in words. */
  readonly malformed: readonly string[];
}

const longNames: Readonly<Record<string, string>> = {
  '--source': '-s',
  '--src': '-s',
  '--destination': '-d',
  '--dst': '-d',
  '--in-interface': '-i',
  '--out-interface': '-o',
  '--protocol': '-p',
  '--jump': '-j',
  '--goto': '-g',
  '--match': '-m',
  '--fragment': '-f',
  '--set-counters': '-c',
};

/** An option with its values: `! --dports 80,443`. */
interface WrittenOption {
  readonly name: string;
  readonly negated: boolean;
  readonly values: readonly string[];
  /** As written. */
  readonly text: string;
}

/** Reads what follows `-A CHAIN` in a line of `iptables-save`. */
export function parseRule(words: readonly string[]): ParsedRule {
  const jump = words.findIndex((word) => /^(-j|--jump|-g|--goto)$/.test(word));
  const options = optionsOf(jump === -1 ? words : words.slice(0, jump));
  const matches: Match[] = [];
  const malformed: string[] = [];
  const take = (reading: MatchReading): void => {
    if (reading.kind === 'match') matches.push(...reading.matches);
    else malformed.push(reading.why);
  };
  let at = 0;
  while (at < options.length) {
    const option = options[at];
    if (!option) break;
    const core = coreOptions[option.name];
    if (option.name === '-m') {
      const end = endOfModule(options, at + 1);
      take(readModule(option, options.slice(at + 1, end)));
      at = end;
      continue;
    }
    if (core && option.values.length === 1) take(core(option.values[0] ?? '', option.negated));
    else if (option.name !== '-c') take(readImplicit(option, matches));
    at += 1;
  }
  if (jump === -1) return { matches, malformed };
  const target = parseTarget(words[jump] ?? '', words.slice(jump + 1));
  if (target.kind === 'malformed') return { matches, malformed: [...malformed, target.why] };
  return { matches, target, malformed };
}

/** Options of a module end where another module or an option of every rule begins. */
function endOfModule(options: readonly WrittenOption[], from: number): number {
  const end = options.findIndex(({ name }, at) => at >= from && !name.startsWith('--'));
  return end === -1 ? options.length : end;
}

/** A module that is not understood is one unknown, whatever its options say. */
function readModule(module: WrittenOption, options: readonly WrittenOption[]): MatchReading {
  const readers = matchModules[module.values[0] ?? ''];
  if (!readers || module.values.length !== 1) {
    const text = [module, ...options].map((option) => option.text).join(' ');
    return { kind: 'match', matches: [{ kind: 'unknown', text, negated: false }] };
  }
  const matches: Match[] = [];
  for (const option of options) {
    const read = readers[option.name]?.(option.values, option.negated, options) ?? unknown(option);
    if (read.kind === 'malformed') return read;
    matches.push(...read.matches);
  }
  return { kind: 'match', matches };
}

/** People leave out the module of a protocol that the rule names; iptables loads it all the same. */
function readImplicit(option: WrittenOption, before: readonly Match[]): MatchReading {
  const named = before.find((match) => match.kind === 'protocol');
  const reader = matchModules[named?.protocol ?? '']?.[option.name];
  return reader?.(option.values, option.negated, [option]) ?? unknown(option);
}

function unknown({ text }: WrittenOption): MatchReading {
  return { kind: 'match', matches: [{ kind: 'unknown', text, negated: false }] };
}

function optionsOf(words: readonly string[]): readonly WrittenOption[] {
  const options: WrittenOption[] = [];
  let at = 0;
  while (at < words.length) {
    const start = at;
    const negated = words[at] === '!';
    if (negated) at += 1;
    const written = words[at] ?? '';
    at += 1;
    const values: string[] = [];
    while (at < words.length && !/^(!$|--?[a-z])/i.test(words[at] ?? '')) {
      values.push(words[at] ?? '');
      at += 1;
    }
    const text = words.slice(start, at).join(' ');
    options.push({ name: longNames[written] ?? written, negated, values, text });
  }
  return options;
}
