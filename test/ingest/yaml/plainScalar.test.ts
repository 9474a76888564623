import { describe, expect, it } from 'vitest';
import { plainScalar } from '../../../src/ingest/yaml/plainScalar.ts';

describe('plainScalar', () => {
  it.each<[string, string | number | boolean | null]>([
    ['text', 'text'],
    ['', null],
    ['~', null],
    ['null', null],
    ['true', true],
    ['yes', true],
    ['Off', false],
    ['n', false],
    ['tRue', 'tRue'],
    ['86400', 86400],
    ['-1', -1],
    ['1_000', 1000],
    ['0x1F', 31],
    ['0644', 420],
    ['0o17', 15],
    ['0b101', 5],
    ['012345678901', 12345678901],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['1e3', 1000],
    ['.inf', Number.POSITIVE_INFINITY],
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['1.2.3', '1.2.3'],
    ['12:30', '12:30'],
    ['2024-01-02', '2024-01-02'],
    ['-', '-'],
    ['--iptables', '--iptables'],
  ])('reads %j as kubectl does', (text, expected) => {
    expect(plainScalar(text)).toBe(expected);
  });
});
