/** The places from which the access keys of the lab come. */
export const sources: readonly string[];

/** Gives the access key id of a source. */
export function accessKeyIdOf(source: string): string;

/** Tells where an access key id came from. */
export function sourceOf(accessKeyId: string): string;
