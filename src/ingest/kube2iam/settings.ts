import { kube2iamDefaults, type Kube2iamFlags } from '../../model/kube2iam.ts';
import { flagDefinitions } from './flags.ts';
import { parseGoDuration } from './goDuration.ts';
import { faultAt, type FieldFault, type GivenFlag } from './pflag.ts';

/** @source golang/go:src/strconv/atob.go `ParseBool` */
const truths: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(['1', 't', 'T', 'true', 'TRUE', 'True'].map((word) => [word, true])),
  ...Object.fromEntries(['0', 'f', 'F', 'false', 'FALSE', 'False'].map((word) => [word, false])),
};

/**
 * Names that stand for a port, as far as images without a file of services know them, and the one more that is
 * used for this.
 *
 * @source golang/go:src/net/lookup.go `services`; /etc/services of Debian
 */
export const portNames: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
  ['http-alt', 8080],
]);

/** What a value becomes, or why Go refuses it. */
type Converted =
  | { readonly kind: 'value'; readonly value: string | number | boolean }
  | { readonly kind: 'error'; readonly message: string };

/**
 * Gives the settings that the process has after parsing, and the faults of values that have the wrong type.
 *
 * @source spf13/pflag:bool.go, duration.go, errors.go `InvalidValueError` (v1.0.10)
 */
export function applyFlags(given: readonly GivenFlag[]): {
  readonly flags: Kube2iamFlags;
  readonly faults: readonly FieldFault[];
} {
  const faults: FieldFault[] = [];
  const settings = new Map<string, string | number | boolean>();
  for (const { name, value, field } of given) {
    const definition = flagDefinitions.get(name);
    if (!definition) continue;
    const converted = convert(definition.type, value);
    if (converted.kind === 'error') {
      const message = `invalid argument ${JSON.stringify(value)} for "--${name}" flag: ${converted.message}`;
      faults.push(faultAt({ text: `--${name}=${value}`, field }, 'badValue', message));
    } else if (definition.setting !== undefined) {
      settings.set(definition.setting, converted.value);
    }
  }
  // The table of flags ties each setting to the type that `convert` gives it.
  const flags = { ...kube2iamDefaults, ...Object.fromEntries(settings) } as Kube2iamFlags;
  const { baseRoleArn } = flags;
  const slash = baseRoleArn !== '' && !baseRoleArn.endsWith('/') ? '/' : '';
  return { flags: { ...flags, baseRoleArn: baseRoleArn + slash }, faults };
}

function convert(type: 'string' | 'boolean' | 'duration' | 'port', text: string): Converted {
  switch (type) {
    case 'string':
      return { kind: 'value', value: text };
    case 'boolean': {
      const value = Object.hasOwn(truths, text) ? truths[text] : undefined;
      if (value !== undefined) return { kind: 'value', value };
      const message = `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`;
      return { kind: 'error', message };
    }
    case 'duration': {
      const duration = parseGoDuration(text);
      return duration.kind === 'error' ? duration : { kind: 'value', value: duration.seconds };
    }
    case 'port':
      // A string to the program; whether it can listen there is checked later, see `checkSettings`.
      return { kind: 'value', value: /^\d{1,9}$/.test(text) ? Number(text) : (portNames.get(text) ?? 0) };
  }
}
