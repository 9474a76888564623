import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { diagnosticCodes } from '../../src/ingest/diagnosticCodes.ts';
import { parseInput } from '../../src/ingest/parse.ts';
import { describeRef } from '../../src/model/objectRef.ts';
import type { World } from '../../src/model/world.ts';
import { complaints, read, readFiles } from './read.ts';

const account = (name: string, namespace = 'pay'): object => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, namespace },
});
const pod = (name: string, serviceAccountName: string, namespace = 'pay'): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace },
  spec: { serviceAccountName, containers: [{ name: 'app', image: 'a' }] },
});

describe('several objects of one name', () => {
  it('keeps the last and tells where the other stands', () => {
    const one = 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, annotations: {n: "1"}}';
    const parsed = readFiles({ 'a.yaml': one, 'b.yaml': one.replace('"1"', '"2"') });
    expect(parsed.world.serviceAccounts.map(({ annotations }) => annotations['n'])).toEqual(['2']);
    expect(parsed.diagnostics).toMatchObject([
      { severity: 'warning', code: 'duplicate-object', position: { file: 'a.yaml', line: 1 } },
    ]);
    expect(parsed.diagnostics[0]?.message).toContain('b.yaml:1');
  });

  it('does not let a patch take the place of what it patches', () => {
    const whole = 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a, image: a}]}';
    const patch = whole.replace(', image: a', ', args: [x]');
    for (const files of [
      { 'a.yaml': whole, 'b.yaml': patch },
      { 'b.yaml': patch, 'a.yaml': whole },
    ]) {
      const parsed = readFiles(files);
      expect(parsed.world.workloads.map(({ ref }) => ref.position?.file)).toEqual(['a.yaml']);
      expect(parsed.diagnostics.map(({ code, position }) => `${position?.file} ${code}`)).toEqual([
        'b.yaml missing-field',
        'b.yaml duplicate-object',
      ]);
    }
  });

  it.each([
    ['of two kinds', [account('a'), pod('a', 'a')]],
    ['in two namespaces', [account('a'), account('a', 'web')]],
  ])('keeps both %s', (_name, objects) => {
    expect(complaints(readFiles({ 'a.json': objects }))).toEqual([]);
  });
});

describe('references to service accounts', () => {
  it.each([
    ['one that is there', [account('api'), pod('p', 'api')], []],
    [
      'one that is not, where others are',
      [account('api'), pod('p', 'apy')],
      ['10 note missing-service-account'],
    ],
    ['one in a namespace of which nothing is shown', [account('api', 'web'), pod('p', 'apy')], []],
    ['the default one', [account('api'), pod('p', 'default')], []],
  ])('judges %s', (_name, objects, expected) => {
    expect(complaints(readFiles({ 'a.json': objects }))).toEqual(expected);
  });
});

describe('parseInput', () => {
  it('reads nothing out of nothing', () => {
    const parsed = parseInput([]);
    expect(parsed).toMatchObject({ diagnostics: [], read: [], ignored: [], documents: 0 });
  });

  it('counts what it read', () => {
    const parsed = readFiles({ 'a.json': [account('a'), account('b'), pod('p', 'a')] });
    expect(parsed.read).toEqual([
      { kind: 'Pod', count: 1 },
      { kind: 'ServiceAccount', count: 2 },
    ]);
  });

  it('reads each good document beside a broken one', () => {
    const text = [stringify(account('a')), 'kind: [', '{{- if x }}\nkind: Pod', stringify(account('b'))].join(
      '\n---\n',
    );
    const parsed = read(text);
    expect(parsed.world.serviceAccounts.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(parsed.diagnostics.map(({ code }) => code)).toEqual(['yaml-syntax', 'unrendered-template']);
  });
});

describe('laws of reading', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd');
  const namespace = fc.constantFrom('pay', 'web');
  const labels = fc.dictionary(fc.constantFrom('app', 'tier'), name, { maxKeys: 2 });
  const policy = fc.record({ name, namespace, labels, egress: fc.boolean() }).map((made) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: made.name, namespace: made.namespace },
    spec: { podSelector: { matchLabels: made.labels }, ...(made.egress ? { egress: [{}] } : {}) },
  }));
  const object = fc.oneof(
    fc.tuple(name, namespace).map(([n, ns]) => account(n, ns)),
    fc.tuple(name, name, namespace).map(([n, sa, ns]) => pod(n, sa, ns)),
    policy,
  );
  const idOf = (made: object): string => {
    const { kind, metadata } = made as { kind: string; metadata: { name: string; namespace: string } };
    return `${kind} ${metadata.namespace}/${metadata.name}`;
  };
  const objects = fc.uniqueArray(object, { selector: idOf, maxLength: 8 });
  const shuffled = objects.chain((made) =>
    fc.tuple(fc.constant(made), fc.shuffledSubarray(made, { minLength: made.length })),
  );

  /** The objects of a world without their places, in an order of their own. */
  const contents = (world: World): readonly unknown[] => {
    const all = [...world.serviceAccounts, ...world.workloads, ...world.networkPolicies];
    const sorted = all.toSorted((a, b) => (describeRef(a.ref) < describeRef(b.ref) ? -1 : 1));
    const text = JSON.stringify(sorted, (key, value: unknown) => (key === 'position' ? undefined : value));
    return JSON.parse(text) as readonly unknown[];
  };
  const asYaml = (made: readonly object[]): string => made.map((one) => stringify(one)).join('---\n');

  test.prop([shuffled])('the order of documents does not change what the world holds', ([made, other]) => {
    expect(contents(read(asYaml(made)).world)).toEqual(contents(read(asYaml(other)).world));
  });

  test.prop([objects])('YAML, JSON, a List and several files mean the same', (made) => {
    const yaml = contents(read(asYaml(made)).world);
    const list = JSON.stringify({ items: made, kind: 'List', apiVersion: 'v1' });
    expect(contents(read(list).world)).toEqual(yaml);
    expect(contents(read(made.map((one) => JSON.stringify(one)).join('\n---\n')).world)).toEqual(yaml);
    const files = made.map((one, at) => ({ file: `${at}.yaml`, text: stringify(one) }));
    expect(contents(parseInput(files).world)).toEqual(yaml);
  });

  test.prop([objects])('what is read is read without a complaint about its form', (made) => {
    const codes = read(asYaml(made)).diagnostics.map(({ code }) => code);
    expect(codes.filter((code) => code !== 'missing-service-account')).toEqual([]);
  });

  const keys = `apiVersion kind metadata name namespace annotations spec template containers env args image
    egress to ipBlock ports items Roles Role Arn Statement RoleDetailList AssumeRolePolicyDocument Principal
    associations Reservations cluster`.split(/\s+/);
  const anything = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, 0, '', 'x', [], {}),
      tie('object'),
      fc.array(tie('value'), { maxLength: 3 }),
    ),
    object: fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 5 }),
  })).object;
  const kind = fc.constantFrom(
    'Pod',
    'DaemonSet',
    'CronJob',
    'NetworkPolicy',
    'Secret',
    'Node',
    'ServiceAccount',
    'List',
  );

  test.prop([anything, fc.option(kind), fc.constantFrom('a.json', 'whichrole.yaml')])(
    'no document makes it throw, and every complaint has a known code and a line',
    (made, wanted, file) => {
      const document = wanted === null ? made : { ...(made as object), apiVersion: 'v1', kind: wanted };
      const { diagnostics } = read(JSON.stringify(document), file);
      expect(diagnostics.filter(({ code }) => !Object.hasOwn(diagnosticCodes, code))).toEqual([]);
      expect(diagnostics.filter(({ position }) => position === undefined)).toEqual([]);
    },
  );
});
