import type { Palette } from './palette.ts';

/** Where a text is to be shown. */
export interface Screen {
  /** Columns of the terminal. */
  readonly width: number;
  readonly palette: Palette;
}
