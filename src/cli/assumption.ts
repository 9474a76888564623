import { parseRoleArn } from '../model/arn.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { type StatedFact } from '../model/fact.ts';
import { factDefinitions, type FactDefinition, type FactName } from '../model/factDefinitions.ts';
import { nearestWord } from '../model/nearest.ts';
import type { SdkStatement, World } from '../model/world.ts';
import { parseSdk } from '../sdkChain/registry.ts';
import { usageError } from './usageError.ts';

/** What `--assume` states: a fact, the SDK of containers, or the reason why the text states nothing. */
export type Assumption =
  | { readonly kind: 'fact'; readonly fact: StatedFact }
  | { readonly kind: 'sdk'; readonly statement: SdkStatement }
  | { readonly kind: 'wrong'; readonly diagnostic: Diagnostic };

/**
 * Reads `name=value` or `name:scope=value`.
 *
 * @param world - its nodes and pods are what a scope may name
 * @example
 * parseAssumption('sts=timeout', emptyWorld) // => { kind: 'fact', fact: { name: 'sts', value: 'timeout' } }
 */
export function parseAssumption(text: string, world: World): Assumption {
  const equals = splitsOf(text);
  if (equals.length === 0) return wrong(`\`${text}\` is no assumption`, { expected: '`name=value`' });
  const [name = ''] = text.split(/[:=]/, 1);
  const definition = factDefinitions.get(name as FactName);
  if (!definition) return unknownName(name);
  // A role name may hold `=`, and so may a value: the first split that makes sense is meant.
  const readings = equals.map(({ key, value }) => readFact(definition, key, value, world));
  return readings.find(({ kind }) => kind !== 'wrong') ?? readings[0] ?? unknownName(name);
}

function splitsOf(text: string): readonly { readonly key: string; readonly value: string }[] {
  const parts = text.split('=');
  return parts.slice(1).map((_, at) => ({
    key: parts.slice(0, at + 1).join('='),
    value: parts.slice(at + 1).join('='),
  }));
}

function unknownName(name: string): Assumption {
  const names = [...factDefinitions.keys()];
  const nearest = nearestWord(name, names);
  const details = nearest === undefined ? { expected: `one of ${names.join(', ')}` } : { nearest };
  return wrong(`there is no fact \`${name}\``, details);
}

function readFact(definition: FactDefinition, key: string, value: string, world: World): Assumption {
  const { name, options, valid } = definition;
  const scope = key === name ? undefined : key.slice(name.length + 1);
  if (name === 'sdk') return readSdkStatement(scope, value);
  const refusal = scope === undefined ? undefined : refuseScope(definition, scope, world);
  if (refusal) return refusal;
  if (!options.includes(value) && !valid?.test(value)) {
    const nearest = nearestWord(value, options);
    const allowed = `one of ${options.join(', ')}`;
    const details = nearest === undefined ? { expected: allowed } : { nearest };
    return wrong(`\`${name}\` cannot be \`${value}\``, details);
  }
  return { kind: 'fact', fact: { name, value, ...(scope === undefined ? {} : { scope }) } };
}

/**
 * The SDK is no fact that rules consult: it is stated for containers. The scope is a container, or
 * `namespace/workload`, or `namespace/workload/container`.
 */
function readSdkStatement(scope: string | undefined, value: string): Assumption {
  const read = parseSdk(value);
  if (read.kind === 'diagnostic') return { kind: 'wrong', diagnostic: read.diagnostic };
  const { sdk } = read;
  if (scope === undefined) return { kind: 'sdk', statement: { sdk } };
  const [first = '', workload, container] = scope.split('/');
  if (workload === undefined) return { kind: 'sdk', statement: { sdk, container: first } };
  const which = container === undefined ? {} : { container };
  return { kind: 'sdk', statement: { sdk, namespace: first, workload, ...which } };
}

function refuseScope(
  { name, scope: kind }: FactDefinition,
  scope: string,
  world: World,
): Assumption | undefined {
  const unless = (known: readonly string[], what: string): Assumption | undefined => {
    if (known.includes(scope)) return undefined;
    const nearest = nearestWord(scope, known);
    return wrong(`the input has no ${what} \`${scope}\``, nearest === undefined ? {} : { nearest });
  };
  switch (kind) {
    case 'cluster':
      return wrong(`\`${name}\` is about the whole cluster and takes no scope`, {
        expected: `\`${name}=…\``,
      });
    case 'role':
      if (parseRoleArn(scope)) return undefined;
      return wrong(`\`${scope}\` is no role ARN`, { expected: '`arn:aws:iam::<account>:role/<name>`' });
    case 'account':
      return /^\d{12}$/.test(scope)
        ? undefined
        : wrong(`\`${scope}\` is no account`, { expected: '12 digits' });
    case 'pod':
      return unless(
        world.workloads.map(({ namespace, name: of }) => `${namespace}/${of}`),
        'workload',
      );
    case 'node':
      return scope.startsWith('(')
        ? undefined
        : unless(
            world.nodes.map((node) => node.name),
            'node',
          );
    case 'object':
      return undefined;
  }
}

function wrong(message: string, details: Partial<Diagnostic>): Assumption {
  return { kind: 'wrong', diagnostic: usageError(message, details) };
}
