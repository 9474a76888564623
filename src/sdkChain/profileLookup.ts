import type { Environment, FileContent } from '../model/environment.ts';
import type { ObjectRef } from '../model/objectRef.ts';
import type { ProfileLookup } from './entry.ts';
import { isProfileFile, parseProfileFile, type ProfileKeys } from './profileFile.ts';
import { exchanged, firstText, textOf, type Walk } from './walk.ts';

/** Where a profile file lies, and whether the environment shows what it holds. */
interface Located {
  readonly path: string;
  readonly shown: 'text' | 'hidden';
}

/** The profiles that an SDK finds. */
export interface Profiles {
  readonly byName: ReadonlyMap<string, ProfileKeys>;
  /** A file whose text nobody knows: it stands for static keys in whatever profile is asked for. */
  readonly hidden?: ObjectRef;
  /** How many files are there that were not read because their text is not known. */
  readonly unread: number;
  /** The files that are no profile files. */
  readonly unparsable: readonly string[];
  /** Paths that were found. */
  readonly paths: readonly string[];
  readonly refs: readonly ObjectRef[];
}

const noProfiles: Profiles = { byName: new Map(), unread: 0, unparsable: [], paths: [], refs: [] };

type ProfileFile = ProfileLookup['files'][number];

/** The variables that say where the files are. */
const pathVariables: Readonly<Record<ProfileFile, string>> = {
  credentials: 'AWS_SHARED_CREDENTIALS_FILE',
  config: 'AWS_CONFIG_FILE',
};

/** Gives the name of the profile, and whether somebody named it. */
export function profileName(
  walk: Walk,
  lookup: ProfileLookup,
): { readonly name: string; readonly named: boolean } {
  const name = firstText(walk, lookup.nameFrom);
  return { name: name ?? 'default', named: name !== undefined };
}

/** Names the files in which a profile is looked for, for the trace. */
export function profilePlaces(lookup: ProfileLookup): readonly string[] {
  return lookup.files.map((file) => `~/.aws/${file}`);
}

/**
 * Reads the profile files that are there.
 *
 * A file whose text the input does not show is asked for through the exchange only when `hidden` is
 * `asked`: whoever cannot use static keys learns nothing from it.
 */
export function readProfiles(
  walk: Walk,
  provider: string,
  lookup: ProfileLookup,
  hidden: 'asked' | 'passedOver',
): Profiles {
  const byName = new Map<string, ReadonlyMap<string, string>>();
  const paths: string[] = [];
  const refs: ObjectRef[] = [];
  const unparsable: string[] = [];
  let hiddenRef: ObjectRef | undefined;
  let unread = 0;
  for (const file of readOrder(walk, lookup)) {
    const located = locate(walk, file, lookup);
    if (!located && lookup.mustExist?.includes(file)) return noProfiles;
    if (!located) continue;
    if (located.shown === 'hidden' && hidden === 'passedOver') {
      unread += 1;
      continue;
    }
    const content = readOnce(walk, provider, located.path);
    if (!content) continue;
    paths.push(located.path);
    refs.push(content.from);
    if (content.kind === 'hidden') hiddenRef = content.from;
    if (content.kind !== 'text') continue;
    if (!isProfileFile(content.text)) unparsable.push(located.path);
    for (const [name, keys] of parseProfileFile(content.text, file)) {
      byName.set(name, new Map([...(byName.get(name) ?? []), ...keys]));
    }
  }
  return { byName, unread, unparsable, paths, refs, ...(hiddenRef ? { hidden: hiddenRef } : {}) };
}

/** Gives the `region` of the active profile when a file that the input shows holds it. */
export function visibleRegion(walk: Walk): string | undefined {
  const located = locate(walk, 'config', {});
  const content = located && walk.input.environment.files.get(located.path);
  if (content?.kind !== 'text') return undefined;
  const name = firstText(walk, ['AWS_PROFILE']) ?? 'default';
  return parseProfileFile(content.text, 'config').get(name)?.get('region');
}

/** The config file first, so that the keys of the credentials file win. */
function readOrder(walk: Walk, lookup: ProfileLookup): readonly ProfileFile[] {
  const { configNeeds } = lookup;
  const configRead = configNeeds === undefined || firstText(walk, [configNeeds]) !== undefined;
  return (['config', 'credentials'] as const).filter(
    (file) => lookup.files.includes(file) && (file !== 'config' || configRead),
  );
}

/**
 * Finds a profile file: at the path that a variable names, else in `.aws` of `HOME`.
 *
 * When the environment has no `HOME`, the home directory stands in the image and is not known;
 * then any file or mounted directory whose path ends in `/.aws` counts as being there.
 */
function locate(
  walk: Walk,
  file: ProfileFile,
  { credentialsPathNeeds }: Pick<ProfileLookup, 'credentialsPathNeeds'>,
): Located | undefined {
  const { environment } = walk.input;
  const needed = file === 'credentials' ? credentialsPathNeeds : undefined;
  const heeded = needed === undefined || firstText(walk, [needed]) !== undefined;
  const named = heeded ? textOf(walk, pathVariables[file]) : undefined;
  if (named) return shownAt(environment, named);
  const home = textOf(walk, 'HOME');
  if (home) return shownAt(environment, `${home.replace(/\/$/, '')}/.aws/${file}`);
  const ending = `/.aws/${file}`;
  for (const path of environment.files.keys()) if (path.endsWith(ending)) return shownAt(environment, path);
  const directory = environment.hiddenDirectories.find(({ path }) => /\/\.aws\/?$/.test(path));
  return directory && { path: `${directory.path.replace(/\/$/, '')}/${file}`, shown: 'hidden' };
}

function shownAt(environment: Environment, path: string): Located | undefined {
  const content = environment.files.get(path);
  if (content) return { path, shown: content.kind === 'hidden' ? 'hidden' : 'text' };
  const parent = path.slice(0, path.lastIndexOf('/'));
  const mounted = environment.hiddenDirectories.some(
    ({ path: directory }) => directory.replace(/\/$/, '') === parent,
  );
  return mounted ? { path, shown: 'hidden' } : undefined;
}

function readOnce(walk: Walk, provider: string, path: string): FileContent | undefined {
  const known = walk.files.get(path);
  const request = { kind: 'readFile', path, purpose: 'profile' } as const;
  const reply = known ?? walk.input.exchange(request);
  if (!known) {
    walk.files.set(path, reply);
    exchanged(walk, provider, request, reply, 1);
  }
  return reply.kind === 'file' && reply.content.kind !== 'unreadable' ? reply.content : undefined;
}
