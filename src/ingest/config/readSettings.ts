import * as v from 'valibot';
import type { JsonValue } from '../../model/aws.ts';
import type { StatedFact } from '../../model/fact.ts';
import type { FactName } from '../../model/factDefinitions.ts';
import { sdkFamilies } from '../../model/sdk.ts';
import type { Suppression } from '../../model/suppression.ts';
import type { SdkStatement } from '../../model/world.ts';
import { child, complain, descend, items, refOf, type Field } from '../field.ts';
import { parseFact } from '../factText.ts';
import { parseSdk } from '../sdkText.ts';
import { readExpectations } from './expectations.ts';
import { withoutUndefined } from '../withoutUndefined.ts';
import { textAt, toJson, type Located } from '../yaml/located.ts';
import { complainOfIssue, withoutUnknownKeys } from './settingIssue.ts';
import { settingsSchema, settingsVersion, type Settings, type SettingsFile } from './settings.ts';

/** Settings that are facts under a shorter name. */
const namedFacts: readonly { readonly path: readonly string[]; readonly fact: FactName }[] = [
  { path: ['cni'], fact: 'cni' },
  { path: ['kube2iam', 'daemon'], fact: 'kube2iam.daemon' },
  { path: ['kube2iam', 'rule'], fact: 'kube2iam.rule' },
  { path: ['podIdentityAgent'], fact: 'podIdentityAgent' },
  { path: ['webhook'], fact: 'webhook' },
  { path: ['sts'], fact: 'sts' },
];

/** Recognises a settings file, by its name or by what it says of itself. */
export function isSettings(root: Located): boolean {
  const file = root.position.file.split(/[/\\]/).at(-1) ?? '';
  return /^whichrole\.ya?ml$/.test(file) || textAt(root, 'apiVersion') === settingsVersion;
}

/**
 * Reads `whichrole.yaml`. A section with a mistake is complained of and left out; the others count.
 */
export function readSettings(root: Field): Settings {
  const broken = new Set<string>();
  // Every complaint names a path; its first part is the section.
  const watched: Field = {
    ...root,
    report: (diagnostic) => {
      broken.add(diagnostic.field?.split(/[.[]/)[0] ?? '');
      root.report(diagnostic);
    },
  };
  const known = withoutUnknownKeys(watched, root.value ? settingsJson(root.value) : {});
  const checked = v.safeParse(settingsSchema, known);
  checked.issues?.forEach((issue) => complainOfIssue(watched, issue));
  const sound = v.safeParse(settingsSchema, withoutKeys(known, broken));
  return compile(root, sound.success ? sound.output : {});
}

/** Gives the values, with account ids as the strings that they are although YAML reads numbers. */
function settingsJson(located: Located): JsonValue {
  if (located.kind === 'list') return located.items.map(settingsJson);
  if (located.kind === 'map') {
    const entries = [...located.entries].map(([key, entry]) => [key, settingsJson(entry.value)] as const);
    return Object.fromEntries(entries);
  }
  return typeof located.value === 'number' && /^\d{12}$/.test(located.text) ? located.text : toJson(located);
}

function withoutKeys(value: JsonValue, keys: ReadonlySet<string>): JsonValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.has(key)));
}

function compile(root: Field, file: SettingsFile): Settings {
  const at = (key: string): Settings['nodes'][number]['ref'] => refOf(child(root, key));
  const nodeFields = file.nodes ? items(child(root, 'nodes')) : [];
  const { cluster, nodeRole, imds } = file;
  return withoutUndefined({
    cluster: cluster && {
      ...cluster,
      ...(cluster.oidcIssuer ? { oidcIssuer: cluster.oidcIssuer.replace(/^https:\/\//, '') } : {}),
      ref: at('cluster'),
    },
    nodeRole: nodeRole === undefined ? undefined : { arn: nodeRole, ref: at('nodeRole') },
    imds: imds && { ...imds, ref: at('imds') },
    nodes: (file.nodes ?? []).map((node, index) => ({ ...node, ref: refOf(nodeFields[index] ?? root) })),
    sdkStatements: file.sdks ? sdkStatements(child(root, 'sdks'), file.sdks) : [],
    facts: [...shorthands(root, file), ...genericFacts(child(root, 'facts'), file.facts ?? {})],
    expectations: file.expect ? readExpectations(child(root, 'expect'), file.expect) : [],
    suppressions: file.suppress ? suppressions(child(root, 'suppress'), file.suppress) : [],
  });
}

function sdkStatements(field: Field, sdks: NonNullable<SettingsFile['sdks']>): readonly SdkStatement[] {
  const fields = items(field);
  return sdks.flatMap(({ sdk, ...of }, index) => {
    const place = child(fields[index] ?? field, 'sdk');
    const parsed = parseSdk(sdk);
    if (parsed.kind === 'sdk') return { ...of, sdk: parsed.sdk, ref: refOf(place) };
    complain(place, {
      code: 'bad-sdk',
      severity: 'error',
      message: `\`${parsed.family}\` is no SDK`,
      expected: `one of ${sdkFamilies.join(', ')}`,
      nearest: parsed.nearest,
    });
    return [];
  });
}

function suppressions(field: Field, written: NonNullable<SettingsFile['suppress']>): readonly Suppression[] {
  const fields = items(field);
  return written.map(({ rule, object, reason }, at) => {
    const ref = refOf(fields[at] ?? field);
    return { rule, reason, covers: { kind: 'named', pattern: object }, ref };
  });
}

function shorthands(root: Field, file: SettingsFile): readonly StatedFact[] {
  const stated = namedFacts.flatMap(({ path, fact }): StatedFact[] => {
    const value = path.reduce<unknown>(
      (current, key) => (current as Readonly<Record<string, unknown>> | undefined)?.[key],
      file,
    );
    return typeof value === 'string' ? [{ name: fact, value, ref: refOf(descend(root, ...path)) }] : [];
  });
  const installed = file.kube2iam?.installed;
  if (installed === undefined) return stated;
  const value = installed ? 'installed' : 'notInstalled';
  return [...stated, { name: 'kube2iam', value, ref: refOf(descend(root, 'kube2iam', 'installed')) }];
}

function genericFacts(field: Field, facts: NonNullable<SettingsFile['facts']>): readonly StatedFact[] {
  return Object.entries(facts).flatMap(([key, written]) => {
    const place = child(field, key);
    const parsed = parseFact(key, String(written));
    if (parsed.kind === 'fact') return { ...parsed.fact, ref: refOf(place) };
    complain(place, { code: 'bad-setting', severity: 'error', ...parsed.complaint });
    return [];
  });
}
