import { intersection, shortestText } from '../iam/language.ts';
import { serviceAccountSubjects } from '../iam/serviceAccountSubjects.ts';
import { admittedSubjects, compareTrustPolicies, type TokenIssuer } from '../iam/subjects.ts';
import { lintTrustPolicy } from '../iam/trustLint.ts';
import { trustedProviders } from '../iam/trustedProviders.ts';
import { readTrustText } from '../ingest/aws/trustText.ts';
import type { PolicyDocument } from '../model/aws.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { readInput } from '../node.ts';
import { renderComparison, renderSubjects } from '../report/trustText.ts';
import type { Io } from './io.ts';
import { screenOf } from './screen.ts';
import { complain, refuse, type ExitCode } from './session.ts';

/** The options of `whichrole trust`. */
export interface TrustOptions {
  readonly color: boolean;
}

/** `whichrole trust POLICY [AFTER]`: whose tokens a trust policy admits, or who comes and goes between two. */
export async function trust(
  file: string,
  after: string | undefined,
  options: TrustOptions,
  io: Io,
): Promise<ExitCode> {
  const screen = screenOf(io, options.color ? 'auto' : 'never');
  const first = await readPolicy(file, io);
  if (!first.document) return refuse(io, ...first.diagnostics);
  complain(io, first.diagnostics);
  const { document } = first;
  if (after === undefined) {
    io.stdout(
      `${renderSubjects(
        trustedProviders(document).map((issuer) => subjectsOf(document, issuer)),
        screen,
      )}\n`,
    );
    return first.diagnostics.length > 0 ? 1 : 0;
  }
  const second = await readPolicy(after, io);
  if (!second.document) return refuse(io, ...second.diagnostics);
  complain(io, second.diagnostics);
  const later = second.document;
  const issuers = new Map(
    [document, later].flatMap(trustedProviders).map((issuer) => [issuer.providerArn, issuer]),
  );
  const changes = [...issuers.values()].map((issuer) => ({
    issuer: issuer.issuer,
    comparison: compareTrustPolicies(document, later, issuer),
  }));
  io.stdout(`${renderComparison(changes, screen)}\n`);
  const changed = changes.some(({ comparison: { gained, lost } }) =>
    [gained, lost].some(({ witness }) => witness.kind !== 'none'),
  );
  return changed ? 1 : 0;
}

function subjectsOf(
  document: PolicyDocument,
  issuer: TokenIssuer,
): Parameters<typeof renderSubjects>[0][number] {
  const subjects = admittedSubjects(document, issuer);
  const example = shortestText(intersection(subjects.language, serviceAccountSubjects));
  return { issuer: issuer.issuer, subjects, example };
}

async function readPolicy(
  file: string,
  io: Io,
): Promise<{ readonly document?: PolicyDocument; readonly diagnostics: readonly Diagnostic[] }> {
  const { texts, diagnostics } =
    file === '-'
      ? { texts: [{ file, text: await io.stdin() }], diagnostics: [] }
      : await readInput([file], { cwd: io.cwd });
  const [text] = texts;
  if (!text) return { diagnostics };
  const read = readTrustText(text);
  const doubts = read.document ? lintTrustPolicy(read.document) : [];
  return { ...read, diagnostics: [...diagnostics, ...read.diagnostics, ...doubts] };
}
