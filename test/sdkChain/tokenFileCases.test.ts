import { expect, test } from 'vitest';
import type { Reply } from '../../src/model/exchange.ts';
import { tokenFailure } from '../../src/sdkChain/flow/tokenFile.ts';

const from = { kind: 'Pod', namespace: 'pay', name: 'api' } as const;
const subject = 'system:serviceaccount:pay:api';

const table: readonly (readonly [string, Reply, ReturnType<typeof tokenFailure>])[] = [
  ['no file', { kind: 'fileMissing' }, 'tokenMissing'],
  ['no answer', { kind: 'timeout' }, 'tokenMissing'],
  ['an unreadable file', { kind: 'file', content: { kind: 'unreadable', from } }, 'tokenUnreadable'],
  ['an empty file', { kind: 'file', content: { kind: 'empty', from } }, 'tokenEmpty'],
  ['an empty text', { kind: 'file', content: { kind: 'text', text: '', from } }, 'tokenEmpty'],
  ['a text', { kind: 'file', content: { kind: 'text', text: 'token', from } }, undefined],
  ['a blank text', { kind: 'file', content: { kind: 'text', text: ' ', from } }, undefined],
  ['a hidden text', { kind: 'file', content: { kind: 'hidden', from } }, undefined],
  [
    'a projected token',
    {
      kind: 'file',
      content: {
        kind: 'serviceAccountToken',
        audience: 'sts.amazonaws.com',
        subject,
        expirationSeconds: 86_400,
        from,
      },
    },
    undefined,
  ],
];
test.each(table)('a token file: %s', (_, reply, failure) => {
  expect(tokenFailure(reply)).toBe(failure);
});
