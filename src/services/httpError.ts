import type { Reply } from '../model/exchange.ts';

/** Replies with an HTTP status that is an error. */
export function httpError(status: number, message: string): Reply {
  return { kind: 'httpError', status, message };
}

/** An error as Go's SDK prints it: the code, when there is one, and the message. */
export function errorText({ code, message = '' }: Extract<Reply, { kind: 'httpError' }>): string {
  return code === undefined ? message : `${code}: ${message}`;
}
