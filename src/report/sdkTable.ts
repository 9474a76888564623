import type { Provider, SdkEntry } from '../sdkChain/entry.ts';
import { behaviourAt, type ResolvedProvider, type SdkBehaviour } from '../sdkChain/behaviour.ts';
import { describeRange } from '../sdkChain/version.ts';
import { padText, paint, styled, textLength, wrapText, type StyledText } from './layout.ts';
import type { Screen } from './screen.ts';

/** What an SDK does after STS has refused the token of a pod. */
export type AfterRefusal = 'stops' | 'goes on' | 'knows no IRSA';

/**
 * Reads off the catalogue what the newest version of an SDK does when IRSA is refused.
 */
export function afterRefusal(entry: SdkEntry): AfterRefusal {
  for (const provider of behaviourAt(entry, undefined).providers) {
    if (provider.kind !== 'webIdentity') continue;
    const rule = provider.rules.find(({ on }) => on.includes('accessDenied'));
    return rule?.next === 'continue' ? 'goes on' : 'stops';
  }
  return 'knows no IRSA';
}

/** Draws the table of all SDKs: known versions, where they look in which order, what a failure leads to. */
export function renderSdkTable(entries: readonly SdkEntry[], { width, palette }: Screen): string {
  const rows = entries.map((entry): readonly StyledText[] => {
    const after = afterRefusal(entry);
    return [
      styled(entry.family, 'bold'),
      styled(`${entry.oldestKnown} - ${entry.newestKnown}`),
      styled(after, after === 'goes on' ? 'yellow' : 'green'),
    ];
  });
  const header = ['SDK', 'VERSIONS', 'IF IRSA IS REFUSED'].map((title) => styled(title, 'bold'));
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((row) => textLength(row[column] ?? []))),
  );
  const lay = (row: readonly StyledText[]): StyledText =>
    row.flatMap((cell, column) => [...padText(cell, widths[column] ?? 0), { text: '  ' }]);
  const lines = rows.flatMap((row, at): readonly StyledText[] => {
    const entry = entries[at];
    const order = entry ? wrapText(styled(orderOf(entry), 'dim'), width - 2) : [];
    return [lay(row), ...order.map((line) => [{ text: '  ' }, ...line])];
  });
  return [lay(header), ...lines].map((line) => paint(line, palette).trimEnd()).join('\n');
}

function orderOf(entry: SdkEntry): string {
  return behaviourAt(entry, undefined)
    .providers.filter(({ kind }) => kind !== 'profileGate')
    .map(({ id }) => id)
    .join(', ');
}

/** Shows the chain of one SDK: of each provider what every failure leads to, and its source. */
export function renderSdk(entry: SdkEntry, behaviour: SdkBehaviour, { width, palette }: Screen): string {
  const range = describeRange(behaviour.versions);
  const indent = (text: StyledText, depth: number): readonly StyledText[] =>
    wrapText(text, width - depth - 2).map((line, at) => [
      { text: ' '.repeat(at === 0 ? depth : depth + 2) },
      ...line,
    ]);
  const lines: readonly StyledText[] = [
    ...indent([{ text: entry.title, style: 'bold' }, { text: ` (${entry.family}) ${range}` }], 0),
    ...indent(
      styled(`version: ${entry.versionMeans}; known: ${entry.oldestKnown} to ${entry.newestKnown}`, 'dim'),
      0,
    ),
    ...behaviour.providers.flatMap((provider, at) => [
      ...indent(
        [
          { text: `${at + 1}. ${provider.id}`, style: 'bold' },
          { text: ` [${provider.source}]`, style: 'dim' },
        ],
        0,
      ),
      ...rulesOf(provider).flatMap((rule) => indent(ruleText(rule), 3)),
    ]),
    ...indent(styled(`else: ${entry.exhausted}`), 0),
  ];
  return lines.map((line) => paint(line, palette).trimEnd()).join('\n');
}

/** A rule of any kind of provider, as far as it is shown. */
interface ShownRule {
  /** The request that fails, where a provider makes several. */
  readonly request?: 'token' | 'role list' | 'role credentials';
  readonly on: readonly string[];
  readonly attempts?: number;
  readonly next: string;
  readonly error: string;
}

function rulesOf(provider: ResolvedProvider): readonly ShownRule[] {
  switch (provider.kind) {
    case 'environmentKeys':
      return provider.halfPair ? [provider.halfPair] : [];
    case 'profileGate':
    case 'profile':
    case 'webIdentity':
    case 'container':
      return firstMatches(provider.rules);
    case 'imds':
      return [
        ...firstMatches(provider.token).map((rule) => ({ ...rule, request: 'token' as const })),
        ...firstMatches(provider.roleList).map((rule) => ({ ...rule, request: 'role list' as const })),
        ...firstMatches(provider.roleCredentials).map((rule) => ({
          ...rule,
          request: 'role credentials' as const,
        })),
      ];
  }
}

/** Leaves each failure to the first rule that names it, which is the one that counts. */
function firstMatches(rules: readonly ShownRule[]): readonly ShownRule[] {
  const taken = new Set<string>();
  return rules.flatMap((rule) => {
    const on = rule.on.filter((failure) => !taken.has(failure));
    for (const failure of on) taken.add(failure);
    return on.length === 0 ? [] : [{ ...rule, on }];
  });
}

const consequences: Readonly<Record<string, string>> = {
  stop: 'stops',
  continue: 'goes on to the next',
  send: 'sends the request all the same',
  v1: 'goes on with IMDSv1',
  v1AskAgain: 'goes on with IMDSv1 and asks for a token again',
  tokenAgain: 'asks for a token again',
};

function ruleText({ request, on, next, error, attempts }: ShownRule): StyledText {
  const what = request === undefined ? '' : `${request}: `;
  const times = attempts === undefined ? '' : ` after ${attempts} attempts`;
  const words = error === '' ? '' : `: ${error.replace('{code}', '<code of the error>')}`;
  const style = next === 'stop' ? 'green' : next === 'continue' ? 'yellow' : 'cyan';
  return [
    { text: `${what}${on.join(', ')} -> ` },
    { text: consequences[next] ?? next, style },
    { text: `${times}${words}` },
  ];
}

/** What `sdks --output json` prints of one SDK. */
export interface SdkJson {
  readonly family: string;
  readonly title: string;
  readonly oldestKnown: string;
  readonly newestKnown: string;
  readonly versionMeans: string;
  readonly ifIrsaIsRefused: AfterRefusal;
  readonly providers: readonly (Pick<Provider, 'id' | 'kind' | 'since' | 'until' | 'source' | 'strength'> & {
    readonly rules: readonly ShownRule[];
  })[];
}

/** Writes one SDK as JSON, with the providers of one behaviour. */
export function sdkToJson(entry: SdkEntry, behaviour: SdkBehaviour): SdkJson {
  const { family, title, oldestKnown, newestKnown, versionMeans } = entry;
  const providers = behaviour.providers.map((provider) => {
    const { id, kind, since, until, source, strength } = provider;
    const versions = { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
    return { id, kind, ...versions, source, strength, rules: rulesOf(provider) };
  });
  return {
    family,
    title,
    oldestKnown,
    newestKnown,
    versionMeans,
    ifIrsaIsRefused: afterRefusal(entry),
    providers,
  };
}
