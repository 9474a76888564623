import { describe, expect, it } from 'vitest';
import { policyComplaints } from '../../src/findings/policyComplaints.ts';
import { parseInput } from '../../src/ingest/parse.ts';
import { world } from '../../src/model/builder.ts';

const app = 'arn:aws:iam::111122223333:role/app';
const good = { Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' } };
const bad = { Statement: { Effect: 'allow', Action: 'sts:AssumeRole', Resource: '*' } };

describe('complaints about policies', () => {
  it.each([
    ['a trust policy', world().role(app, { trust: bad }), 'TrustPolicy'],
    ['an identity policy', world().role(app, { policies: [good, bad] }), 'Policy'],
    ['a boundary', world().role(app, { boundary: bad }), 'Policy'],
    [
      'a policy of the organization',
      world().organization({ serviceControlPolicies: [bad] }),
      'OrganizationPolicy',
    ],
  ])('%s', (_name, builder, kind) => {
    const found = policyComplaints(builder.build()).filter(({ code }) => code === 'effect-invalid');
    expect(found).toMatchObject([{ severity: 'error', field: 'Statement.Effect', object: { kind } }]);
  });

  it('tells of a managed policy once, however many roles have it', () => {
    const { roles } = world()
      .role(app, { policies: [bad] })
      .build();
    const twice = { ...world().build(), roles: [...roles, ...roles] };
    expect(policyComplaints(twice)).toHaveLength(1);
  });

  it('points at the line of the file', () => {
    const text = JSON.stringify(
      {
        Role: {
          Arn: app,
          AssumeRolePolicyDocument: {
            Statement: [{ Effect: 'allow', Principal: '*', Action: 'sts:AssumeRole' }],
          },
        },
      },
      undefined,
      2,
    );
    const { world: read, diagnostics } = parseInput([{ file: 'role.json', text }]);
    expect(diagnostics).toEqual([]);
    expect(policyComplaints(read)).toMatchObject([
      { code: 'effect-invalid', field: 'Statement[0].Effect', position: { file: 'role.json', line: 7 } },
    ]);
  });

  it('says nothing of what IAM stores', () => {
    const trust = { Statement: { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' } };
    expect(
      policyComplaints(
        world()
          .role(app, { trust, policies: [good] })
          .build(),
      ),
    ).toEqual([]);
  });
});
