import { renderExplanation } from '../report/explanation.ts';
import { answersToJson } from '../report/json.ts';
import { findConflicts } from '../findings/examine.ts';
import { renderMermaid } from '../report/mermaid.ts';
import { renderFindings } from '../report/findingsText.ts';
import type { ContainerOf } from '../resolve/subjects.ts';
import { answersOf, inputPaths } from './answersOf.ts';
import type { Io } from './io.ts';
import type { AnswerOptions } from './options.ts';
import { exitCodeOf, openSession, refuse, type ExitCode, type Session } from './session.ts';
import { findContainer, findTarget } from './target.ts';

/** The options of `whichrole explain`. */
export interface ExplainOptions extends AnswerOptions {
  readonly container?: string;
  readonly mermaid?: true;
}

/** `whichrole explain ns/pod`: which identity one container gets, step by step. */
export async function explain(name: string, options: ExplainOptions, io: Io): Promise<ExitCode> {
  const session = await openSession(inputPaths([], options), options, io);
  if (!session) return 2;
  const target = findTarget(session.world, name, options.namespace);
  if (target.kind === 'wrong') return refuse(io, target.diagnostic);
  const choice = findContainer(target.workload, options.container);
  if (choice.kind === 'wrong') return refuse(io, choice.diagnostic);
  return print(session, { workload: target.workload, container: choice.container }, options);
}

function print(session: Session, target: ContainerOf, options: ExplainOptions): ExitCode {
  const { world, io, screen, diagnostics, ignored } = session;
  const answers = answersOf(world, target, options);
  const findings = findConflicts(world, answers).filter((finding) => finding.answers.length > 0);
  if (options.output === 'json') {
    const report = { answers, findings, diagnostics, ignored, trace: 'withTrace' } as const;
    io.stdout(`${JSON.stringify(answersToJson(report), undefined, 2)}\n`);
    return exitCodeOf(session, findings.length);
  }
  const [first] = answers;
  const [usual] = first?.outcomes ?? [];
  if (options.mermaid && first && usual) {
    io.stdout(`${renderMermaid(first, usual)}\n`);
    return exitCodeOf(session, findings.length);
  }
  const others = target.workload.template.containers
    .filter((container) => container !== target.container)
    .map((container) => container.name);
  const blocks = [renderExplanation(answers, screen, others), renderFindings(findings, screen)];
  io.stdout(`${blocks.filter((block) => block !== '').join('\n\n')}\n`);
  return exitCodeOf(session, findings.length);
}
