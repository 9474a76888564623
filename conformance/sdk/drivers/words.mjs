/** Splits lists of versions: they are read more easily in lines than one below another. */
export function words(...lines) {
  return lines.flatMap((line) => line.split(' '));
}
