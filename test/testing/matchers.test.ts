import { describe, expect, it } from 'vitest';
import { world } from '../../src/model/builder.ts';
import { matchers, type MatcherResult, type WhichroleMatchers } from '../../src/testing/matchers.ts';
import type { World } from '../../src/model/world.ts';
import { neverNodeRole } from '../../src/testing/properties/neverNodeRole.ts';

declare module 'vitest' {
  // The parameter of the interface that is extended must bear its name.
  interface Matchers<T> extends WhichroleMatchers<T> {}
}

expect.extend(matchers);

const node = 'arn:aws:iam::111122223333:role/node';
const cluster = world()
  .nodeDefaults({ roleArn: node, imds: { httpTokens: 'required', httpPutResponseHopLimit: 2 } })
  .fact('kube2iam', 'notInstalled')
  .fact('cni', 'flannel');
const plain = cluster.pod('pay/api').build();
const irsa = cluster
  .serviceAccount('pay/api', { roleArn: 'arn:aws:iam::111122223333:role/app' })
  .pod('pay/api', { serviceAccount: 'api' })
  .fact('trust', 'admits')
  .build();

const forgotten = cluster.pod('pay/api', { annotations: { 'iam.amazonaws.com/role': 'app' } }).build();

/** The message of a matcher that fails. */
function failure(assertion: () => unknown): string {
  try {
    assertion();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('nothing failed');
}

describe('matchers', () => {
  it('pass and fail as they are named', () => {
    expect(plain).toGiveRole('pay/api', node);
    expect(plain).not.toGiveRole('pay/api', 'none', { sdk: 'go-v2' });
    expect(irsa).toBeStableUnder('sts=timeout', { sdk: 'go-v2' });
    expect(irsa).not.toBeStableUnder('sts=timeout', { sdk: 'java-v2' });
    expect(irsa).toHold(neverNodeRole({ sdk: 'go-v2' }));
    expect(plain).not.toHold(neverNodeRole({ sdk: 'go-v2' }));
    expect(world().build()).toHaveNoFindings();
    expect(forgotten).not.toHaveNoFindings();
  });

  it('refuse a fault that does not exist, and name the nearest', () => {
    expect(failure(() => expect(irsa).toBeStableUnder('sts=timout'))).toContain('timeout');
    expect(failure(() => expect(irsa).toBeStableUnder('stss=timeout'))).toContain('`sts`');
  });

  it.each([
    ['toGiveRole', () => expect(irsa).toGiveRole('pay/api', node, { sdk: 'go-v2' }), 'webIdentity'],
    ['toHold', () => expect(plain).toHold(neverNodeRole()), 'kind: Pod'],
    ['toBeStableUnder', () => expect(irsa).toBeStableUnder('sts=timeout'), 'sts: timeout'],
    ['toHaveNoFindings', () => expect(forgotten).toHaveNoFindings(), '['],
  ])('%s tells what happens in lines of 80 columns', (_name, assertion, told) => {
    const message = failure(assertion);
    expect(message).toContain(told);
    const ownWords = message.split('\n').filter((line) => !/whichrole explain|arn:/.test(line));
    expect(ownWords.filter((line) => line.length > 80)).toEqual([]);
  });
});

describe('matchers in jest', () => {
  /** What `expect.extend` of jest makes of a matcher: `this` holds its utils, of which none is needed. */
  function jestExpect(
    received: World,
    isNot: boolean,
  ): Record<keyof WhichroleMatchers, (...given: never[]) => void> {
    const entries = Object.entries(matchers).map(([name, matcher]) => [
      name,
      (...given: never[]) => {
        const call = matcher as (this: unknown, received: World, ...given: never[]) => MatcherResult;
        const { pass, message } = call.apply({ isNot, equals: Object.is, utils: {} }, [received, ...given]);
        if (pass === isNot) throw new Error(message());
      },
    ]);
    return Object.fromEntries(entries) as never;
  }

  it('are plain functions of what is expected, whatever `this` is', () => {
    const is = jestExpect(plain, false) as unknown as WhichroleMatchers<void>;
    const isNot = jestExpect(plain, true) as unknown as WhichroleMatchers<void>;
    is.toGiveRole('pay/api', node);
    isNot.toGiveRole('pay/api', 'none', { sdk: 'go-v2' });
    isNot.toHold(neverNodeRole({ sdk: 'go-v2' }));
    expect(failure(() => is.toHold(neverNodeRole()))).toContain('neverNodeRole: no pod gets');
    expect(failure(() => isNot.toGiveRole('pay/api', node))).toContain('expected pay/api');
  });
});
