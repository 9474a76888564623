import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cidrContains,
  cidrWithin,
  isWholeFamily,
  parseAddress,
  sameAddress,
} from '../../src/network/address.ts';
import { parseIpv6 } from '../../src/network/ipv6.ts';

describe('parseAddress', () => {
  it.each([
    ['169.254.169.254', { family: 4, text: '169.254.169.254' }],
    ['2852039166', { family: 4, text: '169.254.169.254' }],
    ['::ffff:169.254.169.254', { family: 4, text: '169.254.169.254' }],
    ['::ffff:a9fe:a9fe', { family: 4, text: '169.254.169.254' }],
    ['fd00:ec2::23', { family: 6, value: (0xfd000ec2n << 96n) + 0x23n }],
    ['::', { family: 6, value: 0n }],
    ['1::', { family: 6, value: 1n << 112n }],
  ])('%s', (text, expected) => {
    expect(parseAddress(text)).toEqual(expected);
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4/8',
    'fd00::1::2',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '::1.2.3.999',
    'g::',
    'fe80::1%eth0',
    '12345::',
    '4294967296',
  ])('%j is no address', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});

describe('ranges', () => {
  it.each([
    ['10.1.2.3/8', '10.200.0.1', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['0.0.0.0/0', '255.255.255.255', true],
    ['0.0.0.0/0', 'fd00:ec2::254', false],
    ['::/0', '10.0.0.1', false],
    ['::/0', '::ffff:10.0.0.1', false],
    ['fd00:ec2::/32', 'fd00:ec2::254', true],
    ['fd00:ec2::254/128', 'fd00:ec2::253', false],
    ['10.0.0.0/33', '10.0.0.0', false],
    ['fd00::/129', 'fd00::', false],
    ['10.0.0.1', '10.0.0.1', false],
  ])('%s contains %s: %s', (cidr, address, expected) => {
    expect(cidrContains(cidr, address)).toBe(expected);
  });

  it('tells whole families and ranges inside ranges', () => {
    expect(['0.0.0.0/0', '::/0', '0.0.0.0/1', '::/1', 'x'].map(isWholeFamily)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(cidrWithin('10.1.0.0/16', '10.0.0.0/8')).toBe(true);
    expect(cidrWithin('10.0.0.0/8', '10.1.0.0/16')).toBe(false);
    expect(cidrWithin('fd00:ec2::254/128', 'fd00:ec2::/32')).toBe(true);
    expect(cidrWithin('fd00::/16', 'fd00:ec2::/32')).toBe(false);
    expect(cidrWithin('::/128', '0.0.0.0/0')).toBe(false);
  });
});

describe('laws of addresses', () => {
  it('every IPv6 address is read, short or long, as the same', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const value = parseIpv6(text);
        expect(value).toBeDefined();
        const long = (value ?? 0n).toString(16).padStart(32, '0').match(/.{4}/g)?.join(':') ?? '';
        expect(sameAddress(text, long) || parseAddress(text)?.family === 4).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('an address of one family lies in no range of the other', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.nat(32), fc.ipV6(), fc.nat(128), (v4, short, v6, long) => {
        expect(cidrContains(`${v6}/${long}`, v4)).toBe(false);
        if (parseAddress(v6)?.family === 6) expect(cidrContains(`${v4}/${short}`, v6)).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  it('a shorter prefix contains all that a longer one of the same address does', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.nat(32), fc.nat(32), (base, address, a, b) => {
        const [short, long] = [Math.min(a, b), Math.max(a, b)];
        expect(cidrWithin(`${base}/${long}`, `${base}/${short}`)).toBe(true);
        if (cidrContains(`${base}/${long}`, address))
          expect(cidrContains(`${base}/${short}`, address)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
