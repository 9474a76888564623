/** The keys of one profile. */
export type ProfileKeys = ReadonlyMap<string, string>;

/**
 * Reads an AWS profile file: the sections and their keys, names in lower case as written.
 *
 * In the config file a profile stands as `[profile name]` or `[default]`, in the credentials file as
 * `[name]`. Other sections (`[sso-session x]`, `[services x]`) are none. Indented lines belong to a nested
 * setting and are passed over. A section that stands twice is one; its later keys win.
 *
 * @source https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 * @example
 * parseProfileFile('[profile a]\nrole_arn = arn:x', 'config').get('a')?.get('role_arn') // => 'arn:x'
 * parseProfileFile('[profile a]\nrole_arn = arn:x', 'credentials').get('a') // => undefined
 */
export function parseProfileFile(
  text: string,
  file: 'credentials' | 'config',
): ReadonlyMap<string, ProfileKeys> {
  const profiles = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const header = /^\s*\[([^\]]*)\]/.exec(line);
    if (header) {
      const name = profileName(header[1] ?? '', file);
      current = name === undefined ? undefined : (profiles.get(name) ?? new Map<string, string>());
      if (name !== undefined && current) profiles.set(name, current);
      continue;
    }
    const setting = /^([^\s=:][^=:]*?)\s*[=:]\s*(.*)$/.exec(line);
    if (setting) current?.set((setting[1] ?? '').toLowerCase(), withoutComment(setting[2] ?? ''));
  }
  return profiles;
}

/**
 * Tells whether a text is a profile file: every line that is not blank, a comment or indented is the head
 * of a section or a setting.
 */
export function isProfileFile(text: string): boolean {
  return text.split(/\r?\n/).every((line) => /^(\s|[#;]|$|\[[^\]]*\]|[^\s=:[][^=:]*[=:])/.test(line));
}

function profileName(header: string, file: 'credentials' | 'config'): string | undefined {
  const words = header.trim().split(/\s+/);
  if (file === 'credentials') return words.length === 1 ? words[0] : undefined;
  if (words.length === 1) return words[0] === 'default' ? 'default' : undefined;
  return words[0] === 'profile'
    ? words
        .slice(1)
        .join(' ')
        .replaceAll(/^["']|["']$/g, '')
    : undefined;
}

/** A comment after a value begins with a blank and `#` or `;`. */
function withoutComment(value: string): string {
  return value.replace(/\s[#;].*$/, '').trim();
}
