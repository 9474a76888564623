import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findConflicts } from '../../src/findings/examine.ts';
import { resolveAll } from '../../src/resolve/resolve.ts';
import { colourless } from '../../src/report/palette.ts';
import { renderTable } from '../../src/report/table.ts';
import { worlds } from '../../src/testing/arbitraries/world.ts';
import { irsaWorld, overviewsOf } from './worlds.ts';

const screen = { width: 80, palette: colourless };

describe('renderTable', () => {
  it('tells who gets what, what else it could be, and what was assumed', () => {
    const given = irsaWorld().build();
    expect(renderTable(given, overviewsOf(given), screen)).toMatchInlineSnapshot(`
      "account 111122223333

        NAMESPACE  WORKLOAD    IDENTITY  VIA
      ? pay        deploy/api  app       IRSA
                   but no identity if the SDK is any but js-v2, java-v1, java-v2,
                       kotlin, php, cpp and swift and the trust policy of app refuses
                   but node via IMDS if the SDK is js-v2, java-v1, java-v2,
                       kotlin, php, cpp or swift and the trust policy of app refuses

      1 row: 1 open (?)
      not known: trust, sdk
      assumed:   webhook=injects, token=valid, sts=answers, oidcProvider=registered,
                 imds.httpEndpoint=enabled, stsModule=present
                 state it, or otherwise, with --assume key=value"
    `);
  });

  it('writes once, as a note, what three rows share', () => {
    const given = ['a', 'b', 'c'].reduce(
      (builder, name) => builder.workload('Deployment', `pay/${name}`, { serviceAccount: 'api' }),
      irsaWorld(),
    );
    const overviews = overviewsOf(given.build(), { sdk: { family: 'java-v2' } });
    const lines = renderTable(given.build(), overviews, screen).split('\n');
    expect(lines.filter((line) => line.includes('but '))).toEqual([
      '  [1] but node via IMDS if the trust policy of app refuses',
    ]);
    expect(lines.filter((line) => line.endsWith('IRSA [1]'))).toHaveLength(4);
  });

  it('says so when not every combination was looked at', () => {
    const given = irsaWorld().build();
    const text = renderTable(given, overviewsOf(given, { maxRuns: 1 }), screen);
    expect(text).toContain('not all looked at, there are too many combinations: pay/api');
  });

  it('says so when there is nothing to tell', () => {
    expect(renderTable(irsaWorld().build(), [], screen)).toBe('no workload in the input');
  });

  it('every line fits the terminal', () => {
    fc.assert(
      fc.property(worlds({ maxPods: 2 }), fc.integer({ min: 60, max: 120 }), (given, width) => {
        const findings = findConflicts(given, resolveAll(given, { sdk: { family: 'java-v2' } }));
        const text = renderTable(
          given,
          overviewsOf(given, { sdk: { family: 'java-v2' } }),
          { width, palette: colourless },
          findings,
        );
        expect(text.split('\n').filter((line) => line.length > width)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });
});
