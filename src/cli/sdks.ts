import { renderChainMermaid } from '../report/chainMermaid.ts';
import { renderSdk, renderSdkTable, sdkToJson } from '../report/sdkTable.ts';
import { behaviourAt } from '../sdkChain/behaviour.ts';
import { chartOf } from '../sdkChain/chart.ts';
import { parseSdk, sdkBehaviour, sdkCatalogue } from '../sdkChain/registry.ts';
import type { Io } from './io.ts';
import { screenOf } from './screen.ts';
import { refuse, type ExitCode } from './session.ts';

/** The options of `whichrole sdks`. */
export interface SdksOptions {
  readonly output: 'text' | 'json';
  readonly mermaid?: true;
  readonly color: boolean;
}

/** `whichrole sdks [family]`: the SDKs that are known, or the chain of one. */
export function sdks(family: string | undefined, options: SdksOptions, io: Io): ExitCode {
  const screen = screenOf(io, options.color ? 'auto' : 'never');
  if (family === undefined) {
    const entries = sdkCatalogue();
    const json = { sdks: entries.map((entry) => sdkToJson(entry, behaviourAt(entry, undefined))) };
    const text =
      options.output === 'json' ? JSON.stringify(json, undefined, 2) : renderSdkTable(entries, screen);
    io.stdout(`${text}\n`);
    return 0;
  }
  const parsed = parseSdk(family);
  if (parsed.kind === 'diagnostic') return refuse(io, parsed.diagnostic);
  const { entry, behaviour } = sdkBehaviour(parsed.sdk);
  if (options.mermaid) io.stdout(`${renderChainMermaid(chartOf(behaviour))}\n`);
  else if (options.output === 'json')
    io.stdout(`${JSON.stringify(sdkToJson(entry, behaviour), undefined, 2)}\n`);
  else io.stdout(`${renderSdk(entry, behaviour, screen)}\n`);
  return 0;
}
