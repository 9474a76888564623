import type { FileContent } from '../../src/model/environment.ts';
import type { Reply } from '../../src/model/exchange.ts';
import type { ResolvedProvider, SdkBehaviour } from '../../src/sdkChain/behaviour.ts';
import { isProfileFile, parseProfileFile } from '../../src/sdkChain/profileFile.ts';
import { planProfile } from '../../src/sdkChain/profilePlan.ts';
import type { ChainInput } from '../../src/sdkChain/run.ts';

type Outcome = 'credentials' | 'continue' | 'stop';

/**
 * Says the idea of a default chain again, as a loop: try each provider; a soft error leads to the next,
 * any other ends it. It reads the same catalogue and shares nothing else with the statechart but the
 * reading of profile files.
 *
 * @returns who had the last word, as `imds: credentials`, `webIdentity: stop` or `exhausted`
 */
export function oracleChain(sdk: SdkBehaviour, input: ChainInput): string {
  for (const provider of sdk.providers) {
    const outcome = attempt(provider, sdk, input);
    if (outcome !== 'continue') return `${provider.id}: ${outcome}`;
  }
  return 'exhausted';
}

function attempt(provider: ResolvedProvider, sdk: SdkBehaviour, input: ChainInput): Outcome {
  switch (provider.kind) {
    case 'environmentKeys':
      return keys(provider, input);
    case 'profileGate':
      return gate(provider, input);
    case 'profile':
      return profile(provider, sdk, input);
    case 'webIdentity':
      return webIdentity(provider, sdk, input);
    case 'container':
      return container(provider, input);
    case 'imds':
      return imds(provider, input);
  }
}

type Of<Kind extends ResolvedProvider['kind']> = Extract<ResolvedProvider, { kind: Kind }>;
interface AnyRule {
  readonly on: readonly string[];
  readonly next: string;
}

function after(rules: readonly AnyRule[], failure: string): string {
  return rules.find(({ on }) => on.includes(failure))?.next ?? 'no rule';
}

function end(next: string): Outcome {
  return next === 'stop' ? 'stop' : 'continue';
}

function text(input: ChainInput, name: string): string | undefined {
  const variable = input.environment.variables.get(name);
  return variable && (variable.value ?? 'hidden');
}

function isOn(value: string | undefined, when: string): boolean {
  if (value === undefined || when === 'present') return value !== undefined;
  if (when === 'nonBlank') return value.trim() !== '';
  return value !== '' && !(when === 'truthy' && value === '0');
}

function keys(provider: Of<'environmentKeys'>, input: ChainInput): Outcome {
  if (provider.skippedWhenSet?.some((name) => isOn(text(input, name), 'nonEmpty'))) return 'continue';
  const has = (names: readonly string[]): boolean => {
    const present = names.map((name) => text(input, name)).filter((value) => value !== undefined);
    const candidates = provider.names === 'firstPresent' ? present.slice(0, 1) : present;
    return candidates.some((value) => isOn(value, provider.setWhen));
  };
  if (has(provider.accessKeyId) && has(provider.secretAccessKey)) return 'credentials';
  return has(provider.accessKeyId) && provider.halfPair ? end(provider.halfPair.next) : 'continue';
}

type Keys = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Profiles of `/home/app/.aws`, where the worlds of the tests keep them. */
function profiles(
  { lookup }: Of<'profile' | 'profileGate'> | { lookup: Of<'profile'>['lookup'] },
  input: ChainInput,
): {
  readonly all: Keys;
  readonly name: string;
  readonly named: boolean;
  readonly hidden: boolean;
  readonly unparsable: boolean;
} {
  const name = lookup.nameFrom.map((variable) => text(input, variable)).find(Boolean);
  const all = new Map<string, ReadonlyMap<string, string>>();
  let hidden = false;
  let unparsable = false;
  const chosen = { name: name ?? 'default', named: name !== undefined };
  for (const file of ['config', 'credentials'] as const) {
    const content: FileContent | undefined = input.environment.files.get(`/home/app/.aws/${file}`);
    const off = file === 'config' && lookup.configNeeds !== undefined && !text(input, lookup.configNeeds);
    if (!lookup.files.includes(file) || off) continue;
    if (!content && lookup.mustExist?.includes(file)) {
      return { all: new Map(), ...chosen, hidden: false, unparsable: false };
    }
    if (!content) continue;
    hidden ||= content.kind === 'hidden';
    unparsable ||= content.kind === 'text' && !isProfileFile(content.text);
    const found = parseProfileFile(content.kind === 'text' ? content.text : '', file);
    for (const [profileName, more] of found) {
      all.set(profileName, new Map([...(all.get(profileName) ?? []), ...more]));
    }
  }
  return { all, ...chosen, hidden, unparsable };
}

function gate(provider: Of<'profileGate'>, input: ChainInput): Outcome {
  const { all, name, named, hidden, unparsable } = profiles(provider, input);
  const half = all.get(name)?.get('aws_access_key_id') && !all.get(name)?.get('aws_secret_access_key');
  const faults = {
    unparsable,
    halfPair: Boolean(half),
    profileMissing: named && !hidden && !all.has(name),
  };
  const fault = Object.entries(faults).find(
    ([failure, there]) => there && after(provider.rules, failure) !== 'no rule',
  );
  return fault ? end(after(provider.rules, fault[0])) : 'continue';
}

function profile(provider: Of<'profile'>, sdk: SdkBehaviour, input: ChainInput): Outcome {
  const { all, name, named, hidden } = profiles(provider, input);
  const plan = planProfile(all, name, provider);
  const empty = plan.kind === 'nothing' || plan.kind === 'profileMissing';
  const usesKeys = provider.takes.some((take) => take.startsWith('static'));
  if (empty && hidden && usesKeys) return 'credentials';
  const fails = (failure: string): Outcome => end(after(provider.rules, failure));
  const minds = (failure: string): boolean => after(provider.rules, failure) !== 'no rule';
  if (plan.kind === 'nothing' && named && minds('nothingInNamed')) return fails('nothingInNamed');
  if (plan.kind === 'nothing' || (plan.kind === 'profileMissing' && !named)) return 'continue';
  if (provider.unusable?.some((source) => source === plan.kind)) return fails('unusable');
  if (!('roles' in plan)) return fails(plan.kind === 'sso' ? 'ssoUnavailable' : plan.kind);
  if (plan.kind === 'webIdentity') {
    const row = sdk.providers.find(({ kind }) => kind === 'webIdentity');
    const works = row?.kind === 'webIdentity' && assume(row, sdk, input, plan) === 'credentials';
    if (!works) return fails('sourceFailed');
  }
  if (plan.kind === 'credentialSource' && !sourceWorks(plan.name, sdk, input)) return fails('sourceFailed');
  return plan.roles.every(() => assumeRole(input).kind === 'ok') ? 'credentials' : fails('roleRefused');
}

function assumeRole(input: ChainInput): Reply {
  const identity = { kind: 'static' } as const;
  return input.exchange({
    kind: 'sts',
    action: 'AssumeRole',
    roleArn: 'any',
    source: { identity, mechanism: 'env' },
    sessionName: 'any',
    endpoint: { kind: 'global' },
  });
}

function sourceWorks(name: string, sdk: SdkBehaviour, input: ChainInput): boolean {
  if (name === 'Environment') {
    return ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].every((variable) => text(input, variable));
  }
  const kind = name === 'EcsContainer' ? 'container' : 'imds';
  return sdk.providers.some((row) => row.kind === kind && attempt(row, sdk, input) === 'credentials');
}

function webIdentity(provider: Of<'webIdentity'>, sdk: SdkBehaviour, input: ChainInput): Outcome {
  if (provider.values === 'profileAlone') return 'continue';
  if (provider.skippedWhenSet?.some((name) => isOn(text(input, name), 'nonEmpty'))) return 'continue';
  const set = (name: string): string | undefined =>
    isOn(text(input, name), provider.setWhen) ? text(input, name) : undefined;
  const env = { roleArn: set('AWS_ROLE_ARN'), tokenFile: set('AWS_WEB_IDENTITY_TOKEN_FILE') };
  const found = provider.lookup ? profiles({ lookup: provider.lookup }, input) : undefined;
  const inFile = found?.all.get(found.name);
  const file = {
    roleArn: inFile?.get('role_arn') || undefined,
    tokenFile: inFile?.get('web_identity_token_file') || undefined,
  };
  const envPair = env.roleArn !== undefined && env.tokenFile !== undefined;
  const filePair = file.roleArn !== undefined && file.tokenFile !== undefined;
  const chosen = {
    environment: env,
    pairThenProfile: envPair || !filePair ? env : file,
    eachThenProfile: {
      roleArn: env.roleArn ?? file.roleArn,
      tokenFile: env.tokenFile ?? file.tokenFile,
    },
  }[provider.values];
  if (chosen.tokenFile === undefined) {
    const alone = chosen.roleArn === undefined ? undefined : 'tokenFileUnset';
    return alone && after(provider.rules, alone) === 'stop' ? 'stop' : 'continue';
  }
  if (chosen.roleArn === undefined) return end(after(provider.rules, 'roleMissing'));
  return assume(provider, sdk, input, { roleArn: chosen.roleArn, tokenFile: chosen.tokenFile });
}

function assume(
  { rules, regionFromImds }: Of<'webIdentity'>,
  sdk: SdkBehaviour,
  input: ChainInput,
  { roleArn, tokenFile }: { readonly roleArn: string; readonly tokenFile: string },
): Outcome {
  const checks = (failure: string): boolean => after(rules, failure) !== 'no rule';
  const region = sdk.sts.regionFrom.some((name) => text(input, name));
  const mayAsk = regionFromImds !== undefined && !switchedOff(sdk, input);
  if (checks('tokenPathRelative') && !/^\/|^hidden/.test(tokenFile))
    return end(after(rules, 'tokenPathRelative'));
  if (checks('moduleMissing') && input.moduleMissing()) return end(after(rules, 'moduleMissing'));
  if (checks('endlessChain')) return end(after(rules, 'endlessChain'));
  if (checks('noRegion') && !region && !(mayAsk && regionKnown(regionFromImds, input)))
    return end(after(rules, 'noRegion'));
  if (checks('legacyEndpoint') && text(input, 'AWS_STS_REGIONAL_ENDPOINTS') === 'legacy')
    return end(after(rules, 'legacyEndpoint'));
  const bad = tokenTrouble(input, tokenFile, 'webIdentityToken');
  if (bad !== undefined && after(rules, bad) !== 'send') return end(after(rules, bad));
  const endpoint = { kind: 'global' } as const;
  const action = 'AssumeRoleWithWebIdentity';
  const request = { kind: 'sts', action, roleArn, tokenFile, sessionName: 'any', endpoint } as const;
  const reply = input.exchange(request);
  if (reply.kind !== 'ok') return end(after(rules, stsFailure(reply)));
  const noAccount = checks('roleNotArn') && !/^(arn:|hidden)/.test(roleArn);
  return noAccount ? end(after(rules, 'roleNotArn')) : 'credentials';
}

function switchedOff(sdk: SdkBehaviour, input: ChainInput): boolean {
  return sdk.providers.some((row) => row.kind === 'imds' && isOff(row, input));
}

function regionKnown(
  { protocol }: { readonly protocol: Of<'imds'>['protocol'] },
  input: ChainInput,
): boolean {
  const token = input.exchange({ kind: 'imds', call: { kind: 'token' }, withToken: false });
  if (protocol === 'v2' && token.kind !== 'ok') return false;
  const call = { kind: 'other', path: 'availability-zone' } as const;
  const withToken = protocol !== 'v1' && token.kind === 'ok';
  return input.exchange({ kind: 'imds', call, withToken }).kind === 'ok';
}

function tokenTrouble(
  input: ChainInput,
  path: string,
  purpose: 'webIdentityToken' | 'containerToken',
): string | undefined {
  const reply = input.exchange({ kind: 'readFile', path, purpose });
  if (reply.kind !== 'file') return 'tokenMissing';
  const names: Partial<Record<FileContent['kind'], string>> = {
    unreadable: 'tokenUnreadable',
    empty: 'tokenEmpty',
  };
  const { content } = reply;
  const broken = purpose === 'containerToken' && content.kind === 'text' && /[\r\n]/.test(content.text);
  return broken ? 'tokenMalformed' : names[content.kind];
}

function stsFailure(reply: Reply): string {
  if (reply.kind !== 'httpError') return reply.kind;
  if (reply.status >= 500) return 'serverError';
  const code = (reply.code ?? '').replace('Exception', '');
  const known = ['AccessDenied', 'InvalidIdentityToken', 'ExpiredToken', 'IDPCommunicationError'].includes(
    code,
  );
  if (!known) return reply.status === 403 ? 'accessDenied' : 'clientError';
  return code.startsWith('IDP') ? 'idpCommunicationError' : code.charAt(0).toLowerCase() + code.slice(1);
}

function container(provider: Of<'container'>, input: ChainInput): Outcome {
  const { rules } = provider;
  const uri = (name: string): string | undefined =>
    isOn(text(input, name), provider.uriSetWhen) ? text(input, name) : undefined;
  const relative = uri('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI');
  const full = provider.fullUri === 'known' ? uri('AWS_CONTAINER_CREDENTIALS_FULL_URI') : undefined;
  const file = text(input, 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE');
  const valueWins = provider.tokenFirst === 'variable' && text(input, 'AWS_CONTAINER_AUTHORIZATION_TOKEN');
  if (relative === undefined && full === undefined) {
    const reads = file && provider.tokenFileRead && provider.tokenFile === 'known' && !valueWins;
    const bad = reads ? tokenTrouble(input, file, 'containerToken') : undefined;
    return bad !== undefined && after(rules, bad) === 'stop' ? 'stop' : 'continue';
  }
  const usesFull = full !== undefined && (relative === undefined || provider.bothSet === 'full');
  const host = /^http:\/\/([^/:]*)/.exec(full ?? '')?.[1] ?? '';
  const loopback = provider.allowedHosts.includes('127/8') && host.startsWith('127.');
  const chosen = usesFull ? full : relative;
  const hostAlone = !usesFull && provider.emptyRelativeUri === 'requested';
  if (chosen === '' && !hostAlone && after(rules, 'uriEmpty') !== 'no rule')
    return end(after(rules, 'uriEmpty'));
  const anyHost = provider.allowedHosts.includes('*');
  const mayGo =
    anyHost || /^https:|^hidden/.test(full ?? '') || loopback || provider.allowedHosts.includes(host);
  if (usesFull && !mayGo) return end(after(rules, 'hostNotAllowed'));
  const sent = usesFull || provider.tokenWithRelativeUri === 'sent';
  if (file && provider.tokenFile === 'known' && !valueWins && sent) {
    const bad = tokenTrouble(input, file, 'containerToken');
    const asIs = bad === 'tokenMalformed' && after(rules, bad) === 'no rule';
    if (bad && !asIs && !after(rules, bad).startsWith('send')) return end(after(rules, bad));
  }
  const reply = input.exchange({ kind: 'container', url: 'any' });
  if (reply.kind === 'ok') return 'credentials';
  const failure =
    reply.kind === 'httpError' ? (reply.status >= 500 ? 'serverError' : 'clientError') : reply.kind;
  return end(after(rules, failure));
}

function imds(provider: Of<'imds'>, input: ChainInput): Outcome {
  if (isOff(provider, input)) return 'continue';
  const token = provider.protocol === 'v1' ? 'v1' : askToken(provider, input);
  if (token !== 'token' && !token.startsWith('v1')) return end(token);
  return fetchRole(provider, input, token === 'token', token === 'v1AskAgain');
}

function isOff({ disabledWhen }: Of<'imds'>, input: ChainInput): boolean {
  const value = text(input, 'AWS_EC2_METADATA_DISABLED');
  const off = value ?? '';
  return {
    presentButFalse: value !== undefined && off.toLowerCase() !== 'false',
    true: off.toLowerCase() === 'true',
    nonEmpty: off !== '',
    nonEmptyButFalse: off !== '' && off !== 'false',
  }[disabledWhen];
}

/** Ends in `token`, in how to go on without one, or in `stop` or `continue`. */
function askToken(provider: Of<'imds'>, input: ChainInput): string {
  const reply = input.exchange({ kind: 'imds', call: { kind: 'token' }, withToken: false });
  if (reply.kind === 'ok') return 'token';
  const names: Readonly<Record<number, string>> = {
    403: 'forbidden',
    404: 'notFound',
    405: 'methodNotAllowed',
  };
  const optional = { 401: 'unauthorized', 429: 'tooManyRequests' };
  const named = failureName(reply, { ...names, ...optional });
  const known = provider.token.some(({ on }) => on.some((failure) => failure === named));
  const next = after(provider.token, known ? named : 'badRequest');
  const v1Off = provider.v1Switch === 'honoured' && text(input, 'AWS_EC2_METADATA_V1_DISABLED') === 'true';
  return next.startsWith('v1') && v1Off ? 'continue' : next;
}

function fetchRole(provider: Of<'imds'>, input: ChainInput, withToken: boolean, asksAgain: boolean): Outcome {
  const list = input.exchange({ kind: 'imds', call: { kind: 'roleList' }, withToken });
  const names: Readonly<Record<number, string>> = { 401: 'unauthorized', 403: 'forbidden', 404: 'notFound' };
  if (list.kind !== 'ok' || list.body.kind !== 'roleList' || list.body.roleNames.length === 0) {
    const failure = list.kind === 'ok' ? 'empty' : failureName(list, names);
    const rules = withToken
      ? provider.roleList.filter(({ next }) => next !== 'tokenAgain')
      : provider.roleList;
    if (after(rules, failure) !== 'tokenAgain') return end(after(rules, failure));
    const again = input.exchange({ kind: 'imds', call: { kind: 'token' }, withToken: false });
    return again.kind === 'ok' ? fetchRole(provider, input, true, false) : 'stop';
  }
  const again = asksAgain ? askToken(provider, input) : 'v1';
  if (again === 'stop' || again === 'continue') return end(again);
  const roleName = list.body.roleNames[0] ?? '';
  const call = { kind: 'roleCredentials', roleName } as const;
  const reply = input.exchange({ kind: 'imds', call, withToken: withToken || again === 'token' });
  if (reply.kind === 'ok') return 'credentials';
  return end(after(provider.roleCredentials, failureName(reply, names)));
}

function failureName(reply: Reply, names: Readonly<Record<number, string>>): string {
  if (reply.kind !== 'httpError') return reply.kind;
  return reply.status >= 500 ? 'serverError' : (names[reply.status] ?? 'badRequest');
}
