import { readBaseline, baselineText } from '../../src/findings/baseline.ts';
import { check, hasFailed } from '../../src/findings/check.ts';
import { findConflicts } from '../../src/findings/examine.ts';
import type { Severity } from '../../src/findings/finding.ts';
import { parseInput } from '../../src/ingest/parse.ts';
import type { World } from '../../src/model/world.ts';
import type { CheckReport } from '../../src/report/checkReport.ts';
import { resolveAll } from '../../src/resolve/resolve.ts';

/** Checks files, or a world, and gives what there is to report. */
export function reportOf(
  input: Readonly<Record<string, string>> | World,
  options: { readonly threshold?: Severity | 'none'; readonly known?: readonly string[] } = {},
): CheckReport {
  const { threshold = 'latent', known = [] } = options;
  const { world, diagnostics: read } = isWorld(input)
    ? { world: input, diagnostics: [] }
    : parseInput(Object.entries(input).map(([file, text]) => ({ file, text })));
  const sdk = { family: 'go-v2' } as const;
  const findings = findConflicts(world, resolveAll(world, { sdk }));
  const text = baselineText(findings.filter(({ rule }) => known.includes(rule)));
  const baseline = readBaseline({ file: 'known.json', text });
  const result = check(world, findings, { sdk, view: 'whole', baseline });
  const diagnostics = [...read, ...result.diagnostics];
  return {
    ...result,
    diagnostics,
    threshold,
    verdict: hasFailed(result, diagnostics, threshold) ? 'failed' : 'passed',
    ...(known.length === 0 ? {} : { baselineFile: 'known.json' }),
  };
}

function isWorld(input: Readonly<Record<string, string>> | World): input is World {
  return 'workloads' in input;
}
