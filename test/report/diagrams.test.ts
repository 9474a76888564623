import { describe, expect, it } from 'vitest';
import { sdkFamilies } from '../../src/model/sdk.ts';
import { renderChainMermaid } from '../../src/report/chainMermaid.ts';
import { renderMermaid } from '../../src/report/mermaid.ts';
import { colourless } from '../../src/report/palette.ts';
import { afterRefusal, renderSdk, renderSdkTable, sdkToJson } from '../../src/report/sdkTable.ts';
import { resolveAll } from '../../src/resolve/resolve.ts';
import { behaviourAt } from '../../src/sdkChain/behaviour.ts';
import { chartOf } from '../../src/sdkChain/chart.ts';
import { sdkBehaviour, sdkCatalogue } from '../../src/sdkChain/registry.ts';
import { appRole, irsaWorld } from './worlds.ts';

describe('renderMermaid', () => {
  it('draws who was asked what', () => {
    const [answer] = resolveAll(irsaWorld().fact('trust', 'admits', appRole).build(), {
      sdk: { family: 'go-v2' },
    });
    const [outcome] = answer?.outcomes ?? [];
    const lines = answer && outcome ? renderMermaid(answer, outcome).split('\n') : [];
    expect(lines.filter((line) => !line.includes('Note over'))).toEqual([
      'sequenceDiagram',
      '  participant container as pay/api [app]',
      '  participant files as Files',
      '  participant sts as STS',
      '  container->>files: read /var/run/secrets/eks.amazonaws.com/serviceaccount/token',
      '  files-->>container: a token for audience sts.amazonaws.com, subject system:serviceaccount:pay:api',
      `  container->>sts: AssumeRoleWithWebIdentity of ${appRole} at STS in eu-west-1`,
      `  sts-->>container: credentials of ${appRole} via IRSA, session <unix ns>`,
    ]);
  });
});

describe('renderChainMermaid', () => {
  it.each(sdkFamilies)('of %s draws every station with its arrows, and the three ends', (family) => {
    const { behaviour } = sdkBehaviour({ family });
    const lines = renderChainMermaid(behaviour).split('\n');
    const stations = [...chartOf(behaviour).stations.keys()].map((id) => id.replaceAll('/', '_'));
    const ends = ['credentials', 'error', 'exhausted'];
    const arrows = lines.flatMap((line) => {
      const [, from = '', to = ''] = /^ {2}(\w+) --> (\w+) : /.exec(line) ?? [];
      return to === '' ? [] : [{ from, to }];
    });
    expect(lines[0]).toBe('stateDiagram-v2');
    expect([...new Set(arrows.map(({ from }) => from))]).toEqual(stations);
    expect(arrows.filter(({ to }) => ![...stations, ...ends].includes(to))).toEqual([]);
    expect(lines.slice(-3)).toEqual(ends.map((end) => `  ${end} --> [*]`));
  });
});

describe('the table of SDKs', () => {
  it.each([
    ['java-v2', 'goes on'],
    ['go-v2', 'stops'],
    ['js-v2', 'goes on'],
    ['botocore', 'stops'],
  ] as const)('says that %s %s after a refusal', (family, after) => {
    expect(afterRefusal(sdkBehaviour({ family }).entry)).toBe(after);
  });

  it('names every family and fits 80 columns', () => {
    const lines = renderSdkTable(sdkCatalogue(), { width: 80, palette: colourless }).split('\n');
    expect(sdkFamilies.filter((family) => !lines.some((line) => line.startsWith(`${family} `)))).toEqual([]);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it.each(sdkFamilies)('shows the chain of %s within 80 columns, and the same as JSON', (family) => {
    const { entry, behaviour } = sdkBehaviour({ family });
    const text = renderSdk(entry, behaviour, { width: 80, palette: colourless });
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(sdkToJson(entry, behaviourAt(entry, undefined)).providers.map(({ id }) => id)).toEqual(
      behaviour.providers.map(({ id }) => id),
    );
  });
});
