import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { readDocuments } from '../../../src/ingest/yaml/documents.ts';
import { toJson } from '../../../src/ingest/yaml/located.ts';

const documentsOf = (text: string, file = 'a.yaml'): readonly unknown[] =>
  readDocuments({ file, text }).documents.map(toJson);

const errorsOf = (text: string, file = 'a.yaml'): readonly string[] =>
  readDocuments({ file, text }).diagnostics.map(
    ({ severity, code, position }) => `${position?.line}:${position?.column} ${severity} ${code}`,
  );

describe('readDocuments', () => {
  it.each<[string, string, readonly unknown[]]>([
    ['one document', 'a: 1', [{ a: 1 }]],
    ['leading and trailing markers', '---\na: 1\n---\n', [{ a: 1 }]],
    ['comment-only and empty documents', '# nothing\n---\n\n---\n# Source: x\na: 1\n--- # end\n', [{ a: 1 }]],
    ['a document end marker', 'a: 1\n...\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['a directive', '%YAML 1.1\n---\na: yes\n', [{ a: true }]],
    ['a marker inside a block scalar ends it', 'a: |\n  x\n---\nb: 1', [{ a: 'x\n' }, { b: 1 }]],
    ['content on the marker line', '--- {a: 1}\n', [{ a: 1 }]],
    ['Windows line ends', 'a: 1\r\n---\r\nb: 2\r\n', [{ a: 1 }, { b: 2 }]],
    ['a byte order mark', '\uFEFFa: 1', [{ a: 1 }]],
    ['JSON with tabs', '{\n\t"a": [1, "x\\/y"]\n}', [{ a: [1, 'x/y'] }]],
    [
      'anchors and merge keys',
      'x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3',
      [{ x: { a: 1, b: 2 }, y: { b: 3, a: 1 } }],
    ],
    ['an explicit string', 'a: !!str 5', [{ a: '5' }]],
    ['a value that YAML takes for a tag', 'a: !has(host-endpoint)\nb: 1', [{ a: null, b: 1 }]],
    [
      'brackets that close at the column of their key',
      'x:\n  a: [\n    1\n  ]\n  b: 2',
      [{ x: { a: [1], b: 2 } }],
    ],
    ['quotes that close at the column of their key', "a: '[\n  1\n  ]'\nb: 2", [{ a: '[ 1 ]', b: 2 }]],
    ['keys that are no strings', '1: a\ntrue: b', [{ 1: 'a', true: 'b' }]],
  ])('reads %s', (_name, text, expected) => {
    expect(documentsOf(text)).toEqual(expected);
    expect(errorsOf(text)).toEqual([]);
  });

  it.each<[string, string, readonly string[], readonly unknown[]]>([
    [
      'a broken document between two good ones',
      'a: 1\n---\nkind: [\n---\nb: 2',
      ['4:1 error yaml-syntax'],
      [{ a: 1 }, { b: 2 }],
    ],
    ['a tab as indentation', 'kind: x\na:\n\tb: 1', ['3:1 error yaml-syntax'], []],
    ['broken text that is no manifest', 'a: [', ['1:5 warning yaml-syntax'], []],
    [
      'template lines',
      'a: 1\n---\n{{- if .Values.x }}\nkind: Pod\n{{- end }}',
      ['3:1 error unrendered-template'],
      [{ a: 1 }],
    ],
    [
      'a template as value',
      'a: {{ .Values.role }}',
      ['1:4 error unrendered-template'],
      [{ a: '{{ .Values.role }}' }],
    ],
    [
      'a merge conflict',
      'a: |\n  x\n<<<<<<< HEAD\nb: 1\n---\nc: 1',
      ['3:1 error conflict-marker'],
      [{ c: 1 }],
    ],
    ['a key that stands twice', 'a: 1\nb: 1\na: 2', ['3:1 error duplicate-key'], [{ a: 2, b: 1 }]],
    ['a key that stands twice in JSON', '{"a": 1,\n "a": 2}', ['2:2 error duplicate-key'], [{ a: 2 }]],
    ['a mapping as key', '? {a: b}\n: 1\nc: 2', ['1:3 error bad-key'], [{ c: 2 }]],
    ['an alias of nothing', 'a: *x', ['1:4 error bad-alias'], [{ a: null }]],
    ['an alias inside its own anchor', 'a: &x [*x]', ['1:8 error bad-alias'], [{ a: [null] }]],
  ])('tells of %s', (_name, text, errors, documents) => {
    expect(errorsOf(text)).toEqual(errors);
    expect(documentsOf(text)).toEqual(documents);
  });

  it.each<[string, string, readonly string[], readonly unknown[]]>([
    ['a comma too many', '{"a": [1,],}', ['1:1 warning not-strict-json'], [{ a: [1] }]],
    ['a comment', '{\n  "a": 1, // why\n  "b": 2\n}', ['2:1 error not-strict-json'], []],
  ])('minds %s in a JSON file', (_name, text, errors, documents) => {
    expect(errorsOf(text, 'a.json')).toEqual(errors);
    expect(documentsOf(text, 'a.json')).toEqual(documents);
  });

  it('names the object of a broken document', () => {
    const text = 'kind: Deployment\nmetadata:\n  name: api\nspec: [';
    expect(readDocuments({ file: 'a.yaml', text }).diagnostics[0]?.object).toEqual({
      kind: 'Deployment',
      name: 'api',
    });
  });

  it.each([
    ['brackets', '['.repeat(5000)],
    ['dashes', '- '.repeat(5000)],
    ['JSON', `${'['.repeat(5000)}${']'.repeat(5000)}`],
    [
      'aliases of aliases',
      [
        'a0: &a0 [x,x]',
        ...Array.from({ length: 40 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`),
      ].join('\n'),
    ],
  ])('survives %s without end', (_name, text) => {
    expect(errorsOf(text).length).toBeGreaterThan(0);
  });

  test.prop([fc.jsonValue({ maxDepth: 4 })])(
    'JSON means the same whether it is read as JSON or as YAML',
    (value) => {
      const json = JSON.stringify([value]);
      const [asJson] = documentsOf(json);
      const [asYaml] = documentsOf(`--- ${json}`);
      expect(asJson).toEqual(asYaml);
      expect(asJson).toEqual([JSON.parse(JSON.stringify(value))]);
    },
  );

  test.prop([fc.string({ unit: 'binary', maxLength: 200 })])('no text makes it throw', (text) => {
    expect(() => readDocuments({ file: 'x', text })).not.toThrow();
  });

  const pieces = ['a: 1', '- b', '  c: |', '---', '...', '{', '}', '[', ']', '"', "'", '\t', '&x', '*x'];
  const line = fc.constantFrom(...pieces, '{{- if }}', '%YAML', '<<: *x', '? a');
  test.prop([fc.array(line, { maxLength: 12 })])('no shuffle of YAML pieces makes it throw', (lines) => {
    expect(() => readDocuments({ file: 'x', text: lines.join('\n') })).not.toThrow();
  });
});
