import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { parse } from 'yaml';

const folder = fileURLToPath(new URL('.', import.meta.url));

/**
 * Container (`ns/workload` or `ns/workload/container`) → SDK → identity, as `identityName` writes it.
 *
 * The SDK `stated` is the one that the state names for the container; then it has to name one for each.
 */
const answersSchema = v.record(v.string(), v.record(v.string(), v.string()));

/** One conflict: the state that has it, who gets what in it, and the state without it. */
const fixtureSchema = v.strictObject({
  /** A shared beginning of both states, from `base/`. */
  base: v.exactOptional(v.string()),
  input: v.string(),
  answers: answersSchema,
  finding: v.strictObject({ at: v.string(), severity: v.string() }),
  /** The state as it should be: manifests, or `fix`: what the finding itself proposes. */
  corrected: v.string(),
  afterwards: v.exactOptional(answersSchema),
});

/** A fixture with the id of its conflict. */
export interface Fixture extends v.InferOutput<typeof fixtureSchema> {
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
