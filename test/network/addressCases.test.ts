import { describe, expect, it } from 'vitest';
import {
  cidrContains,
  cidrWithin,
  familyOf,
  isWholeFamily,
  parseAddress,
  sameAddress,
  type IpFamily,
} from '../../src/network/address.ts';
import {
  askInBlock,
  inBlock,
  mayBeHost,
  type AddressView,
  type IpBlock,
} from '../../src/network/hiddenAddress.ts';
import { parseIpv6 } from '../../src/network/ipv6.ts';

describe('texts that look like an address', () => {
  it.each(['1e3', '0x10', '-5', '12.5', ' 5', '::ffff:1.2.3.4x', '::1.2.3.4/8', '10.0.0.1/8'])(
    '%j is none',
    (text) => {
      expect(parseAddress(text)).toBeUndefined();
    },
  );

  it.each<[string, bigint | undefined]>([
    ['1:2:3:4:5:6:7::', 0x00010002000300040005000600070000n],
    ['::2:3:4:5:6:7:8', 0x00000002000300040005000600070008n],
    ['1:2:3:4:5:6:7:8', 0x00010002000300040005000600070008n],
    ['1:2:3:4:5:6:7:8::', undefined],
    ['1:2:3:4::5:6:7:8', undefined],
    ['1:2:3:4::5:6:7:8:9', undefined],
    ['1:2:3:4:5:6:10.0.0.1', 0x0001000200030004000500060a000001n],
    ['64:ff9b::192.0.2.33', 0x0064ff9b0000000000000000c0000221n],
    ['10.0.0.1', undefined],
  ])('IPv6: %s', (text, value) => {
    expect(parseIpv6(text)).toBe(value);
  });

  it.each<[string, IpFamily | undefined]>([
    ['10.0.0.1', 4],
    ['fd00::1', 6],
    ['::ffff:10.0.0.1', 4],
    ['sts.amazonaws.com', undefined],
    ['10.0.0.0/8', 4],
    ['0.0.0.0/32', 4],
    ['fd00::/8', 6],
    ['::/128', 6],
    ['10.0.0.0/33', undefined],
    ['fd00::/129', undefined],
    ['any/8', undefined],
    ['/8', undefined],
    ['10.0.0.0/', undefined],
    ['10.0.0.0/8/9', undefined],
    ['fd00::/8/9', undefined],
    ['x/fd00::/8', undefined],
    ['x/10.0.0.0/8', undefined],
    ['fd00::/8x', undefined],
    ['10.0.0.0/8x', undefined],
  ])('family of %s: %s', (text, family) => {
    expect(familyOf(text)).toBe(family);
  });
});

describe('one address in two texts', () => {
  it.each<[string, string, boolean]>([
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '10.0.0.2', false],
    ['10.0.0.1', '::ffff:a00:1', true],
    ['10.0.0.1', '167772161', true],
    ['fd00:ec2::254', 'fd00:0EC2:0::0254', true],
    ['fd00:ec2::254', 'fd00:ec2::253', false],
    ['::1', '0.0.0.1', false],
    ['0.0.0.1', '::1', false],
    ['10.0.0.1', 'localhost', false],
    ['localhost', '10.0.0.1', false],
    ['::1', 'localhost', false],
    ['localhost', '::1', false],
    ['localhost', 'localhost', false],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(sameAddress(a, b)).toBe(expected);
  });
});

describe('ranges', () => {
  it.each<[string, string, boolean]>([
    ['10.0.0.0/8', '10.0.0.0/8', true],
    ['10.1.0.0/16', '10.0.0.0/8', true],
    ['10.0.0.0/8', '10.0.0.0/16', false],
    ['11.0.0.0/16', '10.0.0.0/8', false],
    ['fd00::/32', 'fd00::/32', true],
    ['fd00:1::/32', 'fd00::/16', true],
    ['fd00::/16', 'fd00::/32', false],
    ['fd01::/32', 'fd00::/16', false],
    ['10.0.0.0/8', '::/0', false],
    ['fd00::/8', '0.0.0.0/0', false],
    ['any', '10.0.0.0/8', false],
    ['10.0.0.0/8', 'any', false],
    ['any', 'fd00::/8', false],
    ['fd00::/8', 'any', false],
    ['any', 'any', false],
  ])('every address of %s is in %s: %s', (inner, outer, expected) => {
    expect(cidrWithin(inner, outer)).toBe(expected);
  });

  it.each<[string, string, boolean]>([
    ['10.0.0.0/8', 'localhost', false],
    ['fd00::/8', 'localhost', false],
    ['any', '10.0.0.1', false],
    ['any', 'localhost', false],
    ['10.0.0.1/32', '10.0.0.1', true],
    ['fd00::1/128', 'fd00::1', true],
  ])('%s holds %s: %s', (cidr, address, expected) => {
    expect(cidrContains(cidr, address)).toBe(expected);
  });

  it.each<[string, boolean]>([
    ['10.1.2.3/0', true],
    ['fd00::/0', true],
    ['128.0.0.0/1', false],
    ['8000::/1', false],
    ['10.0.0.0', false],
  ])('%s is every address of its family: %s', (cidr, expected) => {
    expect(isWholeFamily(cidr)).toBe(expected);
  });
});

describe('an ipBlock and the address of the other end', () => {
  const block = (cidr: string, ...except: string[]): IpBlock => ({ kind: 'ipBlock', cidr, except });
  const known = (address: string): AddressView => ({ kind: 'known', address });
  const sts: AddressView = { kind: 'hidden', fact: 'stsAddress', family: 4, orAmong: [] };
  const dns: AddressView = {
    kind: 'hidden',
    fact: 'hostAddress',
    host: 'dns',
    family: 4,
    orAmong: ['169.254.20.10'],
  };
  const beyond: AddressView = { kind: 'beyondIpBlocks' };

  interface Row {
    readonly title: string;
    readonly block: IpBlock;
    readonly view: AddressView;
    /** What the input tells without asking. */
    readonly told: 'yes' | 'no' | 'unknown';
    /** The questions whose answer is `inside`; every other is answered `outside`. */
    readonly inside?: readonly string[];
    readonly selects: boolean;
    readonly asked: readonly string[];
  }
  it.each<Row>([
    {
      title: 'a known address inside',
      block: block('10.0.0.0/8'),
      view: known('10.1.2.3'),
      told: 'yes',
      selects: true,
      asked: [],
    },
    {
      title: 'a known address outside',
      block: block('10.0.0.0/8'),
      view: known('192.0.2.1'),
      told: 'no',
      selects: false,
      asked: [],
    },
    {
      title: 'a known address in an exception',
      block: block('10.0.0.0/8', '10.2.0.0/16', '10.1.0.0/16'),
      view: known('10.1.2.3'),
      told: 'no',
      selects: false,
      asked: [],
    },
    {
      title: 'a known address beside the exception',
      block: block('10.0.0.0/8', '10.2.0.0/16'),
      view: known('10.1.2.3'),
      told: 'yes',
      selects: true,
      asked: [],
    },
    {
      title: 'no address that the engine sees',
      block: block('0.0.0.0/0'),
      view: beyond,
      told: 'no',
      selects: false,
      asked: [],
    },
    {
      title: '… nor one that is no range at all',
      block: block('any'),
      view: beyond,
      told: 'no',
      selects: false,
      asked: [],
    },
    {
      title: 'STS by a range, which is asked for by the range alone',
      block: block('52.0.0.0/8'),
      view: sts,
      told: 'unknown',
      inside: ['stsAddress 52.0.0.0/8'],
      selects: true,
      asked: ['stsAddress 52.0.0.0/8'],
    },
    {
      title: 'STS by all addresses but a range',
      block: block('0.0.0.0/0', '169.254.0.0/16', '10.0.0.0/8'),
      view: sts,
      told: 'unknown',
      selects: true,
      asked: ['stsAddress 10.0.0.0/8'],
    },
    {
      title: '… in which it is',
      block: block('0.0.0.0/0', '10.0.0.0/8'),
      view: sts,
      told: 'unknown',
      inside: ['stsAddress 10.0.0.0/8'],
      selects: false,
      asked: ['stsAddress 10.0.0.0/8'],
    },
    {
      title: 'STS is in no link-local range',
      block: block('169.254.20.0/24'),
      view: sts,
      told: 'no',
      selects: false,
      asked: [],
    },
    {
      title: 'DNS may be at the link-local address of a cache on the node',
      block: block('169.254.20.0/24'),
      view: dns,
      told: 'unknown',
      inside: ['hostAddress dns 169.254.20.0/24'],
      selects: true,
      asked: ['hostAddress dns 169.254.20.0/24'],
    },
    {
      title: '… and at no other link-local address',
      block: block('169.254.30.0/24'),
      view: dns,
      told: 'no',
      selects: false,
      asked: [],
    },
    {
      title: 'an exception for that cache',
      block: block('0.0.0.0/0', '169.254.20.10/32'),
      view: dns,
      told: 'unknown',
      selects: true,
      asked: ['hostAddress dns 169.254.20.10/32'],
    },
  ])('$title', ({ block: one, view, told, inside = [], selects, asked: expected }) => {
    const asked: string[] = [];
    const selected = askInBlock(one, view, ({ name, scope = '' }) => {
      asked.push(`${name} ${scope}`);
      return inside.includes(`${name} ${scope}`) ? 'inside' : 'outside';
    });
    expect([inBlock(one, view), selected, asked]).toEqual([told, selects, expected]);
  });

  it.each<[string, AddressView, boolean]>([
    ['a public address', known('192.0.2.1'), true],
    ['a private address', known('10.0.0.1'), true],
    ['the metadata address', known('169.254.169.254'), false],
    ['the metadata address over IPv6', known('fd00:ec2::254'), false],
    ['a multicast address', known('ff02::1'), false],
    ['an address that is not shown', sts, true],
    ['one that the engine does not see', beyond, false],
  ])('%s may be that of a host beyond the node: %#', (_title, view, expected) => {
    expect(mayBeHost(view)).toBe(expected);
  });
});
