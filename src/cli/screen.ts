import { createColors } from 'picocolors';
import { colourless } from '../report/palette.ts';
import type { Screen } from '../report/screen.ts';
import type { Io } from './io.ts';

/**
 * Finds out how wide to write, and whether in colour.
 *
 * NO_COLOR and `--no-color` win over FORCE_COLOR; without them there is colour on a terminal alone.
 *
 * @source https://no-color.org (any value that is not empty), https://force-color.org
 */
export function screenOf(io: Io, color: 'auto' | 'never'): Screen {
  const { env } = io;
  const forced = isOn(env['FORCE_COLOR']) && env['FORCE_COLOR'] !== '0';
  const terminal = io.isTTY && env['TERM'] !== 'dumb';
  const coloured = color === 'auto' && !isOn(env['NO_COLOR']) && (forced || terminal);
  return { width: widthOf(io), palette: coloured ? createColors(true) : colourless };
}

/** Narrower than this nothing reads well; wider than this no line does. */
const bounds = { least: 40, most: 160, unknown: 100 } as const;

function widthOf({ columns, env }: Io): number {
  const stated = columns ?? Number(env['COLUMNS']);
  if (!Number.isInteger(stated) || stated <= 0) return bounds.unknown;
  return Math.min(Math.max(stated, bounds.least), bounds.most);
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
