import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseInput } from '../src/ingest/parse.ts';
import { cniIds } from '../src/model/cni.ts';
import { docstringExamples, toExample, type Example } from './docs/assertions.ts';
import { factsPage } from './docs/factsPage.ts';
import { fencesOf } from './docs/fences.ts';
import { markdownFiles, root } from './docs/markdownFiles.ts';
import { bundleExamples, type Bundle } from './docs/runExamples.ts';
import { typeErrors } from './docs/typeErrors.ts';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const expectEqual = (actual: unknown, expected: unknown): void => expect(actual).toEqual(expected);

const sourceFiles = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  .toSorted();

const fenceExamples: readonly Example[] = markdownFiles().flatMap((file) =>
  fencesOf(read(file))
    .filter((fence) => fence.language === 'ts')
    .map((fence) => toExample(`${file}:${fence.line}`, fence.body)),
);

const docExamples: readonly Example[] = sourceFiles.flatMap((file) =>
  docstringExamples(read(file))
    .map(({ text, line }) => toExample(`${file}:${line}`, text))
    .filter((example) => example.assertions > 0),
);

/**
 * A docstring sees the values that its own module exports, those of the modules that it imports from, and the
 * public names.
 */
function scopeOf(example: Example): string {
  const file = example.name.replace(/:\d+$/, '');
  const seen = new Set<string>();
  return [file, ...importedFiles(file), 'src/index.ts']
    .map((from) => {
      const names = exportedValues(from).filter((name) => !seen.has(name));
      for (const name of names) seen.add(name);
      return `import { ${names.join(', ')} } from ${JSON.stringify(join(root, from))};`;
    })
    .join('\n');
}

function importedFiles(file: string): readonly string[] {
  return [...read(file).matchAll(/^import\b[^;]*? from '(\.[^']+)'/gm)].map(([, path = '']) =>
    join(dirname(file), path),
  );
}

function exportedValues(file: string): readonly string[] {
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.ES2023);
  return source.statements.flatMap((statement): readonly string[] => {
    if (ts.isExportDeclaration(statement) && !statement.isTypeOnly) {
      const clause = statement.exportClause;
      if (!clause || !ts.isNamedExports(clause)) return [];
      return clause.elements.filter((element) => !element.isTypeOnly).map((element) => element.name.text);
    }
    if (!ts.canHaveModifiers(statement)) return [];
    const isExported = ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (!isExported) return [];
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.flatMap(({ name }) =>
        ts.isIdentifier(name) ? [name.text] : [],
      );
    }
    const isValue = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
    return isValue && statement.name ? [statement.name.text] : [];
  });
}

/** Makes a bundle before the tests of a suite, and removes it after them. */
function useBundle(make: () => Promise<Bundle>): () => Bundle {
  let bundle: Bundle | undefined;
  beforeAll(async () => {
    bundle = await make();
  }, 60_000);
  afterAll(() => bundle?.dispose());
  return () => {
    if (!bundle) throw new Error('the examples were not bundled');
    return bundle;
  };
}

describe('TypeScript in the documents', () => {
  const bundle = useBundle(() => bundleExamples(fenceExamples));

  // A compiler starts up: seconds on a quiet machine, many on a busy one.
  it('has no type errors', { timeout: 120_000 }, () => {
    expect(typeErrors(fenceExamples)).toEqual([]);
  });

  it.each(fenceExamples.map(({ name }) => name))('%s says what happens', async (name) => {
    await bundle().run(name, expectEqual);
  });
});

describe('examples in docstrings', () => {
  const bundle = useBundle(() => bundleExamples(docExamples, scopeOf));

  it.each(docExamples.map(({ name }) => name))('%s says what happens', async (name) => {
    await bundle().run(name, expectEqual);
  });
});

describe('the runner of examples', () => {
  const lies = ['1 + 1; // => 3', '[\n  1,\n]\n// => [2]'].map((text, at) => toExample(`lie ${at}`, text));
  const bundle = useBundle(() => bundleExamples(lies));

  it.each(lies.map(({ name }) => name))('does not let a %s pass', async (name) => {
    await expect(bundle().run(name, expectEqual)).rejects.toThrow();
  });
});

describe('links between documents', () => {
  it.each(markdownFiles().map((file) => [file]))('%s points at files that exist', (file) => {
    const targets = [...read(file).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, path = '']) => path);
    expect(targets.filter((path) => !existsSync(join(root, dirname(file), path)))).toEqual([]);
  });
});

describe('docs/configuration.md', () => {
  const settings = fencesOf(read('docs/configuration.md'))
    .filter(({ language, body }) => language === 'yaml' && body.includes('apiVersion: whichrole.dev'))
    .map(({ body }) => ({ file: 'whichrole.yaml', text: body }));

  it('shows settings that are read without complaint', () => {
    expect(parseInput(settings).diagnostics).toEqual([]);
  });

  it.each(cniIds.map((id) => [id]))('explains the network set-up %s', (id) => {
    expect(read('docs/configuration.md')).toContain(`\`${id}\``);
  });
});

describe('docs/facts.md', () => {
  it('is made from the definitions of the facts', () => {
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(join(root, 'docs/facts.md'), factsPage());
    expect(read('docs/facts.md')).toBe(factsPage());
  });
});
