import { describe, expect, it } from 'vitest';
import { complaints, read, readFiles } from '../read.ts';

const annotated = (kind: string, apiVersion: string, text: string): object => ({
  apiVersion,
  kind,
  metadata: { name: 'x', namespace: 'pay', annotations: { 'whichrole.dev/ignore': text } },
  spec: { podSelector: {}, containers: [{ name: 'a', image: 'a' }] },
});

describe('whichrole.dev/ignore', () => {
  it.each([
    ['Pod', 'v1'],
    ['ServiceAccount', 'v1'],
    ['NetworkPolicy', 'networking.k8s.io/v1'],
    ['Namespace', 'v1'],
    ['ConfigMap', 'v1'],
  ])('is read on a %s', (kind, apiVersion) => {
    const { world } = readFiles({ 'a.yaml': annotated(kind, apiVersion, 'one: because; two: a: b;') });
    expect(world.suppressions).toMatchObject([
      { rule: 'one', reason: 'because', covers: { kind: 'object', object: { kind, name: 'x' } } },
      { rule: 'two', reason: 'a: b', covers: { kind: 'object', object: { kind, name: 'x' } } },
    ]);
  });

  it('is read on a controller and in its pod template, both for the controller', () => {
    const metadata = (reason: string): object => ({
      name: 'x',
      annotations: { 'whichrole.dev/ignore': `one: ${reason}` },
    });
    const template = { metadata: metadata('inner'), spec: { containers: [{ name: 'a', image: 'a' }] } };
    const { world } = readFiles({
      'a.yaml': {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: metadata('outer'),
        spec: { template },
      },
    });
    expect(world.suppressions.map(({ reason, covers }) => [reason, covers])).toMatchObject([
      ['outer', { object: { kind: 'Deployment', name: 'x' } }],
      ['inner', { object: { kind: 'Deployment', name: 'x' } }],
    ]);
  });

  it('goes with an object that another takes the place of', () => {
    const { world } = readFiles({
      'a.yaml': annotated('ServiceAccount', 'v1', 'one: because'),
      'b.yaml': annotated('ServiceAccount', 'v1', 'two: because'),
    });
    expect(world.suppressions.map(({ rule }) => rule)).toEqual(['two']);
  });

  it.each([
    ['without a reason', 'one'],
    ['with an empty reason', 'one: '],
    ['without a rule', ': because'],
    ['of nothing', ''],
  ])('%s is complained of at its line', (_title, text) => {
    const parsed = read(
      `apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: x\n  annotations:\n    whichrole.dev/ignore: "${text}"`,
    );
    expect(parsed.world.suppressions).toEqual([]);
    expect(complaints(parsed)).toEqual([
      '6 error bad-suppression metadata.annotations[whichrole.dev/ignore]',
    ]);
  });
});
