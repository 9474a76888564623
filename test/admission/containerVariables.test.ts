import { describe, expect, it } from 'vitest';
import { containerVariables, type ContainerVariables } from '../../src/admission/containerVariables.ts';
import type { AdmittedContainer } from '../../src/admission/podIdentityWebhook.ts';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import { askStated, type Ask } from '../../src/model/fact.ts';
import type { EnvFrom, EnvSource, PodTemplate } from '../../src/model/pod.ts';

const ref = { kind: 'Pod', namespace: 'pay', name: 'api' };

const container = (
  env: readonly (readonly [name: string, source: EnvSource | string])[],
  envFrom: readonly Omit<EnvFrom, 'ref'>[] = [],
): AdmittedContainer => ({
  env: env.map(([name, source]) => ({
    name,
    source: typeof source === 'string' ? { kind: 'value', value: source } : source,
    ref,
    by: 'manifest',
  })),
  envFrom: envFrom.map((entry) => ({ ...entry, ref })),
  volumeMounts: [],
  volumes: [],
  labels: {},
});

function find(state: WorldBuilder, admitted: AdmittedContainer, ask?: Ask): ContainerVariables {
  const built = state.pod('pay/api', { annotations: { team: 'a' } }).build();
  const template = built.workloads[0]?.template;
  if (!template) throw new Error('the world has a pod');
  return containerVariables(built, ask ?? askStated(built), template satisfies PodTemplate, admitted);
}

const texts = ({ variables }: ContainerVariables): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries([...variables].map(([name, { value }]) => [name, value]));

const secret = (name: string, prefix = ''): Omit<EnvFrom, 'ref'> => ({
  kind: 'secretRef',
  name,
  prefix,
  optional: false,
});
const key = (name: string, optional: boolean): EnvSource => ({
  kind: 'secretKeyRef',
  name: 'creds',
  key: name,
  optional,
});

describe('environment variables', () => {
  const shown = world().secret('pay/creds', { AWS_ACCESS_KEY_ID: 'AKIA', A: '1', empty: '' });

  it.each<[name: string, state: WorldBuilder, admitted: AdmittedContainer, expected: object]>([
    [
      'takes the later of two',
      world(),
      container([
        ['A', '1'],
        ['A', '2'],
      ]),
      { A: '2' },
    ],
    [
      'prefers env to envFrom',
      shown,
      container([['A', '2']], [secret('creds')]),
      { A: '2', AWS_ACCESS_KEY_ID: 'AKIA', empty: '' },
    ],
    [
      'puts the prefix before each key',
      shown,
      container([], [secret('creds', 'P_')]),
      { P_A: '1', P_AWS_ACCESS_KEY_ID: 'AKIA', P_empty: '' },
    ],
    [
      'expands what was set before',
      world(),
      container([
        ['A', 'x'],
        ['B', '$(A)-$(C)'],
        ['C', '$$(A)'],
      ]),
      { A: 'x', B: 'x-$(C)', C: '$(A)' },
    ],
    ['leaves an open parenthesis', world(), container([['A', '$(A $x $']]), { A: '$(A $x $' }],
    [
      'expands from envFrom',
      shown,
      container([['B', '$(A)']], [secret('creds')]),
      { A: '1', AWS_ACCESS_KEY_ID: 'AKIA', B: '1', empty: '' },
    ],
    [
      'reads a key',
      shown,
      container([['AWS_ACCESS_KEY_ID', key('AWS_ACCESS_KEY_ID', false)]]),
      { AWS_ACCESS_KEY_ID: 'AKIA' },
    ],
    [
      'half-static-env: an empty value',
      shown,
      container([['AWS_ACCESS_KEY_ID', key('empty', true)]]),
      { AWS_ACCESS_KEY_ID: '' },
    ],
    ['leaves out an optional key that is not there', shown, container([['X', key('nope', true)]]), {}],
    [
      'sets a required key that is not shown',
      world(),
      container([['AWS_ACCESS_KEY_ID', key('id', false)]]),
      { AWS_ACCESS_KEY_ID: undefined },
    ],
    [
      'does not know what an unknown value expands to',
      world(),
      container([
        ['A', key('id', false)],
        ['B', 'x$(A)'],
      ]),
      { A: undefined, B: undefined },
    ],
    [
      'reads fields of the pod',
      world(),
      container([
        ['NS', { kind: 'fieldRef', path: 'metadata.namespace' }],
        ['TEAM', { kind: 'fieldRef', path: "metadata.annotations['team']" }],
        ['NONE', { kind: 'fieldRef', path: "metadata.labels['constructor']" }],
        ['IP', { kind: 'fieldRef', path: 'status.hostIP' }],
        ['CPU', { kind: 'resourceFieldRef', resource: 'limits.cpu' }],
      ]),
      { NS: 'pay', TEAM: 'a', NONE: '', IP: undefined, CPU: undefined },
    ],
  ])('%s', (_name, state, admitted, expected) => {
    expect(texts(find(state, admitted))).toEqual(expected);
  });

  it.each<[value: string, names: readonly string[]]>([
    ['set', ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']],
    ['unset', []],
  ])('static-env-keys-win: an envFrom Secret that is not shown, when its keys are %s', (value, names) => {
    const scopes: string[] = [];
    const { variables, evidence } = find(world(), container([], [secret('creds')]), ({ scope = '' }) => {
      scopes.push(scope);
      return value;
    });
    expect([...variables.keys()]).toEqual(names);
    expect(scopes).toEqual(['Secret pay/creds AWS_ACCESS_KEY_ID']);
    expect(evidence).toMatchObject([{ kind: 'noted', note: 'envFromNotShown', text: 'creds' }]);
  });

  it('does not ask for keys that the container sets itself, nor for those behind a prefix', () => {
    const never: Ask = () => {
      throw new Error('asked');
    };
    find(world(), container([['AWS_ACCESS_KEY_ID', 'x']], [secret('creds')]), never);
    find(world(), container([], [secret('creds', 'DB_')]), never);
    find(world(), container([['DB_PASSWORD', key('p', true)]]), never);
  });

  it.each(['set', 'unset'])('asks for an optional key that an SDK reads: %s', (value) => {
    const { variables } = find(world(), container([['AWS_PROFILE', key('p', true)]]), ({ scope }) => {
      expect(scope).toBe('Secret pay/creds p');
      return value;
    });
    expect(variables.has('AWS_PROFILE')).toBe(value === 'set');
  });
});
