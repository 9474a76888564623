import { readFileSync, writeFileSync } from 'node:fs';
import { toJsonSchema } from '@valibot/to-json-schema';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { findConflicts } from '../../src/findings/examine.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import { sdkFamilies, type SdkFamily } from '../../src/model/sdk.ts';
import type { World } from '../../src/model/world.ts';
import { answersSchema, type AnswersJson } from '../../src/report/answersSchema.ts';
import { answersToJson } from '../../src/report/json.ts';
import { resolveAll } from '../../src/resolve/resolve.ts';
import { worlds } from '../../src/testing/arbitraries/world.ts';
import { appRole, irsaWorld } from './worlds.ts';

const schemaFile = new URL('../../docs/schema/answers.schema.json', import.meta.url);

const complaint: Diagnostic = {
  code: 'unknown-field',
  severity: 'warning',
  message: 'no field `x`',
  position: { file: 'a.yaml', line: 3, column: 5 },
  object: { kind: 'Pod', namespace: 'pay', name: 'api' },
};

function report(given: World, family: SdkFamily, faults = 0): AnswersJson {
  const answers = resolveAll(given, { sdk: { family }, faults });
  return answersToJson({
    answers,
    findings: findConflicts(given, answers),
    diagnostics: [complaint],
    ignored: [{ kind: 'Service', count: 2 }],
    trace: 'withTrace',
  });
}

describe('answersToJson', () => {
  it('writes an answer in the stable shape', () => {
    const given = irsaWorld().fact('trust', 'admits', appRole).build();
    const json = report(given, 'go-v2');
    expect(json.answers[0]).toMatchObject({
      namespace: 'pay',
      workload: { kind: 'Deployment', name: 'api' },
      container: 'app',
      containerKind: 'app',
      sdk: { family: 'go-v2', version: null, basis: 'stated' },
      outcomes: [{ identity: { kind: 'role', arn: appRole }, mechanism: 'irsa', when: [] }],
      incomplete: false,
    });
    expect(json.errors).toEqual([
      {
        code: 'unknown-field',
        severity: 'warning',
        message: 'no field `x`',
        file: 'a.yaml',
        line: 3,
        column: 5,
        object: 'Pod pay/api',
      },
    ]);
  });

  it('gives a role without an ARN as null, and says why', () => {
    const given = { ...irsaWorld().build(), nodeDefaults: { imds: {} }, serviceAccounts: [] };
    const [outcome] = report(given, 'go-v2').answers[0]?.outcomes ?? [];
    expect(outcome?.identity).toMatchObject({ kind: 'role', arn: null, note: 'nodeRole' });
  });

  it('every output is what the schema describes, and holds nothing else', () => {
    fc.assert(
      fc.property(
        worlds({ maxPods: 1 }),
        fc.constantFrom(...sdkFamilies),
        fc.integer({ min: 0, max: 1 }),
        (given, family, faults) => {
          const json = JSON.parse(JSON.stringify(report(given, family, faults))) as unknown;
          expect(v.parse(answersSchema, json)).toEqual(json);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('docs/schema/answers.schema.json', () => {
  it('is made from the schema (UPDATE_DOCS=1 rewrites it)', () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'The answers of whichrole',
      ...toJsonSchema(answersSchema, { target: 'draft-2020-12' }),
    };
    const text = `${JSON.stringify(schema, undefined, 2)}\n`;
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(schemaFile, text);
    expect(readFileSync(schemaFile, 'utf8')).toBe(text);
  });
});
