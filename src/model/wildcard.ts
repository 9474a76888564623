/**
 * Tells whether a text fits a pattern in which `*` stands for any letters, also none.
 *
 * @example
 * matchesWildcard('pay/*', 'pay/api') // => true
 * matchesWildcard('pay', 'pay/api') // => false
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^]*')}$`).test(text);
}
