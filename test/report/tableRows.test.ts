import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import { world } from '../../src/model/builder.ts';
import type { World } from '../../src/model/world.ts';
import type { Overview } from '../../src/resolve/resolve.ts';
import { tableRows } from '../../src/report/tableRows.ts';
import { app, fault, none, nodeRole, outcome, overview, trust } from './answers.ts';

const byArn = (arn: string): string => arn.split('/').at(-1) ?? arn;
const rowsOf = (
  overviews: readonly Overview[],
  given: World = world().build(),
  findings: readonly Finding[] = [],
): ReturnType<typeof tableRows> => tableRows(given, overviews, byArn, findings);

/** A Deployment, its ReplicaSet, and pods of that, as an export from a cluster shows them. */
const exported: World = {
  ...world().build(),
  workloads: world()
    .workload('Deployment', 'pay/api')
    .workload('ReplicaSet', 'pay/api-5d9')
    .pod('pay/api-5d9-x')
    .pod('pay/api-5d9-y')
    .build()
    .workloads.map((workload) => {
      if (workload.kind === 'Pod') return { ...workload, owner: { kind: 'ReplicaSet', name: 'api-5d9' } };
      if (workload.kind === 'ReplicaSet') return { ...workload, owner: { kind: 'Deployment', name: 'api' } };
      return workload;
    }),
};

describe('tableRows', () => {
  it('sorts by namespace and name', () => {
    const rows = rowsOf(['b/x', 'a/z', 'a/y'].map((name) => overview(name, [outcome(app, 'irsa')])));
    expect(rows.map(({ namespace, workload }) => `${namespace}/${workload.name}`)).toEqual([
      'a/y',
      'a/z',
      'b/x',
    ]);
  });

  it('puts containers with the same answer into one row', () => {
    const rows = rowsOf([
      overview('pay/api', [outcome(app, 'irsa')]),
      overview('pay/api', [outcome(app, 'irsa')], { container: 'proxy' }),
    ]);
    expect(rows).toMatchObject([{ identity: 'app', via: 'IRSA', containers: [] }]);
  });

  it('names the containers when their answers differ', () => {
    const rows = rowsOf([
      overview('pay/api', [outcome(app, 'irsa')]),
      overview('pay/api', [outcome(none, 'none')], { container: 'proxy' }),
    ]);
    expect(rows.map(({ containers, identity }) => [containers, identity])).toEqual([
      [['app'], 'app'],
      [['proxy'], 'none'],
    ]);
  });

  it('counts the pods of a controller in its row', () => {
    const rows = rowsOf(
      [
        overview('pay/api', [outcome(app, 'irsa')]),
        overview('pay/api-5d9-x', [outcome(app, 'irsa')], { kind: 'Pod' }),
        overview('pay/api-5d9-y', [outcome(app, 'irsa')], { kind: 'Pod' }),
      ],
      exported,
    );
    expect(rows).toMatchObject([{ workload: { kind: 'Deployment', name: 'api' }, pods: 2 }]);
  });

  it('keeps a pod apart that gets something else than its controller promises', () => {
    const rows = rowsOf(
      [
        overview('pay/api', [outcome(app, 'irsa')]),
        overview('pay/api-5d9-x', [outcome(nodeRole, 'imds')], { kind: 'Pod' }),
      ],
      exported,
    );
    expect(rows.map(({ identity, pods }) => [identity, pods])).toEqual([
      ['app', 0],
      ['node role', 1],
    ]);
  });

  it('is settled whatever may break, and open when something is not known', () => {
    const broken = outcome(nodeRole, 'imds', [[fault('sts', ['timeout'], ['answers', 'timeout'])]]);
    const unknown = outcome(nodeRole, 'imds', [[trust('refuses')]]);
    const rows = rowsOf([
      overview('a/sound', [outcome(app, 'irsa'), broken]),
      overview('a/unsure', [outcome(app, 'irsa'), unknown]),
    ]);
    expect(rows.map(({ state }) => state)).toEqual(['settled', 'open']);
  });

  it.each([
    { severity: 'outage', state: 'wrong' },
    { severity: 'latent', state: 'settled' },
  ] as const)('takes a finding of severity $severity for $state', ({ severity, state }) => {
    const subject = overview('pay/api', [outcome(app, 'irsa')]);
    const answer = { ...subject, sdk: { family: 'php', basis: 'notStated' } as const };
    const finding: Finding = {
      rule: 'x',
      severity,
      at: subject.subject.at,
      message: 'm',
      advice: 'a',
      fixes: [],
      answers: [answer],
    };
    expect(rowsOf([subject], world().build(), [finding])).toMatchObject([{ state }]);
  });

  it('says what else it could be', () => {
    const rows = rowsOf([
      overview('pay/api', [
        outcome(app, 'irsa', [[trust('admits')]]),
        outcome(nodeRole, 'imds', [[trust('refuses')]]),
        outcome(none, 'none', [[trust('refuses', 'other')]]),
      ]),
    ]);
    expect(rows[0]?.but).toEqual([
      'node role via IMDS if the trust policy of app refuses',
      'no identity if the trust policy of other refuses',
    ]);
  });
});
