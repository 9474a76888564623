import type { Container } from '../../model/pod.ts';
import { child, items, type Field } from '../field.ts';
import type { Argument } from './pflag.ts';

/** Shells that run a script given as one argument. */
const shells = new Set(['sh', 'bash', 'ash']);

/** Finds the arguments that a process gets: from `command`, `args`, or a shell script in them. */
export function argumentsOf(container: Field, program: 'kube2iam' | 'kiam'): readonly Argument[] {
  const command = argumentList(child(container, 'command'));
  const args = argumentList(child(container, 'args'));
  const [started, ...own] = command;
  if (!started) return args; // the image's entrypoint is the program
  if (!shells.has(baseName(started.text))) return [...own, ...args];
  const script = [...own, ...args].find((argument) => !argument.text.startsWith('-'));
  return script ? scriptArguments(script, program) : [];
}

/** Gives the last part of a path. */
export function baseName(path: string): string {
  return path.split('/').at(-1) ?? path;
}

const commandIn = {
  kube2iam: /(?:^|[\s;&|/])kube2iam((?:[ \t]+(?:'[^']*'|"[^"]*"|[^\s;&|'"])+)*)/,
  kiam: /(?:^|[\s;&|/])kiam((?:[ \t]+(?:'[^']*'|"[^"]*"|[^\s;&|'"])+)*)/,
} as const;

/** The words as written; whoever reads the container complains of those that are no strings. */
function argumentList(field: Field): readonly Argument[] {
  if (field.value?.kind !== 'list') return [];
  return items(field).flatMap((item) =>
    item.value?.kind === 'scalar' ? { text: item.value.text, field: item } : [],
  );
}

/** The words after the program in a shell script, up to the end of that command. */
function scriptArguments(
  { text: script, field }: Argument,
  program: 'kube2iam' | 'kiam',
): readonly Argument[] {
  const joined = script.replaceAll(/\\\r?\n/g, ' ');
  const found = commandIn[program].exec(joined);
  const words = found?.[1]?.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  return words.map((word) => ({ text: word.replaceAll(/['"]/g, ''), field }));
}

/**
 * Puts the values of variables in place of `$(NAME)`, as the kubelet does before it starts a container.
 *
 * A reference to a variable whose value only the running cluster knows stays as it is. `$$` is `$`.
 *
 * @source kubernetes/kubernetes:third_party/forked/golang/expansion/expand.go
 */
export function expandReferences(written: string, container: Container): string {
  const literal = new Map(
    container.env.flatMap(({ name, source }) => (source.kind === 'value' ? [[name, source.value]] : [])),
  );
  return written.replaceAll(/\$(?:\$|\(([^)]*)\))/g, (whole: string, name: string | undefined) =>
    name === undefined ? '$' : (literal.get(name) ?? whole),
  );
}

/** Finds the first `$(NAME)` left in an argument, and whether a variable of that name can exist at all. */
export function openReference(
  written: string,
  container: Container,
): { readonly name: string; readonly defined: 'defined' | 'perhaps' | 'undefined' } | undefined {
  const name = /\$\(([^)]*)\)/.exec(written)?.[1];
  if (name === undefined) return undefined;
  if (container.env.some((variable) => variable.name === name)) return { name, defined: 'defined' };
  // A container without an image is a patch of another; its variables may stand there.
  const isOpen = container.envFrom.length > 0 || container.image === undefined;
  return { name, defined: isOpen ? 'perhaps' : 'undefined' };
}
