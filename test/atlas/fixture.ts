import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { readNodeRules } from '../../src/ingest/iptables/nodeRules.ts';
import { parseInput } from '../../src/ingest/parse.ts';
import type { SdkRef } from '../../src/model/sdk.ts';
import type { World } from '../../src/model/world.ts';
import type { Answer } from '../../src/resolve/answer.ts';
import { resolveAll } from '../../src/resolve/resolve.ts';
import { parseSdk } from '../../src/sdkChain/registry.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

/**
 * Container (`ns/workload` or `ns/workload/container`) → SDK → identity, as `identityName` writes it.
 *
 * The SDK `stated` is the one that the state names for the container; then it has to name one for each.
 */
type ExpectedAnswers = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** One conflict: the state that has it, who gets what in it, and the state without it. */
interface FixtureFile {
  /** A shared beginning of both states, from `base/`. */
  readonly base?: string;
  readonly input: string;
  /** What `iptables-save` prints on every node. */
  readonly iptables?: string;
  readonly answers: ExpectedAnswers;
  readonly finding: { readonly at: string; readonly severity: string };
  /** The state as it should be: manifests, or `fix`: what the finding itself proposes. */
  readonly corrected: string;
  /** The rules of the nodes in the corrected state; without them there are none. */
  readonly iptablesCorrected?: string;
  readonly afterwards?: ExpectedAnswers;
}

const answersSchema = v.record(v.string(), v.record(v.string(), v.string()));

const fixtureSchema: v.GenericSchema<unknown, FixtureFile> = v.strictObject({
  base: v.exactOptional(v.string()),
  input: v.string(),
  iptables: v.exactOptional(v.string()),
  answers: answersSchema,
  finding: v.strictObject({ at: v.string(), severity: v.string() }),
  corrected: v.string(),
  iptablesCorrected: v.exactOptional(v.string()),
  afterwards: v.exactOptional(answersSchema),
});

/** A fixture with the id of its conflict. */
export interface Fixture extends FixtureFile {
  readonly id: string;
  readonly section: string;
}

/** Reads every `test/atlas/<section>/<conflict>.yaml`. */
export function readFixtures(): readonly Fixture[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'base')
    .flatMap(({ name: section }) =>
      readdirSync(`${folder}${section}`).map((file): Fixture => {
        const parsed = v.parse(fixtureSchema, parse(readFileSync(`${folder}${section}/${file}`, 'utf8')));
        const base =
          parsed.base === undefined ? '' : readFileSync(`${folder}base/${parsed.base}.yaml`, 'utf8');
        const joined = (text: string): string => `${base}\n---\n${text}`;
        return {
          ...parsed,
          input: joined(parsed.input),
          corrected: parsed.corrected === 'fix' ? 'fix' : joined(parsed.corrected),
          id: file.replace(/\.yaml$/, ''),
          section,
        };
      }),
    );
}

/** Reads a state of a fixture, with what `iptables-save` prints on every node. */
export function readWorld(text: string, saved?: string): World {
  const { world, diagnostics } = parseInput([{ file: 'fixture.yaml', text }]);
  const shown = readNodeRules(saved === undefined ? [] : [{ file: 'rules', text: saved }]);
  expect(shown.diagnostics).toEqual([]);
  expect(diagnostics.filter(({ code }) => code === 'syntax' || code === 'unknown-field')).toEqual([]);
  return { ...world, iptables: shown.iptables };
}

export function sdkNamed(text: string): SdkRef {
  const read = parseSdk(text);
  if (read.kind !== 'sdk') throw new Error(`no SDK is called ${text}`);
  return read.sdk;
}

/** Answers for the SDKs that a fixture names, so that it says what it is about. */
export function answersOf({ answers }: Fixture): (world: World) => readonly Answer[] {
  const names = [...new Set(Object.values(answers).flatMap((each) => Object.keys(each)))];
  // `stated`: with the SDK that the state itself names, for conflicts that another SDK mends.
  if (names.includes('stated')) return (world) => resolveAll(world);
  const sdks = names.map(sdkNamed);
  return (world) => sdks.flatMap((sdk) => resolveAll(world, { sdk }));
}
