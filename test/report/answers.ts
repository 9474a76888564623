import { sdkFamilies, type SdkFamily } from '../../src/model/sdk.ts';
import type { Question } from '../../src/model/fact.ts';
import type { Identity, Mechanism } from '../../src/model/identity.ts';
import type { WorkloadKind } from '../../src/model/workload.ts';
import type { Outcome } from '../../src/resolve/answer.ts';
import type { Condition, FactCondition } from '../../src/resolve/condition.ts';
import type { Overview } from '../../src/resolve/resolve.ts';

export const app: Identity = { kind: 'role', arn: 'arn:aws:iam::111122223333:role/app' };
export const nodeRole: Identity = { kind: 'unnamedRole', which: 'nodeRole', text: '(any node)' };
export const none: Identity = { kind: 'none', error: 'AccessDenied' };

/** An open fact. */
export function open(
  name: Question['name'],
  values: readonly string[],
  options: readonly string[],
): FactCondition {
  return { question: { name }, values, options, why: 'open' };
}

/** A fault; the first option is what the input states. */
export function fault(
  name: Question['name'],
  values: readonly string[],
  options: readonly string[],
): FactCondition {
  return { question: { name }, values, options, why: 'fault' };
}

export function sdkIs(...values: readonly SdkFamily[]): FactCondition {
  return { question: { name: 'sdk', scope: 'app' }, values, options: sdkFamilies, why: 'open' };
}

export function trust(value: 'admits' | 'refuses', role = 'app'): FactCondition {
  const scope = `arn:aws:iam::111122223333:role/${role}`;
  return { ...open('trust', [value], ['admits', 'refuses']), question: { name: 'trust', scope } };
}

export function outcome(identity: Identity, mechanism: Mechanism, when: Condition = [[]]): Outcome {
  return { identity, mechanism, when, trace: [] };
}

/** An overview of `namespace/name`; the container is called `app` unless it is named. */
export function overview(
  name: string,
  outcomes: readonly Outcome[],
  options: { kind?: WorkloadKind; container?: string; consulted?: Overview['consulted'] } = {},
): Overview {
  const [namespace = '', workload = ''] = name.split('/');
  const kind = options.kind ?? 'Deployment';
  return {
    subject: {
      namespace,
      workload: { kind, name: workload },
      container: { name: options.container ?? 'app', kind: 'app' },
      at: { kind, namespace, name: workload },
    },
    sdks: sdkFamilies.map((family) => ({ family, basis: 'notStated' })),
    outcomes,
    consulted: options.consulted ?? [],
    incomplete: false,
  };
}
