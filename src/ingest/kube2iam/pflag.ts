import type { StartupFault } from '../../model/kube2iam.ts';
import { nearestWord } from '../../model/nearest.ts';
import { refOf, type Field } from '../field.ts';
import { flagDefinitions, flagMistakes } from './flags.ts';

/** One argument of a command line, and where it was written. */
export interface Argument {
  readonly text: string;
  readonly field: Field;
}

/** A flag that was given: its value as text, and the argument that holds its name. */
export interface GivenFlag {
  readonly name: string;
  readonly value: string;
  readonly field: Field;
}

/** What a command line says. Of a flag that is given twice the last counts, so the order matters. */
export interface CommandLine {
  readonly given: readonly GivenFlag[];
  readonly faults: readonly FieldFault[];
}

/** A startup fault together with the place to complain at, and advice. */
export interface FieldFault extends StartupFault {
  readonly field: Field;
  readonly help?: string;
}

/**
 * Takes a command line apart as the pflag library does.
 *
 * `--flag=value` and `--flag value` for flags that take one; a switch takes its value only after `=`,
 * so that the word after it is no value. `--` ends the flags. The real program ends at the first fault;
 * here the rest is read on, so that all faults are told at once.
 *
 * @source spf13/pflag:flag.go `parseArgs`, `parseLongArg`, `parseSingleShortArg` (v1.0.10)
 */
export function parseCommandLine(args: readonly Argument[]): CommandLine {
  const given: GivenFlag[] = [];
  const faults: FieldFault[] = [];
  let at = 0;
  while (at < args.length) {
    const argument = args[at];
    at += 1;
    if (argument === undefined || argument.text === '--') break;
    const { text, field } = argument;
    if (!text.startsWith('-') || text === '-') continue; // a bare word; kube2iam reads none
    if (!text.startsWith('--')) {
      const fault = shorthandFault(argument);
      if (fault) faults.push(fault);
      continue;
    }
    const [name = '', ...afterEqualSign] = text.slice(2).split('=');
    if (name === '' || name.startsWith('-')) {
      faults.push(faultAt(argument, 'badValue', `bad flag syntax: ${text}`));
      continue;
    }
    const definition = flagDefinitions.get(name);
    if (!definition) {
      faults.push(name === 'help' ? helpFault(argument) : unknownFlag(argument, name));
    } else if (afterEqualSign.length > 0) {
      given.push({ name, value: afterEqualSign.join('='), field });
    } else if (definition.type === 'boolean') {
      given.push({ name, value: 'true', field });
    } else {
      const next = args[at];
      at += 1;
      if (next) given.push({ name, value: next.text, field });
      else faults.push(faultAt(argument, 'missingValue', `flag needs an argument: --${name}`));
    }
  }
  return { given, faults };
}

/** Makes a fault of one argument. */
export function faultAt(
  argument: Argument,
  kind: StartupFault['kind'],
  message: string,
  advice: { readonly nearest?: string; readonly help?: string } = {},
): FieldFault {
  return {
    kind,
    argument: argument.text,
    message,
    ...advice,
    ref: refOf(argument.field),
    field: argument.field,
  };
}

function unknownFlag(argument: Argument, name: string): FieldFault {
  const message = `unknown flag: --${name}`;
  const mistake = flagMistakes.get(name);
  if (mistake) {
    const nearest = mistake.meant === undefined ? {} : { nearest: `--${mistake.meant}` };
    return faultAt(argument, 'unknownFlag', message, { ...nearest, help: mistake.help });
  }
  const [firstWord = '', ...words] = name.split(/\s+/);
  const word = flagDefinitions.has(firstWord) ? firstWord : nearestWord(firstWord, flagDefinitions.keys());
  const nearest = word === undefined ? {} : { nearest: `--${word}` };
  const help = words.length > 0 ? { help: 'one item of the list is one argument, spaces included' } : {};
  return faultAt(argument, 'unknownFlag', message, { ...nearest, ...help });
}

function helpFault(argument: Argument): FieldFault {
  return faultAt(argument, 'missingConfiguration', 'prints its usage and ends');
}

/** kube2iam defines no shorthand, so that a single dash is always a fault. `-test.…` is passed over. */
function shorthandFault(argument: Argument): FieldFault | undefined {
  const letters = argument.text.slice(1);
  if (letters.startsWith('test.')) return undefined;
  if (letters.startsWith('h')) return helpFault(argument);
  const message = `unknown shorthand flag: '${letters.charAt(0)}' in -${letters}`;
  const word = nearestWord(letters.split('=')[0] ?? '', flagDefinitions.keys());
  return faultAt(argument, 'unknownFlag', message, word === undefined ? {} : { nearest: `--${word}` });
}
