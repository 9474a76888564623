import { readdir, readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { stdin } from 'node:process';
import type { InputText } from './ingest/yaml/documents.ts';
import type { Diagnostic } from './model/diagnostic.ts';

export type { InputText } from './ingest/yaml/documents.ts';

/** Texts read from files, and complaints about those that could not be read. */
export interface InputFiles {
  readonly texts: readonly InputText[];
  readonly diagnostics: readonly Diagnostic[];
}

/** How input is looked for. */
export interface ReadOptions {
  /** The folder that relative paths start from; the working directory of the process without it. */
  readonly cwd?: string;
}

/** Folders that hold no input of their own. Hidden ones, as `.git`, are passed over too. */
const skippedFolders: ReadonlySet<string> = new Set(['node_modules']);

/**
 * Reads files, folders and, for `-`, standard input, in the order given and by name within a folder.
 *
 * Of a folder every `.yaml`, `.yml` and `.json` is read, in its folders too. The `templates` of a Helm chart
 * are passed over, because they are no YAML before they are rendered. What cannot be read is a diagnostic.
 */
export async function readInput(
  paths: readonly string[],
  { cwd = '.' }: ReadOptions = {},
): Promise<InputFiles> {
  const parts: InputFiles[] = [];
  for (const path of paths) parts.push(path === '-' ? await readStandardInput() : await readPath(path, cwd));
  return joined(parts);
}

async function readPath(path: string, cwd: string): Promise<InputFiles> {
  try {
    const isFolder = (await stat(resolve(cwd, path))).isDirectory();
    return isFolder ? await readFolder(path, cwd) : await readOne(path, cwd);
  } catch (error) {
    return { texts: [], diagnostics: [unreadable(path, error)] };
  }
}

async function readOne(path: string, cwd: string): Promise<InputFiles> {
  return { texts: [{ file: path, text: await readFile(resolve(cwd, path), 'utf8') }], diagnostics: [] };
}

async function readFolder(folder: string, cwd: string): Promise<InputFiles> {
  const entries = await readdir(resolve(cwd, folder), { withFileTypes: true });
  const names = new Set(entries.map((entry) => entry.name));
  const prefix = folder.endsWith('/') ? folder : `${folder}/`;
  const parts: InputFiles[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = prefix + entry.name;
    if (entry.name.startsWith('.') || skippedFolders.has(entry.name)) continue;
    if (entry.isDirectory()) {
      const isChartTemplates = entry.name === 'templates' && names.has('Chart.yaml');
      parts.push(isChartTemplates ? skippedChart(path, folder) : await readPath(path, cwd));
    } else if (/\.(ya?ml|json)$/i.test(entry.name)) {
      parts.push(await readPath(path, cwd));
    }
  }
  return joined(parts);
}

async function readStandardInput(): Promise<InputFiles> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Uint8Array | string));
    return { texts: [{ file: '-', text: Buffer.concat(chunks).toString('utf8') }], diagnostics: [] };
  } catch (error) {
    return { texts: [], diagnostics: [unreadable('-', error)] };
  }
}

function skippedChart(templates: string, chart: string): InputFiles {
  const diagnostic: Diagnostic = {
    code: 'chart-skipped',
    severity: 'warning',
    message: 'the templates of a Helm chart were not read, because they are not rendered',
    position: { file: templates, line: 1, column: 1 },
    help: `run \`helm template ${chart} | whichrole … -\``,
  };
  return { texts: [], diagnostics: [diagnostic] };
}

function unreadable(path: string, error: unknown): Diagnostic {
  const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return {
    code: 'cannot-read',
    severity: 'error',
    message: `\`${path}\` cannot be read: ${reason}`,
    position: { file: path, line: 1, column: 1 },
  };
}

function joined(parts: readonly InputFiles[]): InputFiles {
  return {
    texts: parts.flatMap((part) => part.texts),
    diagnostics: parts.flatMap((part) => part.diagnostics),
  };
}
