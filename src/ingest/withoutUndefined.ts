/** An object type whose members that may be `undefined` may be left out instead. */
export type WithoutUndefined<Members extends object> = {
  [Key in keyof Members as undefined extends Members[Key] ? never : Key]: Members[Key];
} & {
  [Key in keyof Members as undefined extends Members[Key] ? Key : never]?: Exclude<Members[Key], undefined>;
};

/**
 * Leaves out the members that are `undefined`, so that "not stated" is always an absent key.
 *
 * @example
 * withoutUndefined({ name: 'api', fsGroup: undefined }) // => { name: 'api' }
 */
export function withoutUndefined<Members extends object>(members: Members): WithoutUndefined<Members> {
  const stated = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(stated) as WithoutUndefined<Members>;
}
