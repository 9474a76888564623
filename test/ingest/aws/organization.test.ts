import { describe, expect, it } from 'vitest';
import { readTrustText } from '../../../src/ingest/aws/trustText.ts';
import { complaints, readFiles } from '../read.ts';

const content = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'sts:*', Resource: '*' }] };
const policy = (type: string, more: object = {}): object => ({
  Policy: {
    PolicySummary: { Id: 'p-1', Arn: 'arn:aws:organizations::1:policy/o/p-1', Name: 'guard', Type: type },
    Content: JSON.stringify(content),
  },
  ...more,
});

describe('aws organizations describe-policy', () => {
  it.each([
    ['SERVICE_CONTROL_POLICY', 'serviceControlPolicy'],
    ['RESOURCE_CONTROL_POLICY', 'resourceControlPolicy'],
  ])('%s', (written, type) => {
    const { world, read, diagnostics } = readFiles({ 'scp.json': policy(written) });
    expect(diagnostics).toEqual([]);
    expect(read).toEqual([{ kind: 'aws organizations describe-policy', count: 1 }]);
    expect(world.organization).toMatchObject({
      policies: [
        { type, name: 'guard', document: { value: content, ref: { position: { file: 'scp.json' } } } },
      ],
    });
    expect(world.organization?.policies[0]?.target).toBeUndefined();
  });

  it('takes the target from beside the output', () => {
    const { world } = readFiles({ 'scp.json': policy('SERVICE_CONTROL_POLICY', { TargetId: 'ou-1' }) });
    expect(world.organization?.policies[0]?.target).toBe('ou-1');
  });

  it('says of a policy of another type that it limits no role', () => {
    const parsed = readFiles({ 'tags.json': policy('TAG_POLICY') });
    expect(complaints(parsed)).toEqual(['3 warning invalid-value Policy.PolicySummary']);
    expect(parsed.world.organization).toBeUndefined();
  });
});

describe('aws organizations describe-organization', () => {
  it('tells the management account', () => {
    const { world } = readFiles({
      'org.json': { Organization: { Id: 'o-1', MasterAccountId: '999988887777' } },
      'scp.json': policy('SERVICE_CONTROL_POLICY'),
    });
    expect(world.organization).toMatchObject({
      managementAccountId: '999988887777',
      policies: [{ name: 'guard' }],
    });
  });
});

describe('a trust policy that is read for itself', () => {
  const trust = { Version: '2012-10-17', Statement: [] };
  it.each<[string, object]>([
    ['alone', trust],
    ['in the output of get-role', { Role: { Arn: 'x', AssumeRolePolicyDocument: trust } }],
    [
      'in the output of get-role, encoded',
      { Role: { AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(trust)) } },
    ],
    ['in a wrapper', { RoleName: 'app', TrustPolicy: trust }],
  ])('%s', (_name, written) => {
    const { document, diagnostics } = readTrustText({ file: 'a.json', text: JSON.stringify(written) });
    expect(document?.value).toEqual(trust);
    expect(diagnostics).toEqual([]);
  });

  it.each([
    ['something else', '{"a": 1}', ['bad-document']],
    ['nothing', '', []],
    ['no JSON', '{', ['yaml-syntax']],
  ])('%s', (_name, text, codes) => {
    const { document, diagnostics } = readTrustText({ file: 'a.json', text });
    expect(document).toBeUndefined();
    expect(diagnostics.map(({ code }) => code)).toEqual(codes);
  });
});
