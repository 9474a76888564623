import { readFileSync, writeFileSync } from 'node:fs';
import { toJsonSchema } from '@valibot/to-json-schema';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { checkToJson } from '../../src/report/checkJson.ts';
import { checkSchema } from '../../src/report/checkSchema.ts';
import { worlds } from '../../src/testing/arbitraries/world.ts';
import { reportOf } from './checkReports.ts';

const schemaFile = new URL('../../docs/schema/check.schema.json', import.meta.url);

describe('checkToJson', () => {
  it('every output is what the schema describes, and holds nothing else', () => {
    fc.assert(
      fc.property(worlds({ maxPods: 2 }), (world) => {
        const ref = { kind: 'Settings', name: 'w' };
        const never = { of: { kind: 'cluster' }, claim: 'never', identity: 'node-role', ref } as const;
        const report = reportOf({ ...world, expectations: [never] });
        const json = JSON.parse(JSON.stringify(checkToJson(report))) as unknown;
        expect(v.parse(checkSchema, json)).toEqual(json);
      }),
      { numRuns: 20 },
    );
  });
});

describe('docs/schema/check.schema.json', () => {
  it('is made from the schema (UPDATE_DOCS=1 rewrites it)', () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'A check of whichrole',
      ...toJsonSchema(checkSchema, { target: 'draft-2020-12' }),
    };
    const text = `${JSON.stringify(schema, undefined, 2)}\n`;
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(schemaFile, text);
    expect(readFileSync(schemaFile, 'utf8')).toBe(text);
  });
});
