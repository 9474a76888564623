import { describe, expect, it } from 'vitest';
import { world } from '../../src/model/builder.ts';
import { cloudTrail, type AuditedCredentials, type CloudTrailView } from '../../src/services/cloudTrail.ts';

const arn = 'arn:aws:iam::111122223333:role/team/api';
const issuer = 'oidc.eks.eu-west-1.amazonaws.com/id/ABC';
const builder = world().cluster({ oidcIssuer: issuer }).role(arn);
const built = {
  ...builder.build(),
  roles: builder.build().roles.map((role) => ({ ...role, roleId: 'AROAIDPPEZS35WEXAMPLE' })),
};

function view(credentials: Partial<AuditedCredentials>, input = built): CloudTrailView {
  return cloudTrail(input, {
    identity: { kind: 'role', arn },
    mechanism: 'irsa',
    namespace: 'pay',
    serviceAccount: 'api',
    ...credentials,
  });
}

describe('what CloudTrail shows', () => {
  it.each<[AuditedCredentials['mechanism'], event: string | undefined, caller: string | undefined]>([
    ['irsa', 'AssumeRoleWithWebIdentity', 'WebIdentityUser'],
    ['podIdentity', 'AssumeRoleForPodIdentity', 'AssumedRole'],
    ['kube2iam', 'AssumeRole', 'AssumedRole'],
    ['imds', undefined, undefined],
  ])('%s: the event when credentials are handed out', (mechanism, event, caller) => {
    const { issued } = view({ mechanism });
    expect([issued?.eventName, issued?.callerType]).toEqual([event, caller]);
  });

  it('names the service account that traded its token, and the provider ever after', () => {
    const { issued, later } = view({ sessionName: 'api-1' });
    expect(issued?.caller).toBe('system:serviceaccount:pay:api');
    expect(later).toEqual({
      type: 'AssumedRole',
      principalId: 'AROAIDPPEZS35WEXAMPLE:api-1',
      arn: 'arn:aws:sts::111122223333:assumed-role/api/api-1',
      sessionIssuer: arn,
      federatedProvider: `arn:aws:iam::111122223333:oidc-provider/${issuer}`,
    });
  });

  it.each<[string, Partial<AuditedCredentials>, readonly string[]]>([
    [
      'a name that the SDK made up',
      { sessionName: 'botocore-session-<unix s>' },
      ['whichPod', 'meaninglessSessionName'],
    ],
    ['a name that somebody chose', { sessionName: 'payments-api' }, ['whichPod']],
    [
      'which pod, under kube2iam, whatever the name',
      { mechanism: 'kube2iam', sessionName: '1a2b3c-api' },
      ['whichPod', 'whichServiceAccount', 'meaninglessSessionName'],
    ],
    ['nothing, with Pod Identity', { mechanism: 'podIdentity' }, []],
    [
      'anything but the instance, by the metadata service',
      { mechanism: 'imds', sessionName: 'i-1' },
      ['noEventOfIssue', 'whichPod', 'whichServiceAccount'],
    ],
  ])('cannot show: %s', (_name, credentials, expected) => {
    expect(view(credentials).cannotShow).toEqual(expected);
  });

  it('shows session tags of Pod Identity unless they are switched off', () => {
    expect(view({ mechanism: 'podIdentity' }).later.principalTags).toContain('kubernetes-pod-name');
    const association = {
      ref: { kind: 'PodIdentityAssociation', name: 'api' },
      namespace: 'pay',
      serviceAccount: 'api',
      disableSessionTags: true,
    };
    const off = { ...built, podIdentityAssociations: [association] };
    expect(view({ mechanism: 'podIdentity' }, off).later.principalTags).toBeUndefined();
  });

  it('writes the shape of what is not known', () => {
    expect(
      view({ identity: { kind: 'role', arn: 'arn:aws:iam::111122223333:role/x' } }).later.principalId,
    ).toBe('AROA<unknown>:<session>');
    const node = { kind: 'unnamedRole', which: 'nodeRole', text: 'n1' } as const;
    expect(view({ identity: node, mechanism: 'imds', sessionName: 'i-1' }).later).toEqual({
      type: 'AssumedRole',
      principalId: 'AROA<unknown>:i-1',
    });
    expect(view({ identity: { kind: 'static' }, mechanism: 'env' }).later.type).toBe('IAMUser');
  });
});
