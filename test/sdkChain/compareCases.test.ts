import { describe, expect, test } from 'vitest';
import type { SdkFamily } from '../../src/model/sdk.ts';
import type { Mechanism } from '../../src/model/identity.ts';
import type { SdkBehaviour } from '../../src/sdkChain/behaviour.ts';
import { compareSdks, outcomeIn, type SituationOutcome } from '../../src/sdkChain/compare.ts';
import { sdkBehaviour } from '../../src/sdkChain/registry.ts';
import { situations } from '../../src/sdkChain/situations.ts';

const gets = (mechanism: Mechanism, ...passed: readonly string[]): SituationOutcome => ({
  kind: 'gets',
  mechanism,
  passed,
});
const stops = (provider: string, error: string, attempts = 1): SituationOutcome => ({
  kind: 'stops',
  provider,
  error,
  attempts,
});
const findsNothing = (error: string, ...passed: readonly string[]): SituationOutcome => ({
  kind: 'findsNothing',
  error,
  passed,
});
const servesOld = (mechanism: Mechanism): SituationOutcome => ({ kind: 'servesOld', mechanism });
const notKnown: SituationOutcome = { kind: 'notKnown' };

function newest(family: SdkFamily): SdkBehaviour {
  return sdkBehaviour({ family }).behaviour;
}

function outcome(sdk: SdkBehaviour, id: string): SituationOutcome {
  const situation = situations.find((one) => one.id === id);
  if (!situation) throw new Error(`there is no situation ${id}`);
  return outcomeIn(sdk, situation);
}

const goNoRole = 'failed to refresh cached credentials, no EC2 IMDS role found';
const goNoContainer = 'failed to refresh cached credentials, failed to load credentials';
const goRefresh = (code: string): string => `failed to refresh cached credentials, ${code}`;
const noneInJs3 = 'Could not load credentials from any providers';
const noneInJs2 = `CredentialsError: ${noneInJs3}`;
const noneInJava = 'Unable to load credentials from any of the providers in the chain';

describe('Go 2 takes what is configured, or stops', () => {
  test.each<[string, SituationOutcome]>([
    ['irsa.ok', gets('irsa')],
    ['irsa.onlyRoleArn', gets('imds')],
    ['irsa.onlyTokenFile', stops('webIdentity', 'role ARN is not set')],
    ['irsa.noRegion', stops('webIdentity', 'failed to resolve service endpoint')],
    ['irsa.tokenMissing', stops('webIdentity', goRefresh('failed to retrieve jwt from provide source'))],
    ['irsa.tokenUnreadable', stops('webIdentity', goRefresh('failed to retrieve jwt from provide source'))],
    ['irsa.tokenEmpty', stops('webIdentity', goRefresh('ValidationError'))],
    ['irsa.accessDenied', stops('webIdentity', goRefresh('AccessDenied'))],
    ['irsa.invalidIdentityToken', stops('webIdentity', goRefresh('InvalidIdentityToken'), 3)],
    ['irsa.expiredToken', stops('webIdentity', goRefresh('ExpiredTokenException'))],
    ['irsa.idpCommunicationError', stops('webIdentity', goRefresh('IDPCommunicationError'))],
    ['irsa.500', stops('webIdentity', goRefresh('HTTP 500'), 3)],
    ['irsa.timeout', stops('webIdentity', goRefresh('timeout'), 3)],
    ['irsa.refused', stops('webIdentity', goRefresh('refused'), 3)],
    ['irsa.hang', stops('webIdentity', 'no answer, and no time-out')],
    ['podIdentity.ok', gets('podIdentity')],
    ['podIdentity.tokenMissing', stops('container', goRefresh('failed to read authorization token'))],
    ['podIdentity.404', stops('container', goNoContainer)],
    ['podIdentity.500', stops('container', goNoContainer, 3)],
    ['podIdentity.refused', stops('container', goNoContainer, 3)],
    [
      'fullUri.foreignHost',
      stops('container', 'invalid endpoint host, only loopback/ecs/eks hosts are allowed'),
    ],
    ['imds.ok', gets('imds')],
    ['imds.tokensRequired', gets('imds')],
    ['imds.token400', stops('imds', goNoRole)],
    ['imds.token403', gets('imds')],
    ['imds.token500', gets('imds')],
    ['imds.tokenTimeout', gets('imds')],
    ['imds.roleList404', stops('imds', goNoRole)],
    ['imds.credentials403', stops('imds', goNoRole)],
    ['imds.credentials404', stops('imds', goNoRole)],
    ['imds.credentials500', stops('imds', goNoRole, 3)],
    ['imds.disabled', findsNothing(goNoRole, 'imds')],
    ['imds.disabled0', gets('imds')],
    ['keys+irsa', gets('env')],
    ['halfKeys+irsa', gets('irsa')],
    ['missingProfile+irsa', stops('sharedConfig', 'failed to get shared config profile')],
    ['irsa+podIdentity', gets('irsa')],
    ['irsaRefused+podIdentity', stops('webIdentity', goRefresh('AccessDenied'))],
    ['renewal.irsa', stops('webIdentity', goRefresh('AccessDenied'))],
    ['renewal.podIdentity', stops('container', goNoContainer, 3)],
    ['renewal.imds', servesOld('imds')],
    ['renewal.healed', gets('irsa')],
  ])('%s', (id, expected) => expect(outcome(newest('go-v2'), id)).toStrictEqual(expected));
});

describe('Java 2 goes on, and stays with what it got', () => {
  test.each<[string, SituationOutcome]>([
    ['irsa.ok', gets('irsa')],
    ['irsa.onlyRoleArn', gets('imds')],
    ['irsa.onlyTokenFile', gets('imds')],
    ['irsa.noModule', gets('imds', 'webIdentity')],
    ['irsa.tokenMissing', gets('imds', 'webIdentity')],
    ['irsa.tokenEmpty', gets('imds', 'webIdentity')],
    ['irsa.accessDenied', gets('imds', 'webIdentity')],
    ['irsa.500', gets('imds', 'webIdentity')],
    ['irsa.hang', gets('imds', 'webIdentity')],
    ['podIdentity.tokenMissing', gets('imds', 'container')],
    ['podIdentity.timeout', gets('imds', 'container')],
    ['ecs.ok', gets('podIdentity')],
    ['ecs.500', gets('imds', 'container')],
    ['fullUri.foreignHost', gets('imds', 'container')],
    ['imds.token400', findsNothing(noneInJava, 'imds')],
    ['imds.token405', gets('imds')],
    ['imds.roleListEmpty', findsNothing(noneInJava, 'imds')],
    ['imds.credentials500', findsNothing(noneInJava, 'imds')],
    ['imds.disabled', findsNothing(noneInJava, 'imds')],
    ['imds.v1Disabled', findsNothing(noneInJava, 'imds')],
    ['irsa+podIdentity', gets('irsa')],
    ['irsaRefused+podIdentity', gets('podIdentity', 'webIdentity')],
    ['irsaRefused+podIdentityDown', gets('imds', 'webIdentity', 'container')],
    ['renewal.irsa', stops('webIdentity', 'AccessDenied')],
    ['renewal.podIdentity', stops('container', 'refused', 6)],
    ['renewal.imds', servesOld('imds')],
    ['renewal.healed', gets('imds')],
  ])('%s', (id, expected) => expect(outcome(newest('java-v2'), id)).toStrictEqual(expected));
});

describe('other SDKs, where they are peculiar', () => {
  const jsHost = 'the URL is not a valid container metadata service hostname';
  test.each<[SdkFamily, string, SituationOutcome]>([
    ['botocore', 'irsa.onlyTokenFile', stops('webIdentity', 'InvalidConfigError')],
    ['botocore', 'irsa.tokenMissing', stops('webIdentity', 'FileNotFoundError')],
    ['botocore', 'irsa.tokenEmpty', stops('webIdentity', 'ParamValidationError')],
    ['botocore', 'irsa.idpCommunicationError', stops('webIdentity', 'IDPCommunicationError', 5)],
    ['botocore', 'irsa.timeout', stops('webIdentity', 'ConnectTimeoutError', 5)],
    ['botocore', 'irsa.refused', stops('webIdentity', 'EndpointConnectionError', 5)],
    ['botocore', 'irsa.hang', stops('webIdentity', 'ReadTimeoutError', 5)],
    ['botocore', 'podIdentity.404', stops('container', 'CredentialRetrievalError', 3)],
    ['botocore', 'ecs.500', stops('container', 'CredentialRetrievalError', 3)],
    ['botocore', 'fullUri.foreignHost', stops('container', 'ValueError')],
    ['botocore', 'imds.roleListEmpty', findsNothing('NoCredentialsError', 'imds')],
    ['botocore', 'halfKeys+irsa', stops('environment', 'PartialCredentialsError')],
    ['botocore', 'missingProfile+irsa', stops('namedProfile', 'ProfileNotFound')],
    ['js-v2', 'irsa.accessDenied', gets('imds', 'webIdentity')],
    ['js-v2', 'imds.token500', findsNothing(noneInJs2, 'imds')],
    ['js-v2', 'irsa+podIdentity', gets('podIdentity')],
    ['js-v2', 'irsaRefused+podIdentityDown', gets('imds', 'container', 'webIdentity')],
    ['js-v2', 'renewal.healed', gets('imds')],
    ['js-v3', 'irsa.tokenMissing', stops('webIdentity', 'ENOENT: no such file or directory')],
    ['js-v3', 'irsa.invalidIdentityToken', stops('webIdentity', 'InvalidIdentityToken')],
    ['js-v3', 'irsa.idpCommunicationError', stops('webIdentity', 'IDPCommunicationError', 3)],
    ['js-v3', 'podIdentity.404', stops('container', jsHost, 4)],
    ['js-v3', 'imds.disabled0', findsNothing(noneInJs3, 'imds')],
    ['js-v3', 'missingProfile+irsa', gets('irsa', 'profile')],
    ['js-v3', 'renewal.imds', findsNothing(noneInJs3, 'imds')],
    ['kotlin', 'renewal.irsa', gets('imds', 'webIdentity')],
    ['kotlin', 'renewal.podIdentity', gets('imds', 'container')],
    ['rust', 'irsa.accessDenied', stops('webIdentity', 'AccessDenied')],
    ['rust', 'imds.token500', stops('imds', 'failed to load IMDS session token', 4)],
    ['rust', 'imds.tokenRefused', findsNothing('no providers in chain provided credentials', 'imds')],
    ['rust', 'renewal.imds', servesOld('imds')],
    ['dotnet-v3', 'irsa.noModule', stops('webIdentity', 'AWSSDK.SecurityToken could not be found')],
    ['dotnet-v3', 'keys+irsa', gets('irsa')],
    ['dotnet-v3', 'renewal.irsa', notKnown],
  ])('%s: %s', (family, id, expected) => expect(outcome(newest(family), id)).toStrictEqual(expected));
});

describe('two SDKs side by side', () => {
  const differsIn = (
    id: string,
    title: string,
    first: SituationOutcome,
    second: SituationOutcome,
  ): ReturnType<typeof compareSdks>['differences'][number] => ({ situation: { id, title }, first, second });
  const count = situations.length;

  test('Go 1 and Go 2: a region, a profile that is not there, and old credentials tell them apart', () => {
    const noProfile = stops('sharedConfig', 'failed to get shared config profile');
    const noProviders = stops('imds', 'NoCredentialProviders: no valid providers in chain', 3);
    expect(compareSdks(newest('go-v1'), newest('go-v2'))).toStrictEqual({
      differences: [
        differsIn(
          'irsa.noRegion',
          'IRSA, no region set',
          gets('irsa'),
          stops('webIdentity', 'failed to resolve service endpoint'),
        ),
        differsIn('missingProfile+irsa', 'AWS_PROFILE names none, and IRSA', gets('irsa'), noProfile),
        differsIn('renewal.imds', 'metadata credentials: 500 at renewal', noProviders, servesOld('imds')),
      ],
      alike: count - 3,
    });
  });

  test('.NET 3 and .NET 4: an unknown end is like no other, and the order of keys and IRSA differs', () => {
    expect(compareSdks(newest('dotnet-v3'), newest('dotnet-v4'))).toStrictEqual({
      differences: [
        differsIn('keys+irsa', 'static keys and IRSA', gets('irsa'), gets('env')),
        differsIn(
          'renewal.irsa',
          'IRSA, STS: AccessDenied at renewal',
          notKnown,
          stops('webIdentity', 'AccessDenied'),
        ),
      ],
      alike: count - 2,
    });
  });

  test('JavaScript 2 and 3: to stop and to try everything in vain is alike', () => {
    const { differences, alike } = compareSdks(newest('js-v2'), newest('js-v3'));
    expect(differences.map(({ situation }) => situation.id)).toEqual([
      ...['tokenMissing', 'tokenUnreadable', 'tokenEmpty', 'accessDenied'].map((id) => `irsa.${id}`),
      ...['invalidIdentityToken', 'expiredToken', 'idpCommunicationError'].map((id) => `irsa.${id}`),
      ...['500', 'timeout', 'refused', 'hang'].map((id) => `irsa.${id}`),
      ...['404', '500', 'refused', 'timeout'].map((id) => `podIdentity.${id}`),
      'ecs.500',
      'fullUri.foreignHost',
      'imds.token500',
      'irsa+podIdentity',
      'irsaRefused+podIdentity',
      'irsaRefused+podIdentityDown',
      'renewal.healed',
    ]);
    expect(alike).toBe(count - 22);
  });

  test('Go 2 and botocore: both get nothing from a metadata service that fails, in whichever way', () => {
    const { differences, alike } = compareSdks(newest('botocore'), newest('go-v2'));
    const ids = ['irsa.noRegion', 'halfKeys+irsa', 'renewal.imds'];
    expect(differences.map(({ situation }) => situation.id)).toEqual(ids);
    expect(alike).toBe(count - 3);
  });

  test('an SDK and itself are alike in everything', () => {
    const sdk = newest('php');
    expect(compareSdks(sdk, sdk)).toStrictEqual({ differences: [], alike: count });
  });

  test('old credentials that serve on and those that are held beyond their end count alike', () => {
    const go = newest('go-v2');
    const stretched = { belowSeconds: 7200, heldSeconds: 7200 };
    const source = 'aws/aws-sdk-go-v2:feature/ec2/imds';
    const holding = { of: ['imds'], mustFromSeconds: 0, stretched, source, strength: 'source' } as const;
    const patient: SdkBehaviour = {
      ...go,
      refresh: { ...go.refresh, renewals: [holding, ...go.refresh.renewals] },
    };
    expect(outcome(patient, 'renewal.imds')).toStrictEqual(gets('imds'));
    expect(outcome(go, 'renewal.imds')).toStrictEqual(servesOld('imds'));
    expect(compareSdks(go, patient)).toStrictEqual({ differences: [], alike: count });
  });
});
