import { readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root folder of the project. */
export const root: string = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Every Markdown file whose code blocks are kept true, as paths from the root. */
export function markdownFiles(): readonly string[] {
  const below = (folder: string): readonly string[] =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  return ['README.md', 'CONTRIBUTING.md', ...below('docs'), ...below('examples')]
    .filter((file) => !file.startsWith('docs/api/'))
    .toSorted();
}
