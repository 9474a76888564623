import type { StatedFact } from '../model/fact.ts';
import { factDefinitions } from '../model/factDefinitions.ts';
import { nearestWord } from '../model/nearest.ts';

/** A fact, or what is wrong with it. */
export type FactText =
  | { readonly kind: 'fact'; readonly fact: StatedFact }
  | {
      readonly kind: 'wrong';
      readonly complaint: {
        readonly message: string;
        readonly expected?: string;
        readonly nearest?: string | undefined;
      };
    };

/**
 * Reads a fact as `--assume` takes it: `name` or `name:scope`, and a value.
 *
 * @example
 * parseFact('node:pay/api', 'n1')
 * // => { kind: 'fact', fact: { name: 'node', scope: 'pay/api', value: 'n1' } }
 */
export function parseFact(key: string, value: string): FactText {
  const colon = key.indexOf(':');
  const name = colon < 0 ? key : key.slice(0, colon);
  const definition = [...factDefinitions.values()].find((known) => known.name === name);
  if (!definition) {
    const known = [...factDefinitions.keys()];
    const expected = `one of ${known.join(', ')}`;
    const complaint = {
      message: `there is no fact \`${name}\``,
      expected,
      nearest: nearestWord(name, known),
    };
    return { kind: 'wrong', complaint };
  }
  const { options, valid } = definition;
  if (!options.includes(value) && !valid?.test(value)) {
    const expected = options.length > 0 ? `one of ${options.join(', ')}` : 'another value';
    const nearest = nearestWord(value, options);
    const message = `the fact \`${name}\` cannot be \`${value}\``;
    return { kind: 'wrong', complaint: { message, expected, nearest } };
  }
  const scope = colon < 0 ? {} : { scope: key.slice(colon + 1) };
  return { kind: 'fact', fact: { name: definition.name, ...scope, value } };
}
