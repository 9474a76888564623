import { checkExpectations } from '../findings/expectations.ts';
import { nearestWord } from '../model/nearest.ts';
import { describePosition } from '../model/objectRef.ts';
import { answersToJson } from '../report/json.ts';
import { renderTable } from '../report/table.ts';
import { expectationText, unmetText } from '../report/expectationText.ts';
import { renderIgnored } from '../report/diagnosticsText.ts';
import { overviewFor } from '../resolve/resolve.ts';
import { containersOf, type ContainerOf } from '../resolve/subjects.ts';
import { answersOf, findingsOf, inputPaths, resolveOptions, targetsOf } from './answersOf.ts';
import { disappointments, parseExpectation, type Expectation } from './expectation.ts';
import type { Io } from './io.ts';
import type { AnswerOptions } from './options.ts';
import { complain, exitCodeOf, openSession, refuse, type ExitCode, type Session } from './session.ts';
import { usageError } from './usageError.ts';

/** The options of `whichrole PATH…`. */
export interface TableOptions extends AnswerOptions {
  readonly expect?: readonly string[];
  readonly trace?: true;
}

/** The other commands; a misspelt one is read as a path. */
const commandNames = [
  'explain',
  'diff',
  'timeline',
  'sdks',
  'exec',
  'role',
  'reach',
  'trust',
  'check',
] as const;

/** `whichrole PATH…`: who gets which identity. */
export async function answer(paths: readonly string[], options: TableOptions, io: Io): Promise<ExitCode> {
  const session = await openSession(inputPaths(paths, options), options, io);
  if (!session) return 2;
  const expectations: Expectation[] = [];
  for (const text of options.expect ?? []) {
    const choice = parseExpectation(text, session.world, options.namespace);
    if (choice.kind === 'wrong') return refuse(io, choice.diagnostic);
    expectations.push(choice.expectation);
  }
  const targets = targetsOf(session.world, options);
  if (targets.length === 0) {
    const [first = ''] = paths;
    const nearest = nearestWord(first, commandNames);
    const hint = nearest === undefined ? {} : { help: `for the command, write \`whichrole ${nearest}\`` };
    return refuse(io, usageError('nothing to answer: no workload in the input', hint));
  }
  return print(session, targets, expectations, options);
}

function print(
  session: Session,
  targets: readonly ContainerOf[],
  expectations: readonly Expectation[],
  options: TableOptions,
): ExitCode {
  const { world, io, screen, ignored, diagnostics } = session;
  const answers = targets.flatMap((target) => answersOf(world, target, options));
  const overviews = targets.map((target) => overviewFor(world, target, resolveOptions(options)));
  const findings = findingsOf(world, answers, options);
  if (options.output === 'json') {
    const trace = options.trace ? 'withTrace' : 'withoutTrace';
    io.stdout(
      `${JSON.stringify(answersToJson({ answers, findings, diagnostics, ignored, trace }), undefined, 2)}\n`,
    );
  } else {
    const blocks = [
      renderTable(world, overviews, screen, findings),
      ...(options.verbose ? [renderIgnored(ignored)] : []),
    ];
    io.stdout(`${blocks.filter((block) => block !== '').join('\n\n')}\n`);
  }
  const expected = checkExpectations(world, resolveOptions(options));
  complain(io, expected.diagnostics);
  for (const each of expected.unmet) {
    const { position } = each.expectation.ref;
    io.stderr(`${position ? `${describePosition(position)}: ` : ''}${unmetText(each)}\n`);
  }
  const unmet = expectations.flatMap((expectation) => {
    const meant = containersOf(world).filter(({ workload }) => workload === expectation.workload);
    return disappointments(
      expectation,
      meant.map((target) => overviewFor(world, target, resolveOptions(options))),
    );
  });
  for (const { expectation, overview, outcome } of unmet) {
    io.stderr(`${expectationText(expectation.text, overview, outcome)}\n`);
  }
  return exitCodeOf(
    session,
    findings.length + unmet.length + expected.unmet.length + expected.diagnostics.length,
  );
}
