import type { Diagnostic } from '../model/diagnostic.ts';
import { nearestWord } from '../model/nearest.ts';
import { describeRef } from '../model/objectRef.ts';
import type { Suppression } from '../model/suppression.ts';
import { matchesWildcard } from '../model/wildcard.ts';
import { workloadKinds } from '../model/workload.ts';
import type { Subject } from '../resolve/answer.ts';
import { rules } from './examine.ts';
import type { Finding } from './finding.ts';

/** A finding that its owner accepts. */
export interface SuppressedFinding {
  readonly finding: Finding;
  readonly suppression: Suppression;
}

/** Findings, told apart by whether somebody accepts them. */
export interface Sifted {
  readonly kept: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
  /** Suppressions of no rule, or of nothing. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Takes out the findings that are accepted, and complains of suppressions that do nothing.
 *
 * @param view - `part`: not everything was looked at, so that a suppression may well have nothing to do
 */
export function applySuppressions(
  findings: readonly Finding[],
  suppressions: readonly Suppression[],
  view: 'whole' | 'part',
): Sifted {
  const used = new Set<Suppression>();
  const kept: Finding[] = [];
  const suppressed: SuppressedFinding[] = [];
  for (const finding of findings) {
    const fitting = suppressions.filter((suppression) => covers(suppression, finding));
    const [suppression] = fitting;
    for (const each of fitting) used.add(each);
    if (suppression) suppressed.push({ finding, suppression });
    else kept.push(finding);
  }
  const diagnostics = suppressions.flatMap((suppression): readonly Diagnostic[] => {
    if (!rules.some(({ id }) => id === suppression.rule)) return [unknownRule(suppression)];
    return used.has(suppression) || view === 'part' ? [] : [idle(suppression, findings)];
  });
  return { kept, suppressed, diagnostics };
}

/**
 * Tells whether a suppression is about a finding.
 *
 * A finding about a role or a namespace is an owner's to accept only when it concerns nobody else.
 */
function covers({ rule, covers: scope }: Suppression, { rule: found, at, answers }: Finding): boolean {
  if (rule !== found) return false;
  if (scope.kind === 'named') return matchesWildcard(scope.pattern, describeRef(at));
  const { kind, namespace, name } = scope.object;
  const everybody = (belongs: (subject: Subject) => boolean): boolean =>
    answers.length > 0 && answers.every(({ subject }) => belongs(subject));
  if (at.kind === kind && at.namespace === namespace && at.name === name) return true;
  if (kind === 'Namespace') {
    return at.namespace === undefined
      ? everybody((subject) => subject.namespace === name)
      : at.namespace === name;
  }
  return (
    workloadKinds.some((known) => known === kind) &&
    everybody(({ workload, namespace: of }) => {
      return workload.kind === kind && workload.name === name && of === namespace;
    })
  );
}

function unknownRule({ rule, ref }: Suppression): Diagnostic {
  const nearest = nearestWord(
    rule,
    rules.map(({ id }) => id),
  );
  const details = nearest === undefined ? {} : { nearest };
  return complaint('unknown-rule', ref, `there is no rule \`${rule}\``, details);
}

function idle({ rule, ref, covers: scope }: Suppression, findings: readonly Finding[]): Diagnostic {
  const about = scope.kind === 'named' ? scope.pattern : describeRef(scope.object);
  const ofRule = findings.filter((finding) => finding.rule === rule);
  const objects = ofRule.map(({ at }) => describeRef(at)).filter((object) => object !== about);
  const nearest = nearestWord(about, objects);
  return complaint('idle-suppression', ref, `\`${rule}\` finds nothing at \`${about}\``, {
    help: 'remove the suppression',
    ...(nearest === undefined ? {} : { nearest, help: 'remove the suppression, or name the object' }),
  });
}

function complaint(
  code: string,
  { position, field, ...object }: Suppression['ref'],
  message: string,
  details: Pick<Diagnostic, 'help' | 'nearest'>,
): Diagnostic {
  return {
    code,
    severity: 'error',
    message,
    object,
    ...(field === undefined ? {} : { field }),
    ...(position ? { position } : {}),
    ...details,
  };
}
