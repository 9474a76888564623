import { imdsGetFailures, type ImdsGetFailure } from '../imdsProvider.ts';
import {
  profileFailures,
  type ProfileLookup,
  type ProfileProvider,
  type SdkEntry,
  type WebIdentityProvider,
} from '../entry.ts';
import { type Evidence, type Rule, type VersionRange } from '../providerRow.ts';
import { everyKind } from './everyKind.ts';
import { withImdsV2Since } from './imdsV2Since.ts';
import { neverAnswers } from './neverAnswers.ts';
import { noAnswer } from './noAnswer.ts';
import { recordedIn } from './recordedIn.ts';

const seen = recordedIn('js-v2');
const refreshRecordings = 'conformance/sdk/recordings/js-v2';
const recordings = 'conformance/sdk/measured.json (2.1693.0)';
const chain: Evidence = {
  source: `aws/aws-sdk-js:lib/node_loader.js, lib/credentials/credential_provider_chain.js; ${recordings}`,
  strength: 'recorded',
};
const webIdentity: Evidence = {
  source: `aws/aws-sdk-js:lib/credentials/token_file_web_identity_credentials.js; ${recordings}`,
  strength: 'recorded',
};
const container: Evidence = {
  source: `aws/aws-sdk-js:lib/credentials/remote_credentials.js; ${recordings}`,
  strength: 'recorded',
};
const imds: Evidence = {
  source: `aws/aws-sdk-js:lib/metadata_service.js; ${recordings}`,
  strength: 'recorded',
};

/** Only the last link's error is shown, whatever went before. */
const exhausted = 'CredentialsError: Could not load credentials from any providers';

const files: Evidence = {
  source: 'aws/aws-sdk-js:lib/util.js, `getProfilesFromSharedConfig`',
  strength: 'source',
};

const lookup: ProfileLookup = {
  files: ['credentials', 'config'],
  configNeeds: 'AWS_SDK_LOAD_CONFIG',
  mustExist: ['config'],
  credentialsPathNeeds: 'AWS_SDK_LOAD_CONFIG',
  nameFrom: ['AWS_PROFILE'],
};

/** Until 2.775.0 (commit 7d4dd548f) a missing credentials file was an error as well. */
const lookups: readonly (VersionRange & { readonly lookup: ProfileLookup })[] = [
  { until: '2.775.0', lookup: { ...lookup, mustExist: ['credentials', 'config'] } },
  { since: '2.775.0', lookup },
];

function profile(id: string, takes: ProfileProvider['takes']): readonly ProfileProvider[] {
  return lookups.map((row) => profileRow(row, id, takes));
}

function profileRow(
  row: (typeof lookups)[number],
  id: string,
  takes: ProfileProvider['takes'],
): ProfileProvider {
  return {
    ...row,
    kind: 'profile',
    id,
    takes,
    rules: [{ on: profileFailures, next: 'continue', error: exhausted, ...chain }],
    ...seen(files),
  };
}

/** What holds of web identity in every version. */
const irsa: WebIdentityProvider = {
  kind: 'webIdentity',
  id: 'webIdentity',
  values: 'pairThenProfile',
  setWhen: 'nonEmpty',
  rules: [
    { on: ['roleMissing'], next: 'continue', error: '', ...webIdentity },
    { on: ['tokenMissing', 'tokenUnreadable'], next: 'continue', error: exhausted, ...seen(webIdentity) },
    { on: ['tokenEmpty'], next: 'send', error: '', ...webIdentity },
    // The code that is retried is `IDPCommunicationErrorException`; STS sends it without the ending.
    {
      on: ['accessDenied', 'expiredToken', 'idpCommunicationError', 'clientError'],
      next: 'continue',
      error: '{code}',
      ...webIdentity,
    },
    {
      on: ['invalidIdentityToken', 'serverError', ...noAnswer],
      attempts: 4,
      next: 'continue',
      error: '{code}',
      ...webIdentity,
    },
  ],
  ...webIdentity,
};

const webIdentityProviders: readonly WebIdentityProvider[] = lookups.map((row) => ({
  since: '2.518.0', // 2.517.0 reads AWS_IAM_ROLE_ARN; the EKS user guide says 2.525.0
  ...row,
  ...irsa,
}));

const get: readonly Rule<ImdsGetFailure>[] = [
  { on: ['serverError', ...noAnswer], attempts: 4, next: 'continue', error: exhausted, ...imds },
  { on: imdsGetFailures, next: 'continue', error: exhausted, ...imds },
];

/**
 * What the JavaScript SDK 2 does: every error leads to the next link, and the container endpoint stands
 * before web identity.
 *
 * @source aws/aws-sdk-js:lib/node_loader.js; conformance/sdk/measured.json
 */
export const jsV2: SdkEntry = {
  family: 'js-v2',
  title: 'AWS SDK for JavaScript 2 (Node.js)',
  versionMeans: 'the version of the package aws-sdk',
  oldestKnown: '2.0.0',
  newestKnown: '2.1693.0',
  shape: 'anyErrorContinues',
  ...seen(chain),
  providers: [
    {
      kind: 'environmentKeys',
      id: 'environment',
      accessKeyId: ['AWS_ACCESS_KEY_ID'],
      secretAccessKey: ['AWS_SECRET_ACCESS_KEY'],
      setWhen: 'nonEmpty',
      names: 'firstSet',
      ...chain,
    },
    {
      kind: 'environmentKeys',
      id: 'environmentAmazon',
      accessKeyId: ['AMAZON_ACCESS_KEY_ID'],
      secretAccessKey: ['AMAZON_SECRET_ACCESS_KEY'],
      setWhen: 'nonEmpty',
      names: 'firstSet',
      ...chain,
    },
    profileRow({ since: '2.1093.0', lookup }, 'ssoProfile', ['sso']), // commit 7888e6fa7
    ...profile('sharedIni', ['sourceProfile', 'static']),
    {
      kind: 'container',
      id: 'container',
      uriSetWhen: 'nonEmpty',
      bothSet: 'relative',
      hosts: [
        { until: '2.1550.0', value: ['localhost', '127.0.0.1'] },
        { since: '2.1550.0', value: ['localhost', '127.0.0.1', '169.254.170.23'] },
      ],
      tokenFileSince: '2.1550.0',
      tokenFirst: 'variable',
      tokenWithRelativeUri: 'sent',
      rules: [
        {
          on: ['hostNotAllowed', 'clientError', 'refused'],
          next: 'continue',
          error: exhausted,
          ...container,
        },
        {
          on: ['serverError', 'timeout', 'hang'],
          attempts: 4,
          next: 'continue',
          error: exhausted,
          ...container,
        },
        // The file is read outside of any `try`: the error is thrown out of the call.
        {
          on: ['tokenMissing', 'tokenUnreadable'],
          next: 'stop',
          error: 'uncaught ENOENT',
          ...seen(container),
        },
        { on: ['tokenEmpty'], next: 'sendWithout', error: '', ...seen(container) },
        { on: ['tokenMalformed'], next: 'stop', error: 'uncaught ERR_INVALID_CHAR', ...seen(container) },
      ],
      ...container,
    },
    ...profile('process', ['process']),
    ...webIdentityProviders,
    ...withImdsV2Since('2.575.0', {
      kind: 'imds',
      id: 'imds',
      disabledWhen: 'nonEmpty',
      protocol: 'v2ThenV1',
      v1SwitchSince: '2.1488.0',
      token: [
        {
          on: ['unauthorized', 'forbidden', 'notFound', 'methodNotAllowed'],
          next: 'v1',
          error: '',
          ...seen(imds),
        },
        { on: ['badRequest'], next: 'continue', error: exhausted, ...imds },
        { on: ['serverError'], attempts: 4, next: 'continue', error: exhausted, ...imds },
        { on: ['timeout', 'hang', 'refused'], attempts: 4, next: 'v1', error: '', ...imds },
      ],
      roleList: get,
      roleCredentials: [
        // No JSON is an error; JSON that says something else is waited on for ever.
        { on: ['malformed'], next: 'continue', error: exhausted, ...seen(imds) },
        { on: ['empty'], next: 'stop', error: neverAnswers, ...seen(imds) },
        ...get,
      ],
      ...imds,
    }),
  ],
  sts: {
    regionFrom: ['AWS_REGION', 'AMAZON_REGION'],
    endpoints: [{ value: 'legacy' }],
    setting: 'honoured',
    settingSince: '2.525.0', // commit 6b25f2644
    withoutRegion: 'global',
    sessionName: 'token-file-web-identity',
    attempts: 4,
    ...seen(webIdentity),
  },
  refresh: {
    chain: 'pinned',
    renewals: [
      {
        of: everyKind,
        mustFromSeconds: 15,
        source: `aws/aws-sdk-js:lib/credentials.js:88; ${refreshRecordings}`,
        strength: 'recorded',
      },
    ],
    source: `aws/aws-sdk-js:lib/credentials/credential_provider_chain.js; ${refreshRecordings}`,
    strength: 'recorded',
  },
  exhausted,
};
