import { kiamAgentDefaults, kiamServerDefaults } from '../../model/kiam.ts';
import type { KiamAgentFlags, KiamServerFlags } from '../../model/kiam.ts';
import { goRegexp } from '../../model/goRegexp.ts';
import { parseGoDuration } from '../kube2iam/goDuration.ts';
import { faultAt, type FieldFault, type GivenFlag } from '../kube2iam/pflag.ts';
import { kiamFlags, type KiamFlagType } from './flags.ts';

/** What a value becomes, or why kingpin refuses it. */
type Converted = { readonly value: string | number | boolean } | { readonly error: string };

/** The settings of one process, and the faults of values that have the wrong type. */
export interface KiamSettings<Flags> {
  readonly flags: Flags;
  readonly faults: readonly FieldFault[];
}

/** Gives the settings of an agent. */
export function kiamAgentSettings(given: readonly GivenFlag[]): KiamSettings<KiamAgentFlags> {
  return applied(kiamAgentDefaults, given);
}

/** Gives the settings of a server. */
export function kiamServerSettings(given: readonly GivenFlag[]): KiamSettings<KiamServerFlags> {
  return applied(kiamServerDefaults, given);
}

/** @source alecthomas/kingpin:values.go, values_generated.go (v2.2.6) */
function applied<Flags extends object>(defaults: Flags, given: readonly GivenFlag[]): KiamSettings<Flags> {
  const faults: FieldFault[] = [];
  const settings = new Map<string, string | number | boolean>();
  for (const { name, value, field } of given) {
    const definition = kiamFlags.get(name);
    if (!definition) continue;
    const converted = convert(definition.type, value);
    if ('error' in converted) {
      faults.push(faultAt({ text: `--${name}=${value}`, field }, 'badValue', converted.error));
    } else if (definition.setting !== undefined) {
      settings.set(definition.setting, converted.value);
    }
  }
  // The table of flags ties each setting to the type that `convert` gives it.
  return { flags: { ...defaults, ...Object.fromEntries(settings) } as Flags, faults };
}

function convert(type: KiamFlagType, text: string): Converted {
  switch (type.kind) {
    case 'text':
      return { value: text };
    case 'regexp':
      return goRegexp(text) ? { value: text } : { error: 'error parsing regexp' };
    case 'boolean':
      return { value: text === 'true' };
    case 'integer': {
      const value = /^[+-]?\d+(\.\d+)?$/.test(text) ? Math.trunc(Number(text)) : undefined;
      const error = `strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`;
      return value === undefined ? { error } : { value };
    }
    case 'duration': {
      const duration = parseGoDuration(text);
      return duration.kind === 'error' ? { error: duration.message } : { value: duration.seconds };
    }
    case 'choice':
      return type.among.includes(text)
        ? { value: text }
        : { error: `enum value must be one of ${type.among.join(',')}, got '${text}'` };
  }
}
