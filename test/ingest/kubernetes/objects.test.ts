import { describe, expect, it } from 'vitest';
import { complaints, read } from '../read.ts';

describe('service accounts and namespaces', () => {
  it('knows the line of each annotation', () => {
    const text = [
      'kind: ServiceAccount',
      'apiVersion: v1',
      'metadata:',
      '  name: api',
      '  namespace: pay',
      '  annotations:',
      '    a: b',
      '    eks.amazonaws.com/role-arn: |',
      '      arn:aws:iam::111122223333:role/api',
    ].join('\n');
    const [account] = read(text).world.serviceAccounts;
    expect(account?.annotations['eks.amazonaws.com/role-arn']).toBe('arn:aws:iam::111122223333:role/api\n');
    expect(account?.annotationRefs['eks.amazonaws.com/role-arn']).toEqual({
      kind: 'ServiceAccount',
      namespace: 'pay',
      name: 'api',
      field: 'metadata.annotations[eks.amazonaws.com/role-arn]',
      position: { file: 'a.yaml', line: 8, column: 5 },
    });
  });

  it.each<[string, string, readonly string[]]>([
    [
      'a number as annotation',
      'metadata: {name: a, annotations: {eks.amazonaws.com/token-expiration: 86400}}',
      ['3 error wrong-type metadata.annotations[eks.amazonaws.com/token-expiration]'],
    ],
    [
      'a list as annotation',
      'metadata: {name: a, annotations: {iam.amazonaws.com/allowed-roles: ["a"]}}',
      ['3 error wrong-type metadata.annotations[iam.amazonaws.com/allowed-roles]'],
    ],
    [
      'a placeholder',
      'metadata: {name: a, annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::{AccountId}:role/k"}}',
      ['3 note placeholder metadata.annotations[eks.amazonaws.com/role-arn]'],
    ],
    [
      'an un-quoted template',
      'metadata: {name: a, annotations: {eks.amazonaws.com/role-arn: {{ .Values.role }}}}',
      ['3 error unrendered-template', '3 note placeholder metadata.annotations[eks.amazonaws.com/role-arn]'],
    ],
    [
      'annotations beside metadata',
      'metadata: {name: a}\nannotations: {x: y}',
      ['4 warning misplaced-field annotations'],
    ],
    [
      'a misspelt metadata field',
      'metadata: {name: a, anotations: {x: y}}',
      ['3 warning unknown-field metadata.anotations → annotations'],
    ],
    ['no name', 'metadata: {labels: {}}', ['1 error missing-field']],
    ['a name that is a number', 'metadata: {name: 5}', ['3 error wrong-type metadata.name']],
  ])('tells of %s', (_name, body, expected) => {
    expect(complaints(read(`apiVersion: v1\nkind: ServiceAccount\n${body}`))).toEqual(expected);
  });

  it('reads a namespace that says it is in a namespace', () => {
    const text = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: pay, namespace: x, labels: {a: b}}';
    expect(read(text).world.namespaces).toMatchObject([
      { name: 'pay', labels: { a: 'b' }, annotations: {}, ref: { kind: 'Namespace', name: 'pay' } },
    ]);
  });
});

describe('secrets and config maps', () => {
  it('decodes what is encoded and keeps what is not', () => {
    const text = [
      'apiVersion: v1',
      'kind: Secret',
      'metadata: {name: s}',
      'data: {id: QUtJQQ==, empty: "", broken: "§", later: "{{ .x }}"}',
      'stringData: {key: plain}',
      '---',
      'apiVersion: v1',
      'kind: ConfigMap',
      'metadata: {name: c}',
      'data: {a: "1"}',
      'binaryData: {b: AA==}',
    ].join('\n');
    const parsed = read(text);
    expect(parsed.world.dataObjects).toMatchObject([
      { kind: 'Secret', data: { id: 'AKIA', empty: '', broken: undefined, later: undefined, key: 'plain' } },
      { kind: 'ConfigMap', data: { a: '1', b: undefined } },
    ]);
    expect(complaints(parsed)).toEqual([
      '4 error invalid-value data.broken',
      '4 note placeholder data.later',
    ]);
  });
});

describe('nodes', () => {
  it('reads addresses IPv4 first, the instance, taints, and Fargate by its label', () => {
    const node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n1', labels: { 'eks.amazonaws.com/compute-type': 'fargate' } },
      spec: { providerID: 'aws:///eu-west-1a/i-0abc', taints: [{ key: 'k', effect: 'NoSchedule' }] },
      status: {
        addresses: [
          { type: 'InternalIP', address: 'fd00::1' },
          { type: 'InternalIP', address: '10.0.0.1' },
          { type: 'Hostname', address: 'n1' },
        ],
      },
    };
    expect(read(JSON.stringify(node)).world.nodes).toMatchObject([
      {
        name: 'n1',
        compute: 'fargate',
        addresses: ['10.0.0.1', 'fd00::1'],
        instanceId: 'i-0abc',
        taints: [{ key: 'k', effect: 'NoSchedule' }],
        imds: {},
      },
    ]);
  });
});

describe('lists and other kinds', () => {
  const account = (name: string): string =>
    `{apiVersion: v1, kind: ServiceAccount, metadata: {name: ${name}}}`;

  it.each([
    ['items before the kind', `apiVersion: v1\nitems: [${account('a')}, ${account('b')}]\nkind: List`, 2],
    ['a typed list', `kind: ServiceAccountList\napiVersion: v1\nitems: [{metadata: {name: a}}]`, 1],
    ['a list in a list', `kind: List\nitems: [{kind: List, items: [${account('a')}]}]`, 1],
    ['an empty list', 'kind: List\nitems: []', 0],
    ['a list of nothing', 'kind: List\nitems:', 0],
    ['a bare JSON array', `[{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "a"}}]`, 1],
  ])('reads %s', (_name, text, count) => {
    const parsed = read(text);
    expect(parsed.world.serviceAccounts.length).toBe(count);
    expect(complaints(parsed)).toEqual([]);
  });

  it('counts what it passes over, and tells kinds of one name apart by their group', () => {
    const objects = [
      'apiVersion: v1\nkind: Service\nmetadata: {name: a}',
      'apiVersion: v1\nkind: Service\nmetadata: {name: b}',
      'apiVersion: example.org/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec: {priority: 5}',
      'replicaCount: 1\nserviceAccount: {annotations: {}}',
      'apiVersion: v2\nname: a-chart',
      'just text',
    ];
    const parsed = read(objects.join('\n---\n'));
    expect(parsed.ignored).toEqual([
      { kind: 'NetworkPolicy.example.org', count: 1 },
      { kind: 'Service', count: 2 },
      { kind: 'other document', count: 2 },
      { kind: 'plain text', count: 1 },
    ]);
    expect(parsed.read).toEqual([]);
    expect(parsed.documents).toBe(6);
    expect(complaints(parsed)).toEqual([]);
  });

  it.each([
    [
      'apiVersion: apps/v1\nkind: Deploymnet\nmetadata: {name: a}',
      ['2 warning unknown-kind kind → Deployment'],
    ],
    [
      'apiVersion: app/v1\nkind: Deployment\nmetadata: {name: a}',
      ['1 warning unknown-kind apiVersion → apps'],
    ],
    ['apiVersion: example.com/v1\nkind: CronTab\nmetadata: {name: a}', []],
    ['kind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a}]}', ['1 error missing-field']],
    ['metadata: {name: a}\nspec: {}', ['1 error missing-field']],
  ])('judges %j', (text, expected) => {
    expect(complaints(read(text))).toEqual(expected);
  });
});
