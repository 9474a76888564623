import { expect, test } from 'vitest';
import { lookUpKey, type KeyState } from '../../src/iam/requestContext.ts';

const context = {
  keys: new Map([
    ['aws:principalaccount', ['111122223333']],
    ['aws:tagkeys', []],
    ['aws:principaltag/team', ['pay']],
  ]),
  openKeys: [
    { key: 'aws:principaltag/', presence: 'sometimes' },
    { key: 'aws:userid', presence: 'always' },
  ],
} as const;
const absent: KeyState = { kind: 'absent' };

test.each<[what: string, key: string, KeyState]>([
  ['a key in whatever case', 'AWS:PrincipalAccount', { kind: 'present', values: ['111122223333'] }],
  ['a key without values', 'aws:TagKeys', absent],
  ['a key whose value is not shown', 'aws:userid', { kind: 'open', presence: 'always' }],
  ['a tag that is not shown', 'aws:PrincipalTag/env', { kind: 'open', presence: 'sometimes' }],
  ['a tag that is shown', 'aws:PrincipalTag/team', { kind: 'present', values: ['pay'] }],
  ['a key that ends like a family of keys', 'test:aws:principaltag/', absent],
  ['a key that begins like another key', 'aws:useridentity', absent],
  ['a key that no request has', 'aws:PrincipalTeam', absent],
])('%s', (_what, key, expected) => {
  expect(lookUpKey(context, key)).toStrictEqual(expected);
});
