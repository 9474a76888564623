import { stringify } from 'yaml';
import { describeRef } from '../model/objectRef.ts';
import type { JsonValue } from '../model/aws.ts';
import type { World } from '../model/world.ts';
import { applyPatch } from '../whatIf/applyPatch.ts';
import type { FixPlan } from '../whatIf/fixPlan.ts';
import type { Proof } from '../whatIf/proveFix.ts';
import { renderChanges } from './changes.ts';
import { wrapText } from './layout.ts';
import { countOf } from './lists.ts';
import { printPatch, type PrintedPatch } from './patchManifest.ts';
import type { Screen } from './screen.ts';

/**
 * Writes a plan of fixes as YAML documents, each under comments that say what it is for, who is changed by it
 * and how it is applied.
 *
 * @param world - the world before the first fix
 */
export function renderFixPlan(world: World, plan: FixPlan, screen: Screen): string {
  const blocks = printedProofs(world, plan).map((proof) => proofText(proof, screen));
  const gone = plan.proofs.length + plan.alsoGone.length;
  const closing = [
    `${countOf(gone, 'finding')} removed by ${countOf(plan.proofs.length, 'fix', 'fixes')}, ${plan.open.length} without a fix that works`,
    ...plan.open.map(({ rule, at }) => `no fix: ${describeRef(at)} [${rule}]`),
    'with all of them:',
    ...renderChanges(plan.changes, { ...screen, width: screen.width - 2 }).split('\n'),
  ];
  return [...blocks, comment(closing, screen.width)].join('\n---\n');
}

/** Gives a plan as data, for a program that applies it. */
export function fixPlanToJson(world: World, plan: FixPlan): JsonValue {
  const fixes = printedProofs(world, plan).map(({ proof, patches }) => ({
    rule: proof.finding.rule,
    object: describeRef(proof.finding.at),
    title: proof.fix.title,
    patches: patches as unknown as JsonValue,
    changesOthers: proof.others.length > 0,
  }));
  return {
    fixes,
    alsoRemoved: plan.alsoGone.map(({ rule, at }) => ({ rule, object: describeRef(at) })),
    withoutFix: plan.open.map(({ rule, at }) => ({ rule, object: describeRef(at) })),
  };
}

/** A proof with its patches as they are handed over, each printed from the world that it is applied to. */
interface PrintedProof {
  readonly proof: Proof;
  readonly patches: readonly PrintedPatch[];
}

function printedProofs(world: World, { proofs }: FixPlan): readonly PrintedProof[] {
  let current = world;
  return proofs.map((proof) => ({
    proof,
    patches: proof.fix.patches.map((patch) => {
      const printed = printPatch(current, patch);
      current = applyPatch(current, patch);
      return printed;
    }),
  }));
}

function proofText({ proof, patches }: PrintedProof, screen: Screen): string {
  const { finding, fix, meant, others } = proof;
  const head = comment(
    [
      `${describeRef(finding.at)} [${finding.rule}]`,
      `fix: ${fix.title}`,
      ...(meant.length === 0 ? [] : renderChanges(meant, narrower(screen)).split('\n')),
      ...(others.length === 0
        ? ['nobody else is changed']
        : ['it also changes:', ...renderChanges(others, narrower(screen)).split('\n')]),
    ],
    screen.width,
  );
  const documents = patches.map((printed) => printedText(printed, screen.width));
  return [head, documents.join('\n---\n')].join('\n');
}

function narrower(screen: Screen): Screen {
  return { ...screen, width: screen.width - 2 };
}

function printedText(printed: PrintedPatch, width: number): string {
  switch (printed.how) {
    case 'kubectl apply':
      return `${comment(['kubectl apply -f THIS'], width)}\n${stringify(printed.manifest).trimEnd()}`;
    case 'kubectl patch': {
      const { kind, namespace, name } = printed.object;
      const scope = namespace === undefined ? '' : ` -n ${namespace}`;
      const command = `kubectl patch ${kind.toLowerCase()} ${name}${scope} --patch-file THIS`;
      return `${comment([command], width)}\n${stringify(printed.manifest).trimEnd()}`;
    }
    case 'kubectl delete': {
      const { kind, namespace, name } = printed.object;
      return comment([`kubectl delete ${kind.toLowerCase()} ${name} -n ${namespace ?? 'default'}`], width);
    }
    case 'aws':
      return `${comment([`${printed.command} file://THIS`], width)}\n${JSON.stringify(printed.input, undefined, 2)}`;
    case 'by hand':
      return comment([printed.what], width);
  }
}

function comment(lines: readonly string[], width: number): string {
  return lines
    .flatMap((line) => {
      const indent = line.slice(0, line.length - line.trimStart().length);
      return wrapText([{ text: line.trimStart() }], width - 2 - indent.length).map(
        (row) => indent + row.map(({ text }) => text).join(''),
      );
    })
    .map((line) => `# ${line}`.trimEnd())
    .join('\n');
}
