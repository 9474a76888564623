// Writes docs/schema/config.schema.json, the JSON Schema of whichrole.yaml, from the schema that reads it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { toJsonSchema } from '@valibot/to-json-schema';
import { format } from 'prettier';
import { settingsSchema } from '../src/ingest/config/settings.ts';

/** Where the published schema stands. */
export const schemaPath: string = fileURLToPath(
  new URL('../docs/schema/config.schema.json', import.meta.url),
);

/** Gives the text of the published schema. */
export async function schemaText(): Promise<string> {
  const schema = {
    ...toJsonSchema(settingsSchema),
    title: 'whichrole.yaml',
    description: 'What whichrole is told about a cluster beyond its manifests',
  };
  return format(JSON.stringify(schema), { parser: 'json', printWidth: 110 });
}

/** Writes the published schema. */
export async function writeSchema(): Promise<void> {
  mkdirSync(fileURLToPath(new URL('../docs/schema', import.meta.url)), { recursive: true });
  writeFileSync(schemaPath, await schemaText());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeSchema();
