import type { Witness } from '../iam/language.ts';
import type { SubjectChange, SubjectSet, TokenIssuer, TrustComparison } from '../iam/subjects.ts';
import type { AdmittedAccounts } from '../resolve/admittedAccounts.ts';
import { paint, styled, wrapText, type StyledText } from './layout.ts';
import type { Screen } from './screen.ts';

/** Says for each issuer whose tokens a role admits. */
export function admittedLines(admitted: readonly AdmittedAccounts[], width: number): readonly StyledText[] {
  if (admitted.length === 0) return [styled('it trusts no issuer of tokens')];
  return admitted.flatMap(({ issuer, of, subjects, accounts, other, undetermined }) => {
    const whose = { thisCluster: ' (this cluster)', another: ' (another issuer)', unknown: '' }[of];
    const names = accounts.map(({ namespace, name }) => `${namespace}/${name}`);
    const listed = names.length === 0 ? 'no service account of the input' : names.join(', ');
    return [
      ...wrapText(styled(`tokens of ${issuer}${whose}`), width),
      ...indented(`subjects: ${setWords(subjects)}`, width),
      ...(of === 'another' ? [] : indented(`admits ${listed}`, width)),
      ...indented(futureWords(other), width),
      ...(undetermined ? indented('under conditions that no input shows, taken to hold', width) : []),
    ];
  });
}

function futureWords(other: Witness): string {
  switch (other.kind) {
    case 'none':
      return 'and no other service account';
    case 'text':
      return `and any other that fits, such as ${other.text}`;
    case 'tooLarge':
      return 'and perhaps others: the policy is too large to tell';
  }
}

/** Says what a set of subjects is: the patterns that make it up. */
export function setWords({ patterns }: SubjectSet): string {
  if (!patterns) return 'a set that no list of patterns can say';
  return patterns.length === 0 ? 'none' : patterns.join(', ');
}

/** The subjects of one issuer. */
export interface IssuerSubjects extends Pick<TokenIssuer, 'issuer'> {
  readonly subjects: SubjectSet;
  /** One service account that is admitted. */
  readonly example: Witness;
}

/** Says for each issuer which subjects a trust policy admits. */
export function renderSubjects(issuers: readonly IssuerSubjects[], screen: Screen): string {
  if (issuers.length === 0) return 'the policy trusts no issuer of tokens';
  const lines = issuers.flatMap(({ issuer, subjects, example }) => [
    ...wrapText(styled(`tokens of ${issuer}`, 'bold'), screen.width),
    ...indented(`subjects: ${setWords(subjects)}`, screen.width),
    ...indented(
      example.kind === 'none' ? 'no service account can have one of them' : exampleWords(example),
      screen.width,
    ),
  ]);
  return paintAll(lines, screen);
}

function exampleWords(example: Witness): string {
  return example.kind === 'text' ? `such as ${example.text}` : 'the policy is too large for an example';
}

/** The change of one issuer's subjects. */
export interface IssuerComparison extends Pick<TokenIssuer, 'issuer'> {
  readonly comparison: TrustComparison;
}

/** Says for each issuer who gains and who loses the role between two trust policies. */
export function renderComparison(changes: readonly IssuerComparison[], screen: Screen): string {
  if (changes.length === 0) return 'neither policy trusts an issuer of tokens';
  const lines = changes.flatMap(({ issuer, comparison: { gained, lost } }) => [
    ...wrapText(styled(`tokens of ${issuer}`, 'bold'), screen.width),
    ...changeLines('gained', gained, screen.width),
    ...changeLines('lost', lost, screen.width),
  ]);
  return paintAll(lines, screen);
}

function changeLines(verb: string, change: SubjectChange, width: number): readonly StyledText[] {
  return indented(`${verb}: ${changeWords(change)}`, width);
}

function changeWords({ subjects, accountPatterns = [], witness }: SubjectChange): string {
  if (witness.kind === 'none') return 'nobody';
  if (witness.kind === 'tooLarge') return 'too much to tell';
  const patterns = accountPatterns.length > 0 ? accountPatterns : (subjects.patterns ?? []);
  const [only, ...others] = patterns;
  if (only === undefined) return `such as ${witness.text}`;
  return only === witness.text && others.length === 0
    ? only
    : `${patterns.join(', ')}, such as ${witness.text}`;
}

function indented(text: string, width: number): readonly StyledText[] {
  return wrapText(styled(text), width - 4).map((line, at) => [{ text: at === 0 ? '  ' : '    ' }, ...line]);
}

function paintAll(lines: readonly StyledText[], { palette }: Screen): string {
  return lines.map((line) => paint(line, palette).trimEnd()).join('\n');
}
