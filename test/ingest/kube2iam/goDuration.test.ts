import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { parseGoDuration } from '../../../src/ingest/kube2iam/goDuration.ts';

describe('parseGoDuration', () => {
  it.each([
    ['15m', 900],
    ['1h15m', 4500],
    ['1.5h', 5400],
    ['.5s', 0.5],
    ['100ms', 0.1],
    ['0', 0],
    ['-5s', -5],
    ['+5s', 5],
    ['2µs', 2e-6],
  ])('reads %s', (text, seconds) => {
    expect(parseGoDuration(text)).toEqual({ kind: 'duration', seconds });
  });

  it.each([
    ['900', 'time: missing unit in duration "900"'],
    ['15min', 'time: unknown unit "min" in duration "15min"'],
    ['1d', 'time: unknown unit "d" in duration "1d"'],
    ['', 'time: invalid duration ""'],
    ['m', 'time: invalid duration "m"'],
    ['15m ', 'time: unknown unit "m " in duration "15m "'],
    ['.s', 'time: invalid duration ".s"'],
  ])('refuses %j in the words of Go', (text, message) => {
    expect(parseGoDuration(text)).toEqual({ kind: 'error', message });
  });

  const whole = fc.nat(1000);
  test.prop([whole, whole, whole])('hours, minutes and seconds add up', (hours, minutes, seconds) => {
    expect(parseGoDuration(`${hours}h${minutes}m${seconds}s`)).toEqual({
      kind: 'duration',
      seconds: hours * 3600 + minutes * 60 + seconds,
    });
  });
});
