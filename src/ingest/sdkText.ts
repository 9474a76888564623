import { nearestWord } from '../model/nearest.ts';
import { sdkAliases, sdkFamilies, type SdkRef } from '../model/sdk.ts';

/** An SDK, or the reason why the text names none. */
export type SdkText =
  | { readonly kind: 'sdk'; readonly sdk: SdkRef }
  | { readonly kind: 'unknown'; readonly family: string; readonly nearest?: string };

/**
 * Reads an SDK as users write it: a family or an alias of one, perhaps with a version after `@`.
 *
 * @example
 * parseSdk('boto3@1.34.0') // => { kind: 'sdk', sdk: { family: 'botocore', version: '1.34.0' } }
 */
export function parseSdk(text: string): SdkText {
  const [name = '', ...version] = text.trim().split('@');
  const written = name.toLowerCase();
  const alias = Object.hasOwn(sdkAliases, written) ? sdkAliases[written] : undefined;
  const family = sdkFamilies.find((known) => known === written) ?? alias;
  if (family === undefined) {
    const nearest = nearestWord(written, [...sdkFamilies, ...Object.keys(sdkAliases)]);
    return { kind: 'unknown', family: name, ...(nearest === undefined ? {} : { nearest }) };
  }
  const joined = version.join('@');
  return { kind: 'sdk', sdk: joined === '' ? { family } : { family, version: joined } };
}
