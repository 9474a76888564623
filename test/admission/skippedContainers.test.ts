import { describe, expect, it } from 'vitest';
import { skippedContainers } from '../../src/admission/skippedContainers.ts';

/** What `encoding/csv` of Go 1.26 reads; nothing where it reports an error. */
describe('the skip-containers annotation', () => {
  it.each<[annotation: string, names: readonly string[] | undefined]>([
    ['app', ['app']],
    ['a,b', ['a', 'b']],
    ['a, b', ['a', ' b']],
    ['a,,b,', ['a', '', 'b', '']],
    ['"a","b"', ['a', 'b']],
    ['"a ""x""",b', ['a "x"', 'b']],
    ['\n\na,b\nc', ['a', 'b']],
    ['a,b\n', ['a', 'b']],
    ['', undefined],
    ['\n', undefined],
    ['"a', undefined],
    ['a "b"', undefined],
    ['"a" ,b', undefined],
    ['a,"b"x', undefined],
    ['a\r\nb', ['a']],
    ['a\rb', ['a\rb']],
    ['"a\r\nb"', ['a\nb']],
    [',', ['', '']],
    [' \na', [' ']],
  ])('%j', (annotation, names) => {
    expect(skippedContainers(annotation)).toEqual(names);
  });
});
