import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { world } from '../../src/model/builder.ts';
import type { Patch } from '../../src/model/patch.ts';
import type { World } from '../../src/model/world.ts';
import { fixPlanToJson, renderFixPlan } from '../../src/report/fixPlan.ts';
import { colourless } from '../../src/report/palette.ts';
import { printPatch, type PrintedPatch } from '../../src/report/patchManifest.ts';
import { resolveAll } from '../../src/resolve/resolve.ts';
import { planFixes } from '../../src/whatIf/fixPlan.ts';
import { examineWorld } from '../../src/whatIf/proveFix.ts';

const role = 'arn:aws:iam::111122223333:role/api';
const deployment = { kind: 'Deployment', namespace: 'pay', name: 'app' };
const cluster = world()
  .serviceAccount('pay/api', { roleArn: role })
  .workload('Deployment', 'pay/app', { serviceAccount: 'api', env: { AWS_ROLE_ARN: role } })
  .kube2iam({ iptables: true, hostInterface: 'eni+' })
  .fact('kube2iam.daemon', 'gone')
  .fact('trust', 'admits')
  .build();

describe('printPatch', () => {
  const container = { name: 'app', env: [{ name: 'AWS_ROLE_ARN', $patch: 'delete' }] };
  const cases: readonly (readonly [string, Patch, unknown])[] = [
    [
      'deletes a variable by its name',
      { kind: 'env', object: deployment, container: 'app', name: 'AWS_ROLE_ARN' },
      { spec: { template: { spec: { containers: [container] } } } },
    ],
    [
      'puts a change of a CronJob’s pods where its template is',
      { kind: 'label', object: { ...deployment, kind: 'CronJob' }, on: 'template', key: 'a', value: 'b' },
      {
        apiVersion: 'batch/v1',
        spec: { jobTemplate: { spec: { template: { metadata: { labels: { a: 'b' } } } } } },
      },
    ],
    [
      'removes an annotation by null',
      { kind: 'annotation', object: { kind: 'Namespace', name: 'pay' }, on: 'metadata', key: 'k' },
      { metadata: { name: 'pay', annotations: { k: null } } },
    ],
    [
      'writes all arguments of kube2iam, since the list is replaced as a whole',
      {
        kind: 'kube2iamFlags',
        object: { kind: 'DaemonSet', namespace: 'kube-system', name: 'kube2iam' },
        set: { namespaceRestrictions: true },
        withoutArguments: [],
      },
      {
        spec: {
          template: {
            spec: {
              containers: [
                {
                  name: 'kube2iam',
                  args: ['--iptables=true', '--host-interface=eni+', '--namespace-restrictions=true'],
                },
              ],
            },
          },
        },
      },
    ],
  ];
  it.each(cases)('%s', (_name, patch, manifest) => {
    expect(printPatch(cluster, patch)).toMatchObject({ how: 'kubectl patch', manifest });
  });
});

describe('renderFixPlan', () => {
  const examination = (of: World): ReturnType<typeof examineWorld> =>
    examineWorld(of, (each) => resolveAll(each, { sdk: { family: 'go-v2' } }));
  const plan = planFixes(examination(cluster));
  const text = renderFixPlan(cluster, plan, { width: 80, palette: colourless });

  it('is a stream of YAML documents, each with the command that applies it', () => {
    const documents = parseAllDocuments(text);
    expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
    expect(text).toContain('# kubectl patch deployment app -n pay --patch-file THIS');
  });

  it('fits the terminal', () => {
    const comments = text.split('\n').filter((line) => line.startsWith('#'));
    expect(Math.max(...comments.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('says the same as JSON', () => {
    // The last document is the summing up, all comments.
    const inText = parseAllDocuments(text).flatMap((document): unknown[] => document.toJS() ?? []);
    const { fixes } = fixPlanToJson(cluster, plan) as { fixes: { patches: PrintedPatch[] }[] };
    const inJson = fixes.flatMap(({ patches }) =>
      patches.flatMap((patch) =>
        'manifest' in patch ? patch.manifest : 'input' in patch ? patch.input : [],
      ),
    );
    expect(inText).toEqual(inJson);
    expect(inText).not.toEqual([]);
  });
});
