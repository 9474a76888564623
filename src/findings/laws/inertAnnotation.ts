import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Fix } from '../../model/patch.ts';
import type { World } from '../../model/world.ts';
import type { Answer } from '../../resolve/answer.ts';
import type { Examined, Rule, Severity } from '../finding.ts';
import { causeRule, type ConflictRow, type Sighting } from '../law.ts';
import { workloadNames, workloadOf } from '../workloads.ts';
import { consequences, severityOf } from './consequences.ts';

/**
 * The law: each component reads exact keys of one kind of object; elsewhere an annotation is inert.
 *
 * @param fits - which complaints about annotations are of this row
 */
export function inertAnnotationRule(
  row: ConflictRow,
  fits: (complaint: Diagnostic, key: string) => boolean,
  fixesFor: (world: World, complaint: Diagnostic, key: string) => readonly Fix[],
): Rule {
  return causeRule(row, (examined) =>
    examined.annotationComplaints.flatMap((complaint): readonly Sighting[] => {
      const key = keyOf(complaint);
      if (!fits(complaint, key)) return [];
      const answers = answersAbout(examined, complaint);
      const gets =
        answers.length === 0 ? '' : `; ${workloadNames(answers).join(', ')}: ${consequences(answers)}`;
      return [
        {
          at: placeOf(examined.world, complaint),
          message: `${complaint.message}${gets}`,
          severity: severityAs(row, complaint, answers),
          answers,
          fixes: fixesFor(examined.world, complaint, key),
          ...(complaint.help === undefined ? {} : { advice: complaint.help }),
        },
      ];
    }),
  );
}

/** Where no role is lost the identity is as meant; of a value that STS refuses it depends on the SDKs. */
function severityAs(
  { severity }: ConflictRow,
  { nearest, field = '' }: Diagnostic,
  answers: readonly Answer[],
): Severity {
  if (severity === 'outage' && answers.length > 0) return severityOf(answers);
  const isAboutRole = nearest === undefined ? /role/.test(field) : nearest.endsWith('/role-arn');
  return isAboutRole ? severity : 'latent';
}

function keyOf({ field }: Diagnostic): string {
  return /\["(.*)"\]$/.exec(field ?? '')?.[1] ?? '';
}

function placeOf({ cluster }: World, { object, field, position }: Diagnostic): Sighting['at'] {
  return {
    ...(object ?? { kind: 'Cluster', name: cluster.name ?? '' }),
    ...(field === undefined ? {} : { field }),
    ...(position ? { position } : {}),
  };
}

/** Answers of the pods of the object, or of the pods that use the service account. */
function answersAbout({ world, answers }: Examined, { object }: Diagnostic): readonly Answer[] {
  if (object?.kind === 'ServiceAccount') return answersOfAccount(world, answers, object);
  return answers.filter(
    ({ subject }) => subject.namespace === object?.namespace && subject.workload.name === object.name,
  );
}

/** Finds the answers of the pods that run as a service account. */
export function answersOfAccount(
  world: World,
  answers: readonly Answer[],
  { namespace, name }: { readonly namespace?: string; readonly name: string },
): readonly Answer[] {
  return answers.filter(
    (answer) =>
      answer.subject.namespace === namespace &&
      workloadOf(world, answer)?.template.serviceAccountName === name,
  );
}
