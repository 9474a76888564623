import { nothing, type Language } from './language.ts';

const prefix = 'system:serviceaccount:';
const inner = 'abcdefghijklmnopqrstuvwxyz0123456789'.split('');

/**
 * Every subject that a token of a service account can have: `system:serviceaccount:<namespace>:<name>`.
 *
 * @source kubernetes/kubernetes:staging/src/k8s.io/apiserver/pkg/authentication/serviceaccount/util.go
 *   (`MakeUsername`); a namespace is a DNS label, a service account's name a DNS subdomain
 */
export const serviceAccountSubjects: Language = literal(0);

function literal(at: number): Language {
  const letter = prefix.charAt(at);
  if (letter === '') return name('namespace', 'first');
  return {
    key: () => `sa:${at}`,
    holdsEmptyText: false,
    letters: [letter],
    after: (next) => (next === letter ? literal(at + 1) : nothing),
  };
}

/** `first`: a letter or digit must come; `letter`: one has come; `dash`: a dash has come. */
function name(part: 'namespace' | 'name', state: 'first' | 'letter' | 'dash'): Language {
  const ends = part === 'namespace' ? [':'] : ['.'];
  const more = { first: [], letter: ['-', ...ends], dash: ['-'] }[state];
  const letters = [...inner, ...more];
  return {
    key: () => `sa:${part}:${state}`,
    holdsEmptyText: part === 'name' && state === 'letter',
    letters,
    after: (next) => {
      if (!letters.includes(next)) return nothing;
      if (next === ':') return name('name', 'first');
      if (next === '.') return name(part, 'first');
      return name(part, next === '-' ? 'dash' : 'letter');
    },
  };
}
