/**
 * Makes a link of where a rule is known from: of the first URL, else of the first issue or file on GitHub.
 *
 * @example
 * sourceUrl('uswitch/kiam#119 and others') // => 'https://github.com/uswitch/kiam/issues/119'
 * sourceUrl('jtblin/kube2iam:cmd/main.go') // => 'https://github.com/jtblin/kube2iam/blob/HEAD/cmd/main.go'
 * sourceUrl('hearsay') // => undefined
 */
export function sourceUrl(source: string): string | undefined {
  const url = /https?:\/\/[^\s,;)]+/.exec(source)?.[0];
  if (url !== undefined) return url;
  const [, repository, issue, path] = /([\w.-]+\/[\w.-]+)(?:#(\d+)|:([\w./-]*\w))/.exec(source) ?? [];
  if (repository === undefined) return undefined;
  const place = issue === undefined ? `blob/HEAD/${path ?? ''}` : `issues/${issue}`;
  return `https://github.com/${repository}/${place}`;
}
