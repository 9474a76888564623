import type { Reply } from '../model/exchange.ts';

/** Replies with an HTTP status that is an error. */
export function httpError(status: number, message: string): Reply {
  return { kind: 'httpError', status, message };
}
