import { join } from 'node:path';
import ts from 'typescript';
import type { Example } from './assertions.ts';
import { root } from './markdownFiles.ts';
import { entryPoints } from './runExamples.ts';

/**
 * Type-checks examples as a user of the package would have them checked.
 *
 * @returns one line an error, led by the name of the example
 */
export function typeErrors(examples: readonly Example[]): readonly string[] {
  const files = new Map(examples.map((example, at) => [join(root, 'test', `example-${at}.ts`), example]));
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    moduleDetection: ts.ModuleDetectionKind.Force,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
    paths: Object.fromEntries(Object.entries(entryPoints).map(([name, path]) => [name, [join(root, path)]])),
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  const textOf = (name: string): string | undefined => files.get(name)?.source;
  host.fileExists = (name) => files.has(name) || fileExists.call(host, name);
  host.readFile = (name) => textOf(name) ?? readFile.call(host, name);
  host.getSourceFile = (name, version, ...rest) => {
    const text = textOf(name);
    // The version also says that the example is a module, as the package is.
    return text === undefined
      ? getSourceFile.call(host, name, version, ...rest)
      : ts.createSourceFile(name, text, version, true);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files].flatMap(([name, example]) => {
    const file = program.getSourceFile(name);
    if (!file) return [];
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      (diagnostic) => `${example.name}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}`,
    );
  });
}
