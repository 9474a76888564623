import type { JsonValue } from './aws.ts';

/** An object of a JSON document. */
export type JsonObject = { readonly [key: string]: JsonValue };

/** Tells a JSON object from every other value. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
