import type { Expectation, ExpectationScope } from '../../model/expectation.ts';
import { complain, items, refOf, type Field } from '../field.ts';
import { withoutUndefined } from '../withoutUndefined.ts';
import type { ExpectationSetting } from './settings.ts';

/** Reads the list `expect` of `whichrole.yaml`; an entry that says too much or too little is complained of. */
export function readExpectations(
  field: Field,
  settings: readonly ExpectationSetting[],
): readonly Expectation[] {
  const fields = items(field);
  return settings.flatMap((setting, at): readonly Expectation[] => {
    const place = fields[at] ?? field;
    const { role, never, underFaults } = setting;
    const of = scopeOf(setting);
    const identity = role ?? never;
    if (!of || identity === undefined || (role !== undefined && never !== undefined)) {
      const [message, expected] = of
        ? ['an expectation says what a pod gets or what it never gets', 'either `role` or `never`']
        : ['an expectation is about one workload or one namespace', '`workload`, `namespace`, or neither'];
      complain(place, { code: 'bad-setting', severity: 'error', message: message ?? '', expected });
      return [];
    }
    const claim = role === undefined ? ('never' as const) : ('gets' as const);
    return [withoutUndefined({ of, claim, identity, underFaults, ref: refOf(place) })];
  });
}

/** The pods that are meant; nothing when two answers are given. */
function scopeOf({ workload, namespace }: ExpectationSetting): ExpectationScope | undefined {
  if (workload !== undefined && namespace !== undefined) return undefined;
  if (workload !== undefined) return { kind: 'workload', workload };
  return namespace === undefined ? { kind: 'cluster' } : { kind: 'namespace', namespace };
}
