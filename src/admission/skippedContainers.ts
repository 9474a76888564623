/**
 * Reads the `skip-containers` annotation: the names of the first CSV record, blanks kept.
 *
 * Gives nothing when the text is no CSV; the webhook then skips no container.
 *
 * @source aws/amazon-eks-pod-identity-webhook:pkg/handler/handler.go (getContainersToSkip);
 * golang/go:src/encoding/csv/reader.go (bare and extraneous quotes are errors)
 * @example
 * skippedContainers('istio-proxy,"a,b"') // => ['istio-proxy', 'a,b']
 * skippedContainers('say "no"') // => undefined
 */
export function skippedContainers(annotation: string): readonly string[] | undefined {
  // Go's reader leaves out blank lines before the first record, and takes no blank around a quote.
  const text = annotation.replace(/^(?:\r?\n)+/, '').replaceAll('\r\n', '\n');
  if (text === '') return undefined;
  const names: string[] = [];
  const field = /"((?:[^"]|"")*)"|([^",\n]*)/y;
  for (;;) {
    const match = field.exec(text);
    if (!match) return undefined;
    names.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    const after = text.charAt(field.lastIndex);
    if (after === '' || after === '\n') return names;
    if (after !== ',') return undefined;
    field.lastIndex += 1;
  }
}
