import { compareSdks } from '../sdkChain/compare.ts';
import { renderChainMermaid } from '../report/chainMermaid.ts';
import { renderSdkComparison, type ComparedSdk } from '../report/sdkComparison.ts';
import { renderSdk, renderSdkTable, sdkToJson } from '../report/sdkTable.ts';
import { describeSdk, type SdkRef } from '../model/sdk.ts';
import { assumedVersion } from '../resolve/assumedVersion.ts';
import { behaviourAt } from '../sdkChain/behaviour.ts';
import { parseSdk, sdkBehaviour, sdkCatalogue } from '../sdkChain/registry.ts';
import { describeRange } from '../sdkChain/version.ts';
import type { Io } from './io.ts';
import { screenOf } from './screen.ts';
import { refuse, type ExitCode } from './session.ts';
import { usageError } from './usageError.ts';

/** The options of `whichrole sdks`. */
export interface SdksOptions {
  readonly output: 'text' | 'json';
  readonly mermaid?: true;
  readonly compare?: true;
  readonly color: boolean;
}

/** `whichrole sdks [family…]`: the SDKs that are known, the chain of one, or where two differ. */
export function sdks(names: readonly string[], options: SdksOptions, io: Io): ExitCode {
  const parsed = names.map(parseSdk);
  const wrong = parsed.flatMap((one) => (one.kind === 'diagnostic' ? one.diagnostic : []));
  if (wrong.length > 0) return refuse(io, ...wrong);
  const [first, second, ...more] = parsed.flatMap((one) => (one.kind === 'sdk' ? one.sdk : []));
  if (options.compare) {
    if (first && second && more.length === 0) return compare([first, second], options, io);
    return refuse(io, usageError('two SDKs are compared', { expected: '`--compare go-v2 java-v2`' }));
  }
  if (second)
    return refuse(io, usageError('one SDK is shown at a time', { help: 'compare two with --compare' }));
  return first ? showOne(first, options, io) : showAll(options, io);
}

function showAll(options: SdksOptions, io: Io): ExitCode {
  const entries = sdkCatalogue();
  const json = { sdks: entries.map((entry) => sdkToJson(entry, behaviourAt(entry, undefined))) };
  print(io, options, json, () => renderSdkTable(entries, screenFor(options, io)));
  return 0;
}

function showOne(sdk: SdkRef, options: SdksOptions, io: Io): ExitCode {
  const { entry, behaviour } = sdkBehaviour(sdk);
  if (options.mermaid) {
    io.stdout(`${renderChainMermaid(behaviour)}\n`);
    return 0;
  }
  const { assumed } = compared(sdk);
  const json = { ...sdkToJson(entry, behaviour), ...(assumed === undefined ? {} : { assumed }) };
  print(io, options, json, () =>
    [renderSdk(entry, behaviour, screenFor(options, io)), ...(assumed === undefined ? [] : [assumed])].join(
      '\n',
    ),
  );
  return 0;
}

function compare(pair: readonly [SdkRef, SdkRef], options: SdksOptions, io: Io): ExitCode {
  const [first, second] = pair;
  const comparison = compareSdks(sdkBehaviour(first).behaviour, sdkBehaviour(second).behaviour);
  const sdksCompared = [compared(first), compared(second)] as const;
  const json = {
    sdks: pair.map((sdk, at) => ({
      ...sdk,
      versions: describeRange(sdkBehaviour(sdk).behaviour.versions),
      ...(sdksCompared[at]?.assumed === undefined ? {} : { assumed: sdksCompared[at].assumed }),
    })),
    ...comparison,
  };
  print(io, options, json, () => renderSdkComparison(sdksCompared, comparison, screenFor(options, io)));
  return 0;
}

function compared(sdk: SdkRef): ComparedSdk {
  const [assumed] = assumedVersion(sdk);
  return { name: describeSdk(sdk), ...(assumed ? { assumed: `assumed: ${assumed.value}` } : {}) };
}

function screenFor({ color }: SdksOptions, io: Io): ReturnType<typeof screenOf> {
  return screenOf(io, color ? 'auto' : 'never');
}

function print(io: Io, { output }: SdksOptions, json: object, text: () => string): void {
  io.stdout(`${output === 'json' ? JSON.stringify(json, undefined, 2) : text()}\n`);
}
