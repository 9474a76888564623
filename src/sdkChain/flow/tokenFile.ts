import type { Reply } from '../../model/exchange.ts';

/** What can be wrong with a token file. */
export const tokenFailures = ['tokenMissing', 'tokenUnreadable', 'tokenEmpty'] as const;

/** Names what is wrong with a token file, or nothing. A hidden text is a token. */
export function tokenFailure(reply: Reply): (typeof tokenFailures)[number] | undefined {
  if (reply.kind !== 'file') return 'tokenMissing';
  if (reply.content.kind === 'unreadable') return 'tokenUnreadable';
  const empty =
    reply.content.kind === 'empty' || (reply.content.kind === 'text' && reply.content.text === '');
  return empty ? 'tokenEmpty' : undefined;
}
