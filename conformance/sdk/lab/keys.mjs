/**
 * The access keys that the lab hands out, one for each place they may come from: the key that an SDK ends up
 * with says for certain which provider won.
 */
export const sources = ['env', 'profile', 'process', 'irsa', 'irsaProfile', 'assumed', 'container', 'imds'];

/** Gives the access key id of a source: 20 letters, as real ones have. */
export function accessKeyIdOf(source) {
  return `AKIA${source.toUpperCase()}`.padEnd(20, 'X');
}

/** Tells where an access key id came from. */
export function sourceOf(accessKeyId) {
  if (accessKeyId.trim() === '') return 'env'; // no other source has a blank key
  return sources.find((source) => accessKeyIdOf(source) === accessKeyId) ?? `unknown ${accessKeyId}`;
}

/** The secret is the same for all: the fakes check no signature. */
export const secretAccessKey = 'whichroleLabSecretAccessKeyNotARealOne00';
