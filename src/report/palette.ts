/** Colours as functions from text to text, so that the core itself is colourless. */
export interface Palette {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
  readonly cyan: (text: string) => string;
}

/** One style of a palette. */
export type Style = keyof Palette;

const asItIs = (text: string): string => text;

/** Leaves every text as it is: for files, pipes and tests. */
export const colourless: Palette = {
  bold: asItIs,
  dim: asItIs,
  red: asItIs,
  yellow: asItIs,
  green: asItIs,
  cyan: asItIs,
};
