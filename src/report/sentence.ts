import type { ObjectRef } from '../model/objectRef.ts';

/** One thing that happened, in words, with the object and the source that it rests on. */
export interface Sentence {
  /** Without a capital and without a full stop. */
  readonly text: string;
  readonly tone: Tone;
  readonly at?: ObjectRef;
  /** Where the rule is known from. */
  readonly source?: string;
}

/** `good`: this leads on. `bad`: this is refused, lost or fails. `aside`: this was passed over. */
export type Tone = 'good' | 'bad' | 'plain' | 'aside';

/** A sentence and what it consists of. */
export interface TraceNode extends Sentence {
  readonly inside: readonly TraceNode[];
}

/** Makes a sentence, leaving out what is not known. */
export function say(
  tone: Tone,
  text: string,
  where: { readonly at?: ObjectRef | undefined; readonly source?: string | undefined } = {},
): Sentence {
  const { at, source } = where;
  return {
    text,
    tone,
    ...(at === undefined ? {} : { at }),
    ...(source === undefined ? {} : { source }),
  };
}

/** Makes a node of a trace. */
export function node(sentence: Sentence, inside: readonly TraceNode[] = []): TraceNode {
  return { ...sentence, inside };
}
