import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineText, padText, paint, textLength, wrapText } from '../../src/report/layout.ts';
import { colourless, type Palette } from '../../src/report/palette.ts';

const spans = fc.array(
  fc.record({
    text: fc.string({ unit: fc.constantFrom('a', 'b', ' ', '/', '-'), maxLength: 40 }),
    style: fc.constantFrom('bold', 'red'),
  }),
  { maxLength: 6 },
);

const withoutSpaces = (text: string): string => text.replaceAll(' ', '');

describe('wrapText', () => {
  it.each([
    { text: 'the trust policy refuses', width: 12, lines: ['the trust', 'policy', 'refuses'] },
    { text: 'short', width: 12, lines: ['short'] },
    { text: '', width: 12, lines: [''] },
    { text: 'role/team/app-role', width: 12, lines: ['role/team/', 'app-role'] },
    { text: 'abcdefghijklmnop', width: 10, lines: ['abcdefghij', 'klmnop'] },
  ])('breaks `$text` at $width', ({ text, width, lines }) => {
    expect(wrapText([{ text }], width).map(lineText)).toEqual(lines);
  });

  it('keeps pieces of different style together when no space is between them', () => {
    const wrapped = wrapText([{ text: 'see ' }, { text: 'deploy/', style: 'dim' }, { text: 'api' }], 12);
    expect(wrapped.map(lineText)).toEqual(['see', 'deploy/api']);
  });

  it('no line is longer than the width', () => {
    fc.assert(
      fc.property(spans, fc.integer({ min: 8, max: 40 }), (text, width) => {
        expect(wrapText(text, width).every((line) => textLength(line) <= width)).toBe(true);
      }),
    );
  });

  it('no letter is lost and none changes its style', () => {
    const letters: Palette = { ...colourless, bold: (text) => text.replaceAll(/\S/g, 'x') };
    fc.assert(
      fc.property(spans, fc.integer({ min: 8, max: 40 }), (text, width) => {
        const wrapped = wrapText(text, width)
          .map((line) => paint(line, letters))
          .join('');
        expect(withoutSpaces(wrapped)).toBe(withoutSpaces(paint(text, letters)));
      }),
    );
  });
});

describe('padText', () => {
  it('fills up to the width and cuts nothing', () => {
    expect(lineText(padText([{ text: 'ab' }], 4))).toBe('ab  ');
    expect(lineText(padText([{ text: 'abcdef' }], 4))).toBe('abcdef');
  });
});
