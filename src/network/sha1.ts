/**
 * Computes the SHA-1 of a text in hexadecimal; CNIs name the interface of a pod by it.
 *
 * @source RFC 3174
 * @example
 * sha1('abc') // => 'a9993e364706816aba3e25717850c26c9cd0d89d'
 */
export function sha1(text: string): string {
  let state: readonly number[] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  const words = paddedWords(new TextEncoder().encode(text));
  for (let at = 0; at < words.length; at += 16) state = withBlock(state, words.slice(at, at + 16));
  return state.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

/** The bytes, a one bit, zeros and the length in bits, as words of 32 bits in blocks of 16. */
function paddedWords(bytes: Uint8Array): readonly number[] {
  const words = Array<number>((((bytes.length + 8) >> 6) + 1) * 16).fill(0);
  const put = (at: number, byte: number): void => {
    words[at >> 2] = (words[at >> 2] ?? 0) | (byte << (24 - (at % 4) * 8));
  };
  for (const [at, byte] of bytes.entries()) put(at, byte);
  put(bytes.length, 0x80);
  words[words.length - 1] = bytes.length * 8;
  return words;
}

function withBlock(state: readonly number[], block: readonly number[]): readonly number[] {
  const words = [...block];
  const word = (at: number): number => words[at] ?? 0;
  for (let at = 16; at < 80; at += 1) {
    words.push(rotated(word(at - 3) ^ word(at - 8) ^ word(at - 14) ^ word(at - 16), 1));
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
  for (let at = 0; at < 80; at += 1) {
    const [mixed, constant] = round(Math.floor(at / 20), b, c, d);
    const next = (rotated(a, 5) + mixed + e + constant + word(at)) | 0;
    [e, d, c, b, a] = [d, c, rotated(b, 30), a, next];
  }
  return [a, b, c, d, e].map((value, at) => (value + (state[at] ?? 0)) | 0);
}

function round(number: number, b: number, c: number, d: number): readonly [mixed: number, constant: number] {
  switch (number) {
    case 0:
      return [(b & c) | (~b & d), 0x5a827999];
    case 1:
      return [b ^ c ^ d, 0x6ed9eba1];
    case 2:
      return [(b & c) | (b & d) | (c & d), 0x8f1bbcdc];
    default:
      return [b ^ c ^ d, 0xca62c1d6];
  }
}

function rotated(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
