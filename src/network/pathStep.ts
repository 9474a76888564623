import type { ObjectRef } from '../model/objectRef.ts';
import type { PathStep } from './path.ts';
import { pathReasons, type PathReason } from './pathReason.ts';

/** Makes a step of a packet's way; the source is the reason's own unless another is given. */
export function pathStep(
  hook: PathStep['hook'],
  action: PathStep['action'],
  reason: PathReason,
  details: {
    /** The objects that decided, the chief one first. */
    readonly refs?: readonly ObjectRef[];
    readonly rule?: string;
    readonly station?: string;
    readonly source?: string;
  } = {},
): PathStep {
  const [at, ...also] = details.refs ?? [];
  return {
    hook,
    action,
    reason,
    ...(at ? { at } : {}),
    ...(also.length > 0 ? { also } : {}),
    ...(details.rule === undefined ? {} : { rule: details.rule }),
    ...(details.station === undefined ? {} : { station: details.station }),
    source: details.source ?? pathReasons[reason],
  };
}
