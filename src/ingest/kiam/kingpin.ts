import { nearestWord } from '../../model/nearest.ts';
import { faultAt, type Argument, type FieldFault, type GivenFlag } from '../kube2iam/pflag.ts';
import { kiamFlagMistakes, kiamFlags, type KiamFlag, type KiamRole } from './flags.ts';

/** What the arguments of a kiam process say. kingpin takes no flag twice. */
export interface KiamCommandLine {
  readonly given: readonly GivenFlag[];
  readonly faults: readonly FieldFault[];
}

/**
 * Takes the arguments behind `agent` or `server` apart as the kingpin library does.
 *
 * A switch takes no value, neither `--iptables=true` nor a word; `--no-iptables` turns it off. Any other flag
 * takes what stands behind `=`, or the next argument. The real program ends at the first fault; here the rest is
 * read on, so that all faults are told at once.
 *
 * @source alecthomas/kingpin:parser.go, flags.go (v2.2.6); seen in recordings of kiam v4.2
 */
export function parseKiamArguments(role: KiamRole, args: readonly Argument[]): KiamCommandLine {
  const given: GivenFlag[] = [];
  const faults: FieldFault[] = [];
  let at = 0;
  while (at < args.length) {
    const argument = args[at];
    at += 1;
    if (!argument) break;
    const { text, field } = argument;
    if (!text.startsWith('-') || text === '-') {
      faults.push(faultAt(argument, 'badValue', `unexpected ${text}`));
      continue;
    }
    if (!text.startsWith('--')) {
      faults.push(faultAt(argument, 'unknownFlag', `unknown short flag '${text.slice(0, 2)}'`));
      continue;
    }
    const [written = '', ...behind] = text.slice(2).split('=');
    const value = behind.length > 0 ? behind.join('=') : undefined;
    const flag = flagNamed(role, written);
    if (!flag) {
      faults.push(written === 'help' ? help(argument) : unknownFlag(role, argument, written));
      continue;
    }
    if (given.some(({ name }) => name === flag.name)) {
      faults.push(faultAt(argument, 'badValue', `flag '${flag.name}' cannot be repeated`));
    } else if (flag.definition.type.kind !== 'boolean') {
      const next = value === undefined ? args[at] : undefined;
      if (next) at += 1;
      const taken = value ?? next?.text;
      if (taken !== undefined) given.push({ name: flag.name, value: taken, field });
      else faults.push(faultAt(argument, 'missingValue', `expected argument for flag '--${flag.name}'`));
    } else {
      given.push({ name: flag.name, value: flag.negated ? 'false' : 'true', field });
      if (value !== undefined) {
        const advice = { help: `a switch takes no value: write --${flag.name} or --no-${flag.name}` };
        faults.push(faultAt(argument, 'badValue', `unexpected ${value}`, advice));
      }
    }
  }
  return { given, faults };
}

function flagNamed(
  role: KiamRole,
  written: string,
): { readonly name: string; readonly definition: KiamFlag; readonly negated: boolean } | undefined {
  const own = kiamFlags.get(written);
  if (own?.of.includes(role)) return { name: written, definition: own, negated: false };
  const name = written.replace(/^no-/, '');
  const negated = name === written ? undefined : kiamFlags.get(name);
  return negated?.type.kind === 'boolean' && negated.of.includes(role)
    ? { name, definition: negated, negated: true }
    : undefined;
}

function help(argument: Argument): FieldFault {
  return faultAt(argument, 'missingConfiguration', 'prints its usage and ends');
}

function unknownFlag(role: KiamRole, argument: Argument, written: string): FieldFault {
  const message = `unknown long flag '--${written}'`;
  const mistake = kiamFlagMistakes.get(written);
  if (mistake) return faultAt(argument, 'unknownFlag', message, { help: mistake.help });
  const other = kiamFlags.get(written)?.of.find((one) => one !== role);
  if (other) return faultAt(argument, 'unknownFlag', message, { help: `that is a flag of the ${other}` });
  const names = [...kiamFlags].filter(([, { of }]) => of.includes(role)).map(([name]) => name);
  const word = nearestWord(written, names);
  return faultAt(argument, 'unknownFlag', message, word === undefined ? {} : { nearest: `--${word}` });
}
