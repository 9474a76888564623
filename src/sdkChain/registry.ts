import type { Diagnostic } from '../model/diagnostic.ts';
import { nearestWord } from '../model/nearest.ts';
import { sdkAliases, sdkFamilies, type SdkFamily, type SdkRef } from '../model/sdk.ts';
import { behaviourAt, type SdkBehaviour } from './behaviour.ts';
import { aliasVersions } from './catalogue/aliasVersions.ts';
import { awsCliV1 } from './catalogue/awsCliV1.ts';
import { awsCliV2 } from './catalogue/awsCliV2.ts';
import { botocore } from './catalogue/botocore.ts';
import { cpp } from './catalogue/cpp.ts';
import { dotnetV3 } from './catalogue/dotnetV3.ts';
import { dotnetV4 } from './catalogue/dotnetV4.ts';
import { goV1 } from './catalogue/goV1.ts';
import { goV2 } from './catalogue/goV2.ts';
import { javaV1 } from './catalogue/javaV1.ts';
import { javaV2 } from './catalogue/javaV2.ts';
import { jsV2 } from './catalogue/jsV2.ts';
import { jsV3 } from './catalogue/jsV3.ts';
import { kotlin } from './catalogue/kotlin.ts';
import { php } from './catalogue/php.ts';
import { ruby } from './catalogue/ruby.ts';
import { rust } from './catalogue/rust.ts';
import { swift } from './catalogue/swift.ts';
import type { SdkEntry } from './entry.ts';
import { compareVersions } from './version.ts';

const entries: Readonly<Record<SdkFamily, SdkEntry>> = {
  'aws-cli-v1': awsCliV1,
  'aws-cli-v2': awsCliV2,
  botocore,
  'js-v2': jsV2,
  'js-v3': jsV3,
  'go-v1': goV1,
  'go-v2': goV2,
  'java-v1': javaV1,
  'java-v2': javaV2,
  kotlin,
  rust,
  'dotnet-v3': dotnetV3,
  'dotnet-v4': dotnetV4,
  ruby,
  php,
  cpp,
  swift,
};

/** Lists what is known of every SDK, in the order of `sdkFamilies`. */
export function sdkCatalogue(): readonly SdkEntry[] {
  return sdkFamilies.map((family) => entries[family]);
}

/** The behaviour of an SDK, and what had to be assumed of its version. */
export interface ChosenBehaviour {
  readonly behaviour: SdkBehaviour;
  readonly entry: SdkEntry;
  /**
   * `versionNotStated`: the newest known behaviour is taken. `newerThanKnown`: nobody has looked at this
   * version; it is taken to behave as the newest known. `olderThanFirst`: the same, with the oldest.
   */
  readonly assumed?: 'olderThanFirst' | 'newerThanKnown' | 'versionNotStated';
}

/**
 * Gives the behaviour of an SDK in a version.
 *
 * @example
 * sdkBehaviour({ family: 'java-v2' }).assumed // => 'versionNotStated'
 */
export function sdkBehaviour(ref: SdkRef): ChosenBehaviour {
  const entry = entries[ref.family];
  const behaviour = behaviourAt(entry, ref.version);
  const { version } = ref;
  if (version === undefined) return { behaviour, entry, assumed: 'versionNotStated' };
  if (compareVersions(version, entry.newestKnown) > 0) {
    return { behaviour, entry, assumed: 'newerThanKnown' };
  }
  if (compareVersions(version, entry.oldestKnown) < 0) {
    return { behaviour, entry, assumed: 'olderThanFirst' };
  }
  return { behaviour, entry };
}

/** An SDK as written, or why it cannot be one. */
export type ParsedSdk =
  | { readonly kind: 'sdk'; readonly sdk: SdkRef }
  | { readonly kind: 'diagnostic'; readonly diagnostic: Diagnostic };

/**
 * Reads an SDK as users write it: a family or another name of it, and perhaps a version.
 *
 * @example
 * parseSdk('boto3@1.9.220') // => { kind: 'sdk', sdk: { family: 'botocore', version: '1.12.220' } }
 * parseSdk('java-v2').kind // => 'sdk'
 */
export function parseSdk(text: string): ParsedSdk {
  const [written = '', ...rest] = text.trim().split('@');
  const name = written.toLowerCase();
  const version = rest.length === 0 ? undefined : rest.join('@').replace(/^v/, '');
  const family = familyOf(name);
  if (family === undefined) return { kind: 'diagnostic', diagnostic: unknownSdk(written, name) };
  if (version === undefined) return { kind: 'sdk', sdk: { family } };
  if (!/^\d+(\.\d+)*$/.test(version)) {
    return { kind: 'diagnostic', diagnostic: badVersion(text, family) };
  }
  return { kind: 'sdk', sdk: { family, version: versionOf(name, version) } };
}

function familyOf(name: string): SdkFamily | undefined {
  const alias = Object.hasOwn(sdkAliases, name) ? sdkAliases[name] : undefined;
  return sdkFamilies.find((family) => family === name) ?? alias;
}

/** Translates the version of an alias that counts differently from its family. */
function versionOf(name: string, version: string): string {
  const row = aliasVersions.find(({ alias, until }) => alias === name && compareVersions(version, until) < 0);
  if (!row) return version;
  const [major = '', minor = '0', ...rest] = version.split('.');
  return [major, String(Number.parseInt(minor, 10) + row.addToMinor), ...rest].join('.');
}

function unknownSdk(written: string, name: string): Diagnostic {
  const nearest = nearestWord(name, [...sdkFamilies, ...Object.keys(sdkAliases)]);
  return {
    code: 'unknown-sdk',
    severity: 'error',
    message: `unknown SDK \`${written}\``,
    expected: `one of ${sdkFamilies.join(', ')}`,
    ...(nearest === undefined ? {} : { nearest }),
  };
}

function badVersion(text: string, family: SdkFamily): Diagnostic {
  return {
    code: 'bad-sdk-version',
    severity: 'error',
    message: `\`${text}\` has no version that can be compared`,
    expected: `numbers and dots, as \`${family}@${entries[family].newestKnown}\``,
    help: `the number is ${entries[family].versionMeans}`,
  };
}
