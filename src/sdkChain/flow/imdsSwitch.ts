import type { DisabledWhen } from '../imdsProvider.ts';
import { textOf, type Walk } from '../walk.ts';

/** The variable that switches the metadata service off. */
export const disabledVariable = 'AWS_EC2_METADATA_DISABLED';

const disabledTests: Readonly<Record<DisabledWhen, (value: string) => boolean>> = {
  nonEmpty: (value) => value !== '',
  nonEmptyButFalse: (value) => value !== '' && value !== 'false',
  presentButFalse: (value) => value.toLowerCase() !== 'false',
  true: (value) => value.toLowerCase() === 'true',
};

/** Tells whether the environment switches the metadata service off, the way this SDK reads it. */
export function isImdsDisabled(walk: Walk): boolean {
  const value = textOf(walk, disabledVariable);
  const imds = walk.sdk.providers.find((provider) => provider.kind === 'imds');
  return value !== undefined && imds !== undefined && disabledTests[imds.disabledWhen](value);
}
