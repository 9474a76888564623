import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { Example } from './assertions.ts';
import { root } from './markdownFiles.ts';

/** The entry points of the package, as documents import them. */
export const entryPoints: Readonly<Record<string, string>> = {
  whichrole: 'src/index.ts',
  'whichrole/node': 'src/node.ts',
  'whichrole/testing': 'src/testing/index.ts',
};

/** Examples, ready to run. */
export interface Bundle {
  /** Runs one; rejects when it throws or an assertion does not hold. */
  readonly run: (name: string, expectEqual: (actual: unknown, expected: unknown) => void) => Promise<void>;
  readonly dispose: () => void;
}

/**
 * Bundles all examples at once, each as a module of its own.
 *
 * @param scopeOf - lines put before an example, so that it can use names that it does not import
 */
export async function bundleExamples(
  examples: readonly Example[],
  scopeOf: (example: Example) => string = () => '',
): Promise<Bundle> {
  const names = examples.map((example) => example.name);
  const entry = names
    .map((name) => `${JSON.stringify(name)}: () => import(${JSON.stringify(`example:${name}`)})`)
    .join(',\n');
  const result = await build({
    stdin: { contents: `export const examples = {\n${entry}\n};`, resolveDir: root, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    absWorkingDir: root,
    logLevel: 'silent',
    plugins: [examplePlugin(examples, scopeOf)],
  });
  // Below the root, so that the packages that stay external are found.
  const folder = mkdtempSync(join(root, 'node_modules', '.whichrole-docs-'));
  const file = join(folder, 'examples.mjs');
  writeFileSync(file, result.outputFiles[0]?.text ?? '');
  const bundle: { readonly examples: Readonly<Record<string, () => Promise<unknown>>> } = await import(
    /* @vite-ignore */ pathToFileURL(file).href
  );
  return {
    run: async (name, expectEqual) => {
      Object.assign(globalThis, { expectEqual });
      await bundle.examples[name]?.();
    },
    dispose: () => rmSync(folder, { recursive: true }),
  };
}

function examplePlugin(examples: readonly Example[], scopeOf: (example: Example) => string): Plugin {
  const byName = new Map(examples.map((example) => [example.name, example]));
  return {
    name: 'examples',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^example:/ }, ({ path }) => ({
        path: path.slice('example:'.length),
        namespace: 'example',
      }));
      onResolve({ filter: /^whichrole(\/|$)/ }, ({ path }) => ({
        path: join(root, entryPoints[path] ?? path),
      }));
      onLoad({ filter: /./, namespace: 'example' }, ({ path }) => {
        const example = byName.get(path);
        if (!example) return undefined;
        return { contents: `${scopeOf(example)}\n${example.code}`, loader: 'ts', resolveDir: root };
      });
    },
  };
}
