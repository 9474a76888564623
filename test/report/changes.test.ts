import { describe, expect, it } from 'vitest';
import { diffAnswers } from '../../src/whatIf/diff.ts';
import { renderChanges } from '../../src/report/changes.ts';
import { colourless } from '../../src/report/palette.ts';
import { appRole, irsaWorld } from './worlds.ts';

const screen = { width: 80, palette: colourless };
const open = irsaWorld().build();
const admitted = irsaWorld().fact('trust', 'admits', appRole).build();
const refused = irsaWorld().fact('trust', 'refuses', appRole).build();
const withoutPod = { ...open, workloads: [] };
const go = { sdk: { family: 'go-v2' } } as const;

describe('renderChanges', () => {
  it.each([
    {
      title: 'another identity',
      before: admitted,
      after: refused,
      lines: ['~ pay Deployment api [app]', '    app via IRSA -> no identity', '    SDK go-v2'],
    },
    {
      title: 'fewer alternatives',
      before: open,
      after: admitted,
      lines: [
        '~ pay Deployment api [app]',
        '    still app via IRSA',
        '    app via IRSA always (was: if the trust policy of app admits the caller)',
        '    no longer: no identity if the trust policy of app refuses',
        '    SDK go-v2',
      ],
    },
    {
      title: 'a new workload',
      before: withoutPod,
      after: admitted,
      lines: ['+ pay Deployment api [app]', '    new: app via IRSA', '    SDK go-v2'],
    },
    {
      title: 'a removed workload',
      before: admitted,
      after: withoutPod,
      lines: ['- pay Deployment api [app]', '    gone; was app via IRSA', '    SDK go-v2'],
    },
  ])('tells $title', ({ before, after, lines }) => {
    const text = renderChanges(diffAnswers(before, after, go), screen);
    expect(text.split('\n')).toEqual([...lines, '', '1 container with changes']);
  });

  it('says so when nothing changes', () => {
    expect(renderChanges([], screen)).toBe('no identity changes');
  });

  it('names together the SDKs with the same change', () => {
    const text = renderChanges(diffAnswers(admitted, refused), screen);
    const sdkLines = text.split('\n').filter((line) => line.includes('SDK '));
    expect(sdkLines).toHaveLength(2);
  });
});
