import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const src = join(root, 'src');

/** Layer of each room: a room imports from lower layers and from itself, never from a neighbour. */
const layers: Readonly<Record<string, number>> = {
  model: 0,
  iam: 1,
  network: 1,
  admission: 1,
  sdkChain: 1,
  ingest: 1,
  services: 2,
  resolve: 3,
  findings: 4,
  whatIf: 5,
  report: 6,
  testing: 7,
  cli: 7,
};

/** Folders whose files are tables of facts: a long table is no long thought. */
const dataFolders = ['src/sdkChain/catalogue', 'src/network/cni'];

const files = walk(src).filter((file) => file.endsWith('.ts'));

describe('the rooms of src', () => {
  it.each(files.map((file) => [relative(root, file), file]))(
    '%s imports only what its layer may',
    (_name, file) => {
      const wrong = importsOf(file).filter((specifier) => !mayImport(file, specifier));
      expect(wrong).toEqual([]);
    },
  );

  it('names a layer for every room', () => {
    const rooms = readdirSync(src).filter((name) => statSync(join(src, name)).isDirectory());
    expect(rooms.filter((room) => !(room in layers))).toEqual([]);
  });

  it('keeps files short and lines readable', () => {
    const long = files
      .map((file) => ({ file: relative(root, file), lines: readFileSync(file, 'utf8').split('\n') }))
      .filter(({ file }) => !dataFolders.some((folder) => file.startsWith(folder)))
      .filter(({ lines }) => lines.length > 301)
      .map(({ file, lines }) => `${file}: ${lines.length} lines`);
    expect(long).toEqual([]);
  });

  it('has no drawer for odds and ends', () => {
    const drawers = walk(src).filter((file) =>
      /(^|\/)(utils?|helpers?|common|misc|shared)(\.ts|\/)/.test(relative(root, file)),
    );
    expect(drawers).toEqual([]);
  });

  it('leaves nothing unfinished and silences nothing', () => {
    const words = /\b(TODO|FIXME|XXX|HACK)\b|@ts-(ignore|nocheck|expect-error)|oxlint-disable/;
    const found = files
      .filter((file) => words.test(readFileSync(file, 'utf8')))
      .map((file) => relative(root, file));
    expect(found).toEqual([]);
  });
});

function mayImport(file: string, specifier: string): boolean {
  const room = roomOf(file);
  const atEdge = room === 'cli' || relative(src, file) === 'node.ts';
  if (specifier.startsWith('node:')) return atEdge;
  if (!specifier.startsWith('.')) return true;
  const target = roomOf(resolve(dirname(file), specifier));
  if (room === '' || target === room) return true;
  if (target === '') return room === 'cli';
  return (layers[target] ?? 99) < (layers[room] ?? -1);
}

/** The room of a file, or nothing for an entry that stands in `src` itself. */
function roomOf(file: string): string {
  const [first = '', ...rest] = relative(src, file).split('/');
  return rest.length === 0 ? '' : first;
}

function importsOf(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^(?:import|export)\b[^;]*?\bfrom '([^']+)'|\bimport\('([^']+)'\)/gm)].map(
    (match) => match[1] ?? match[2] ?? '',
  );
}

function walk(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
}
