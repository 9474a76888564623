import { check as checkFindings, hasFailed, type CheckResult } from '../findings/check.ts';
import type { Severity } from '../findings/finding.ts';
import { applySuppressions } from '../findings/suppressions.ts';
import { checkToJson } from '../report/checkJson.ts';
import type { CheckReport } from '../report/checkReport.ts';
import { renderCheck, renderQuiet } from '../report/checkText.ts';
import { renderIgnored } from '../report/diagnosticsText.ts';
import { fixPlanToJson, renderFixPlan } from '../report/fixPlan.ts';
import { githubAnnotations } from '../report/githubAnnotations.ts';
import { checkToJunit } from '../report/junit.ts';
import { checkToSarif } from '../report/sarif.ts';
import type { World } from '../model/world.ts';
import type { Answer } from '../resolve/answer.ts';
import { planFixes } from '../whatIf/fixPlan.ts';
import type { Examination } from '../whatIf/proveFix.ts';
import { answersOf, findingsOf, inputPaths, resolveOptions, targetsOf } from './answersOf.ts';
import { loadBaseline, saveBaseline, type LoadedBaseline } from './baselineFile.ts';
import type { Io } from './io.ts';
import type { AnswerOptions } from './options.ts';
import { complain, openSession, refuse, type ExitCode, type Session } from './session.ts';
import { usageError } from './usageError.ts';

/** How `whichrole check` can print. */
export const checkFormats = ['text', 'json', 'sarif', 'junit', 'github'] as const;

/** The options of `whichrole check`. */
export interface CheckOptions extends Omit<AnswerOptions, 'output'> {
  readonly format: (typeof checkFormats)[number];
  readonly failOn: Severity | 'none';
  readonly baseline?: string;
  readonly writeBaseline?: string;
  readonly fixPlan?: true;
}

/** `whichrole check [PATH…]`: what is wrong, for a pipeline. */
export async function check(
  paths: readonly string[],
  options: CheckOptions,
  io: Io,
  toolVersion: string,
): Promise<ExitCode> {
  const session = await openSession(inputPaths(paths, options), options, io);
  if (!session) return 2;
  const { world } = session;
  if (world.workloads.length === 0 && world.roles.length === 0) {
    return refuse(io, usageError('nothing to check: no workload and no role in the input'));
  }
  const answersIn = (each: World): readonly Answer[] =>
    targetsOf(each, options).flatMap((target) => answersOf(each, target, options));
  const answers = answersIn(world);
  const findings = findingsOf(world, answers, options);
  const view = options.namespace === undefined && options.sdk === undefined ? 'whole' : 'part';
  const loaded = await baselineOf(
    options,
    () => applySuppressions(findings, world.suppressions, view).kept,
    io,
  );
  if (loaded?.kind === 'wrong') return refuse(io, loaded.diagnostic);
  const result = checkFindings(world, findings, {
    ...resolveOptions(options),
    view,
    ...(loaded ? { baseline: loaded.baseline } : {}),
  });
  if (options.fixPlan) {
    return printFixPlan(session, { world, answers, findings, answersOf: answersIn }, result, options);
  }
  return print(session, result, options, toolVersion);
}

/** Prints what would remove the findings, each fix proven by resolving again. */
function printFixPlan(
  session: Session,
  examination: Examination,
  result: CheckResult,
  options: CheckOptions,
): ExitCode {
  const { world, io, screen } = session;
  if (options.format !== 'text' && options.format !== 'json') {
    const expected = '`--format text` or `--format json`';
    return refuse(io, usageError('a plan of fixes is printed as text or JSON', { expected }));
  }
  complain(io, result.diagnostics);
  const plan = planFixes(examination, result.findings);
  const printed =
    options.format === 'json'
      ? JSON.stringify(fixPlanToJson(world, plan), undefined, 2)
      : renderFixPlan(world, plan, screen);
  io.stdout(`${printed}\n`);
  return hasFailed(result, [...session.diagnostics, ...result.diagnostics], options.failOn) ? 1 : 0;
}

/** A baseline that is written holds everything that is found now, so that nothing is left. */
async function baselineOf(
  { baseline, writeBaseline }: CheckOptions,
  findings: () => Parameters<typeof saveBaseline>[1],
  io: Io,
): Promise<LoadedBaseline | undefined> {
  if (writeBaseline !== undefined) return saveBaseline(writeBaseline, findings(), io);
  return baseline === undefined ? undefined : loadBaseline(baseline, io);
}

function print(session: Session, result: CheckResult, options: CheckOptions, toolVersion: string): ExitCode {
  const { io, ignored } = session;
  complain(io, result.diagnostics);
  const input = session.diagnostics.filter(({ severity }) => severity !== 'note' || options.verbose);
  const diagnostics = [...input, ...result.diagnostics];
  const baselineFile = options.writeBaseline ?? options.baseline;
  const report: CheckReport = {
    ...result,
    diagnostics,
    threshold: options.failOn,
    verdict: hasFailed(result, diagnostics, options.failOn) ? 'failed' : 'passed',
    ...(baselineFile === undefined ? {} : { baselineFile }),
  };
  const printed = rendered(report, session, options.format, toolVersion);
  const more =
    options.format === 'text' && options.verbose ? [renderQuiet(report), renderIgnored(ignored)] : [];
  const blocks = [printed, ...more].filter((block) => block !== '');
  if (blocks.length > 0) io.stdout(`${blocks.join('\n\n')}\n`);
  return report.verdict === 'failed' ? 1 : 0;
}

function rendered(
  report: CheckReport,
  { screen }: Session,
  format: CheckOptions['format'],
  toolVersion: string,
): string {
  switch (format) {
    case 'text':
      return renderCheck(report, screen);
    case 'json':
      return JSON.stringify(checkToJson(report), undefined, 2);
    case 'sarif':
      return JSON.stringify(checkToSarif(report, toolVersion), undefined, 2);
    case 'junit':
      return checkToJunit(report);
    case 'github':
      return githubAnnotations(report);
  }
}
