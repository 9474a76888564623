import { complement, intersection, languageOf, shortestText, type Language } from './language.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import { serviceAccountSubjects } from './serviceAccountSubjects.ts';

/** Tells whether a pattern matches service accounts of two namespaces: finds one, then one of another. */
export function spansNamespaces(pattern: Pattern): boolean {
  const accounts = accountsOf(pattern);
  const namespace = firstNamespace(accounts);
  if (namespace === undefined) return false;
  return shortestText(intersection(accounts, complement(accountsIn(namespace)))).kind === 'text';
}

/** Finds the one namespace all of whose service accounts a pattern matches, and no others. */
export function wholeNamespace(pattern: Pattern): string | undefined {
  const accounts = accountsOf(pattern);
  const namespace = firstNamespace(accounts);
  if (namespace === undefined || spansNamespaces(pattern)) return undefined;
  const missed = intersection(accountsIn(namespace), complement(accounts));
  return shortestText(missed).kind === 'none' ? namespace : undefined;
}

function accountsOf(pattern: Pattern): Language {
  return intersection(languageOf(pattern, 'asWritten'), serviceAccountSubjects);
}

function accountsIn(namespace: string): Language {
  const syntax = { wildcards: 'text', variables: 'literal' } as const;
  return accountsOf(compilePattern(`system:serviceaccount:${namespace}:*`, syntax));
}

function firstNamespace(accounts: Language): string | undefined {
  const one = shortestText(accounts);
  return one.kind === 'text' ? one.text.split(':')[2] : undefined;
}
