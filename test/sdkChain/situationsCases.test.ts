import { describe, expect, test } from 'vitest';
import type { FileContent } from '../../src/model/environment.ts';
import type { ImdsCall, Reply } from '../../src/model/exchange.ts';
import { situations, type Situation } from '../../src/sdkChain/situations.ts';
import { smallInput, type SmallWorld } from '../../src/sdkChain/smallWorld.ts';

/** What a chain meets in a world, in words. */
interface Met {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly files: Readonly<Record<string, string>>;
  readonly stsModule: 'shipped' | 'missing';
  readonly sts: string;
  readonly container: string;
  readonly imdsToken: string;
  readonly roleList: string;
  readonly roleListWithoutToken: string;
  readonly roleCredentials: string;
}

const tokenPath = '/var/run/secrets/token';
const tokenThere = { [tokenPath]: 'token' };

const inOrder: Omit<Met, 'variables'> = {
  files: tokenThere,
  stsModule: 'shipped',
  sts: 'irsa',
  container: 'podIdentity',
  imdsToken: 'token',
  roleList: 'role node',
  roleListWithoutToken: 'role node',
  roleCredentials: 'imds',
};

function meet(world: SmallWorld): Met {
  const { environment, exchange, moduleMissing } = smallInput(world);
  const roleArn = 'arn:aws:iam::111122223333:role/app';
  const imds = (call: ImdsCall, withToken: boolean): string =>
    inWords(exchange({ kind: 'imds', call, withToken }));
  return {
    variables: Object.fromEntries([...environment.variables].map(([name, { value }]) => [name, value])),
    files: Object.fromEntries([...environment.files].map(([path, content]) => [path, textOf(content)])),
    stsModule: moduleMissing() ? 'missing' : 'shipped',
    sts: inWords(
      exchange({
        kind: 'sts',
        action: 'AssumeRoleWithWebIdentity',
        roleArn,
        tokenFile: tokenPath,
        sessionName: 'app',
        endpoint: { kind: 'regional', region: 'eu-west-1' },
      }),
    ),
    container: inWords(exchange({ kind: 'container', url: 'http://169.254.170.23/v1/credentials' })),
    imdsToken: imds({ kind: 'token' }, false),
    roleList: imds({ kind: 'roleList' }, true),
    roleListWithoutToken: imds({ kind: 'roleList' }, false),
    roleCredentials: imds({ kind: 'roleCredentials', roleName: 'node' }, true),
  };
}

function textOf(content: FileContent): string {
  return content.kind === 'text' ? content.text : content.kind;
}

function inWords(reply: Reply): string {
  if (reply.kind === 'httpError') return [reply.status, reply.code ?? []].flat().join(' ');
  if (reply.kind !== 'ok') return reply.kind;
  switch (reply.body.kind) {
    case 'imdsToken':
      return 'token';
    case 'roleList':
      return `role ${reply.body.roleNames.join(', ') || 'none'}`;
    case 'credentials':
      return reply.body.credentials.mechanism;
    case 'text':
      return reply.body.text;
  }
}

const region = { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1' };
const roleArn = { AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/app' };
const tokenFile = { AWS_WEB_IDENTITY_TOKEN_FILE: tokenPath };
const irsa = { ...region, ...roleArn, ...tokenFile };
const podIdentity = {
  ...region,
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenPath,
};
const ecs = { ...region, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials' };

/** The id, the title, the variables, what is not in order, and what of it changes until a renewal. */
type Row = readonly [
  id: string,
  title: string,
  variables: Readonly<Record<string, string>>,
  broken?: Partial<Met>,
  atRenewal?: Partial<Met>,
];

const rows: readonly Row[] = [
  ['irsa.ok', 'IRSA in order', irsa],
  ['irsa.onlyRoleArn', 'only AWS_ROLE_ARN set', { ...region, ...roleArn }],
  ['irsa.onlyTokenFile', 'only AWS_WEB_IDENTITY_TOKEN_FILE set', { ...region, ...tokenFile }],
  ['irsa.noRegion', 'IRSA, no region set', { ...roleArn, ...tokenFile }],
  ['irsa.noModule', 'IRSA, STS module not shipped', irsa, { stsModule: 'missing' }],
  ['irsa.tokenMissing', 'IRSA, token file missing', irsa, { files: {} }],
  ['irsa.tokenUnreadable', 'IRSA, token file unreadable', irsa, { files: { [tokenPath]: 'unreadable' } }],
  [
    'irsa.tokenEmpty',
    'IRSA, token file empty',
    irsa,
    { files: { [tokenPath]: 'empty' }, sts: '400 ValidationError' },
  ],
  ['irsa.accessDenied', 'IRSA, STS: AccessDenied', irsa, { sts: '403 AccessDenied' }],
  ['irsa.invalidIdentityToken', 'IRSA, STS: InvalidIdentityToken', irsa, { sts: '400 InvalidIdentityToken' }],
  ['irsa.expiredToken', 'IRSA, STS: ExpiredTokenException', irsa, { sts: '400 ExpiredTokenException' }],
  [
    'irsa.idpCommunicationError',
    'IRSA, STS: IDPCommunicationError',
    irsa,
    { sts: '400 IDPCommunicationError' },
  ],
  ['irsa.500', 'IRSA, STS: 500', irsa, { sts: '500' }],
  ['irsa.timeout', 'IRSA, packets to STS dropped', irsa, { sts: 'timeout' }],
  ['irsa.refused', 'IRSA, connection to STS refused', irsa, { sts: 'refused' }],
  ['irsa.hang', 'IRSA, STS never answers', irsa, { sts: 'hang' }],
  ['podIdentity.ok', 'Pod Identity in order', podIdentity],
  ['podIdentity.tokenMissing', 'Pod Identity, token file missing', podIdentity, { files: {} }],
  ['podIdentity.404', 'Pod Identity agent: 404', podIdentity, { container: '404' }],
  ['podIdentity.500', 'Pod Identity agent: 500', podIdentity, { container: '500' }],
  ['podIdentity.refused', 'Pod Identity agent is down', podIdentity, { container: 'refused' }],
  ['podIdentity.timeout', 'packets to the Pod Identity agent dropped', podIdentity, { container: 'timeout' }],
  ['ecs.ok', 'relative container URI in order', ecs],
  ['ecs.500', 'relative container URI: 500', ecs, { container: '500' }],
  [
    'fullUri.foreignHost',
    'full container URI on a foreign host',
    { ...region, AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://10.0.0.1/' },
  ],
  ['imds.ok', 'metadata service in order', region],
  ['imds.tokensRequired', 'metadata requires tokens', region, { roleListWithoutToken: '401' }],
  ['imds.token400', 'metadata token: 400', region, { imdsToken: '400' }],
  ['imds.token403', 'metadata token: 403, as kube2iam', region, { imdsToken: '403' }],
  ['imds.token404', 'metadata token: 404', region, { imdsToken: '404' }],
  ['imds.token405', 'metadata token: 405', region, { imdsToken: '405' }],
  ['imds.token500', 'metadata token: 500', region, { imdsToken: '500' }],
  ['imds.tokenTimeout', 'metadata token lost: hop limit 1', region, { imdsToken: 'timeout' }],
  ['imds.tokenRefused', 'metadata token refused', region, { imdsToken: 'refused' }],
  ['imds.roleList404', 'metadata role list: 404', region, { roleList: '404', roleListWithoutToken: '404' }],
  [
    'imds.roleListEmpty',
    'metadata role list empty',
    region,
    { roleList: 'role none', roleListWithoutToken: 'role none' },
  ],
  ['imds.credentials403', 'metadata credentials: 403', region, { roleCredentials: '403' }],
  [
    'imds.credentials404',
    'metadata credentials: 404, as kube2iam',
    region,
    { imdsToken: '403', roleCredentials: '404' },
  ],
  ['imds.credentials500', 'metadata credentials: 500', region, { roleCredentials: '500' }],
  ['imds.disabled', 'AWS_EC2_METADATA_DISABLED=true', { ...region, AWS_EC2_METADATA_DISABLED: 'true' }],
  ['imds.disabled0', 'AWS_EC2_METADATA_DISABLED=0', { ...region, AWS_EC2_METADATA_DISABLED: '0' }],
  [
    'imds.v1Disabled',
    'AWS_EC2_METADATA_V1_DISABLED=true, token: 403',
    { ...region, AWS_EC2_METADATA_V1_DISABLED: 'true' },
    { imdsToken: '403' },
  ],
  [
    'keys+irsa',
    'static keys and IRSA',
    { ...irsa, AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' },
  ],
  ['halfKeys+irsa', 'AWS_ACCESS_KEY_ID alone and IRSA', { ...irsa, AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE' }],
  [
    'missingProfile+irsa',
    'AWS_PROFILE names none, and IRSA',
    { ...irsa, HOME: '/root', AWS_PROFILE: 'nosuch' },
  ],
  ['irsa+podIdentity', 'IRSA and Pod Identity', { ...irsa, ...podIdentity }],
  [
    'irsaRefused+podIdentity',
    'IRSA refused, Pod Identity in order',
    { ...irsa, ...podIdentity },
    { sts: '403 AccessDenied' },
  ],
  [
    'irsaRefused+podIdentityDown',
    'IRSA refused, Pod Identity agent down',
    { ...irsa, ...podIdentity },
    { sts: '403 AccessDenied', container: 'refused' },
  ],
  ['renewal.irsa', 'IRSA, STS: AccessDenied at renewal', irsa, {}, { sts: '403 AccessDenied' }],
  ['renewal.podIdentity', 'Pod Identity agent is down at renewal', podIdentity, {}, { container: 'refused' }],
  ['renewal.imds', 'metadata credentials: 500 at renewal', region, {}, { roleCredentials: '500' }],
  [
    'renewal.healed',
    'IRSA refused at first, admitted at renewal',
    irsa,
    { sts: '403 AccessDenied' },
    { sts: 'irsa' },
  ],
];

function situation(id: string): Situation {
  const found = situations.find((one) => one.id === id);
  if (!found) throw new Error(`there is no situation ${id}`);
  return found;
}

describe('what a chain meets in a situation, where all else is in order', () => {
  test.each(rows.map((row) => ({ id: row[0], row })))('$id', ({ row }) => {
    const [id, title, variables, broken, atRenewal] = row;
    const { world, ...stated } = situation(id);
    const met = { ...inOrder, variables, ...broken };
    expect(stated.title).toBe(title);
    expect(meet(world)).toStrictEqual(met);
    const later = stated.atRenewal && meet({ ...world, ...stated.atRenewal });
    expect(later).toStrictEqual(atRenewal && { ...met, ...atRenewal });
  });

  test('profile+irsa', () => {
    const { title, world, atRenewal } = situation('profile+irsa');
    const { variables, files, ...rest } = meet(world);
    expect(title).toBe('default profile with keys, and IRSA');
    expect(variables).toMatchObject(irsa);
    expect(Object.values(files)).toStrictEqual([
      '[default]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = secret\n',
      'token',
    ]);
    expect(Object.keys(files)[0]).toMatch(/\/\.aws\/credentials$/);
    expect({ ...rest, files: tokenThere }).toStrictEqual(inOrder);
    expect(atRenewal).toBeUndefined();
  });

  test('there are no others', () => {
    const ids = situations.map(({ id }) => id).toSorted();
    expect(ids).toEqual([...rows.map(([id]) => id), 'profile+irsa'].toSorted());
  });
});
