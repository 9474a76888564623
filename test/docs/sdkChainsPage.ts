import { behaviourAt, type SdkBehaviour } from '../../src/sdkChain/behaviour.ts';
import { outcomeIn, type SituationOutcome } from '../../src/sdkChain/compare.ts';
import type { Evidence } from '../../src/sdkChain/providerRow.ts';
import type { Provider, SdkEntry } from '../../src/sdkChain/entry.ts';
import type { Refresh, Renewal } from '../../src/sdkChain/refresh.ts';
import { sdkCatalogue } from '../../src/sdkChain/registry.ts';
import { situations } from '../../src/sdkChain/situations.ts';
import { summariseSdk, type SdkSummary } from '../../src/sdkChain/summary.ts';
import { mechanismNames } from '../../src/report/identityWords.ts';

const opening = `# SDK chains

Which AWS SDK goes on to the metadata service when IRSA fails, and which stops? It decides whether a broken trust policy
is an outage or a silent change of identity. This page is made from the catalogue in \`src/sdkChain/catalogue/\`; a test
keeps it so. Evidence: _recorded_ means that the real SDK was seen doing it
([how](../conformance/sdk/README.md)), _source_ that its source was read, _docs_ that its documentation says so.

\`whichrole sdks java-v2\` shows every rule with its source, \`whichrole sdks --compare go-v2 java-v2\` the situations that
two end differently, \`whichrole sdks java-v2 --mermaid\` a drawing of the chain.`;

/**
 * Writes docs/sdk-chains.md from the SDK catalogue.
 *
 * @example
 * sdkChainsPage().startsWith('# SDK chains') // => true
 */
export function sdkChainsPage(): string {
  const rows = sdkCatalogue().map((entry) => ({
    entry,
    newest: behaviourAt(entry, undefined),
    summary: summariseSdk(entry),
  }));
  return `${[
    opening,
    '## Who falls back when IRSA fails',
    'The newest version that was looked at; Pod Identity is not set up, and the metadata service answers. What an SDK\nends up with:',
    table(['SDK', 'Version', ...fallbackColumns.map(([title]) => title), 'Evidence'], rows.map(fallbackRow)),
    '## In which order they look',
    'The newest version again. What a profile may hold counts as one provider for each place in the order.',
    table(
      ['SDK', 'Order'],
      rows.map(({ entry, newest }) => [code(entry.family), orderOf(newest)]),
    ),
    '## Since when they can',
    '“Every version” means every version that was looked at. A version number counts what `whichrole sdks <family>` says it\ncounts.',
    table(['SDK', 'Looked at', 'IRSA', 'Pod Identity', 'IMDSv2'], rows.map(firstRow)),
    '## While a process lives',
    'When credentials are renewed, counted from their expiry, and who is asked. “Tries” is a renewal whose failure nobody\nsees; “must” one that has to succeed, else the application gets an error, unless the old credentials serve on.\nA provider that is not named: nobody has found out. `whichrole timeline pay/api --at 40 sts=timeout` plays it for one\npod.',
    table(
      ['SDK', 'Asks', 'When', 'Evidence'],
      rows.flatMap(({ entry, newest }) => refreshRows(entry, newest)),
    ),
  ].join('\n\n')}\n`;
}

interface Row {
  readonly entry: SdkEntry;
  readonly newest: SdkBehaviour;
  readonly summary: SdkSummary;
}

const fallbackColumns: readonly (readonly [string, string])[] = [
  ['STS refuses', 'irsa.accessDenied'],
  ['STS does not answer', 'irsa.timeout'],
  ['No token file', 'irsa.tokenMissing'],
  ['Only the role set', 'irsa.onlyRoleArn'],
  ['Only the file set', 'irsa.onlyTokenFile'],
];

function fallbackRow({ entry, newest }: Row): readonly string[] {
  const outcomes = fallbackColumns.map(([, id]) => {
    const situation = situations.find((one) => one.id === id);
    if (!situation) throw new Error(`there is no situation ${id}`);
    return outcomeWord(outcomeIn(newest, situation));
  });
  return [code(entry.family), entry.newestKnown, ...outcomes, refusalEvidence(newest)];
}

function outcomeWord(outcome: SituationOutcome): string {
  switch (outcome.kind) {
    case 'gets':
    case 'servesOld':
      return `**${mechanismNames[outcome.mechanism]}**`;
    case 'stops':
    case 'findsNothing':
      return 'error';
    case 'notKnown':
      return 'not known';
  }
}

function refusalEvidence({ providers }: SdkBehaviour): string {
  const rules = providers.flatMap((provider): readonly (Evidence & { readonly on: readonly string[] })[] =>
    provider.kind === 'webIdentity' ? provider.rules : [],
  );
  return rules.find(({ on }) => on.includes('accessDenied'))?.strength ?? 'source';
}

function orderOf({ providers }: SdkBehaviour): string {
  return providers
    .filter(({ kind }) => kind !== 'profileGate')
    .map(({ id }) => id)
    .join(', ');
}

function firstRow({ entry, summary }: Row): readonly string[] {
  const firsts = [summary.firstIrsa, summary.firstPodIdentity, summary.firstImdsV2];
  const words: Readonly<Record<string, string>> = { everyVersion: 'every version' };
  const range = `${entry.oldestKnown} to ${entry.newestKnown}`;
  return [code(entry.family), range, ...firsts.map((first) => words[first] ?? first)];
}

const asks: Readonly<Record<Refresh['chain'], string>> = {
  pinned: 'the provider that worked',
  walksAgain: 'the whole chain',
  walksAgainWhenEmpty: 'the provider that worked; the whole chain once it has nothing',
};

function refreshRows({ family }: SdkEntry, { refresh }: SdkBehaviour): readonly (readonly string[])[] {
  return refresh.renewals.map((renewal, at) => [
    at === 0 ? code(family) : '',
    at === 0 ? asks[refresh.chain] : '',
    `${kindsOf(renewal)}: ${whenOf(renewal)}`,
    renewal.strength,
  ]);
}

const kindNames: Readonly<Record<Provider['kind'], string>> = {
  environmentKeys: 'environment',
  profileGate: 'profile',
  profile: 'profile',
  webIdentity: 'IRSA',
  container: 'container',
  imds: 'IMDS',
};

function kindsOf({ of }: Renewal): string {
  return of.map((kind) => kindNames[kind]).join(', ');
}

function whenOf(renewal: Renewal): string {
  const { triesFrom, mustFromSeconds, noWindowUpToSeconds, atMostSeconds, stretched, servesOldAfter } =
    renewal;
  return [
    ...(triesFrom?.beforeExpirySeconds === undefined
      ? []
      : [`tries ${duration(triesFrom.beforeExpirySeconds)} before`]),
    ...(triesFrom?.afterSeconds === undefined ? [] : [`tries after ${duration(triesFrom.afterSeconds)}`]),
    ...(triesFrom?.afterHalfOfLifeSeconds === undefined
      ? []
      : [`tries after half the life, at least ${duration(triesFrom.afterHalfOfLifeSeconds)}`]),
    mustFromSeconds === 0 ? 'must at expiry' : `must ${duration(mustFromSeconds)} before`,
    ...(noWindowUpToSeconds === undefined
      ? []
      : [`lives of up to ${duration(noWindowUpToSeconds)}: at expiry`]),
    ...(atMostSeconds === undefined ? [] : [`held for ${duration(atMostSeconds)} at most`]),
    ...(stretched === undefined
      ? []
      : [`lives under ${duration(stretched.belowSeconds)} stretched to ${duration(stretched.heldSeconds)}`]),
    ...(servesOldAfter === undefined ? [] : ['old ones serve on']),
  ].join('; ');
}

function duration(seconds: number): string {
  return seconds >= 60 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

function code(text: string): string {
  return `\`${text}\``;
}

/** Lays out a table as prettier does. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
