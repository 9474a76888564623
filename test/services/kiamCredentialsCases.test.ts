import { describe, expect, test } from 'vitest';
import { world, type WorldBuilder } from '../../src/model/builder.ts';
import type { PodOptions } from '../../src/model/builderOptions.ts';
import type { ImdsCall, Reply } from '../../src/model/exchange.ts';
import type { Identity } from '../../src/model/identity.ts';
import {
  annotated,
  app,
  asks,
  base,
  error,
  nodeRole,
  podFound,
  podRef,
  roleFound,
  serverRef,
  type Row,
} from './kiamFixture.ts';

const session = (arn: string, sessionName: string, expiresInSeconds: number): Reply => ({
  kind: 'ok',
  body: {
    kind: 'credentials',
    credentials: { identity: { kind: 'role', arn }, mechanism: 'kiam', sessionName, expiresInSeconds },
  },
});
const permitted = (expression: string, allowed = true): object => ({
  kind: 'kiamPermitted',
  allowed,
  by: 'expression',
  expression,
  at: { kind: 'Namespace', name: 'pay' },
});
const serverIs = (identity: Identity): object => ({ kind: 'kiamIdentity', identity, at: serverRef });
const assumption = (roleArn: string, caller: string): object => ({ kind: 'assumption', roleArn, caller });
const nodeSession = 'arn:aws:sts::111122223333:assumed-role/node/<session>';
const credentials = (roleName: string): ImdsCall => ({ kind: 'roleCredentials', roleName });
const permits = (expression: string): WorldBuilder =>
  world().namespace('pay', { annotations: { 'iam.amazonaws.com/permitted': expression } });

const ownPod: PodOptions = annotated('app');
const chosen = [podFound, roleFound('app', app)];
const granted = [...chosen, permitted('.*'), serverIs(nodeRole)];
const stsAway = { kind: 'stsFault', fault: 'timeout' };
const denied = (caller: string, roleArn: string): Reply =>
  error(
    500,
    'error fetching credentials: AccessDenied: ' +
      `User: ${caller} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
  );

describe('the credentials that kiam gives', () => {
  const serverRole = `${base}kiam-server`;
  const serverSession = 'arn:aws:sts::111122223333:assumed-role/kiam-server/<unix ns>';

  test.each<Row>([
    [
      'are a session of fifteen minutes, opened with the role of the node of the server',
      { call: credentials('app'), pod: ownPod, state: permits('.*') },
      { reply: session(app, 'kiam-kiam', 900), evidence: [...granted, assumption(app, nodeSession)] },
    ],
    [
      'are opened with --assume-role-arn where the server has one',
      {
        call: credentials('app'),
        pod: ownPod,
        state: permits('.*'),
        flags: { assumeRoleArn: 'kiam-server' },
      },
      {
        reply: session(app, 'kiam-kiam', 900),
        evidence: [...granted, assumption(serverRole, nodeSession), assumption(app, serverSession)],
      },
    ],
    [
      'have the name that the server is told, and last as long',
      {
        call: credentials('app'),
        pod: ownPod,
        state: permits('.*'),
        flags: { session: 'prod', sessionDurationSeconds: 1800 },
      },
      { reply: session(app, 'kiam-prod', 1800), evidence: [...granted, assumption(app, nodeSession)] },
    ],
    [
      'have the name that the pod is annotated with',
      {
        call: credentials('app'),
        pod: { annotations: { ...ownPod.annotations, 'iam.amazonaws.com/session-name': 'pay/api' } },
        state: permits('.*'),
      },
      { reply: session(app, 'kiam-pay-api', 900), evidence: [...granted, assumption(app, nodeSession)] },
    ],
    [
      'are new ones while STS answers, whatever the server holds',
      { call: credentials('app'), pod: ownPod, state: permits('.*').fact('daemonCache', 'session') },
      { reply: session(app, 'kiam-kiam', 900), evidence: [...granted, assumption(app, nodeSession)] },
    ],
    [
      'are those that the server holds, while STS is silent',
      {
        call: credentials('app'),
        pod: ownPod,
        state: permits('.*').fact('sts', 'timeout').fact('daemonCache', 'session', app),
      },
      {
        reply: session(app, 'kiam-kiam', 900),
        evidence: [...granted, stsAway, { kind: 'kiamSessionHeld', at: serverRef }],
      },
    ],
    [
      'are those that the server holds, also when it has lost its own',
      {
        call: credentials('app'),
        pod: ownPod,
        state: permits('.*').fact('daemonCache', 'session', app),
        serverIs: { kind: 'none', error: 'no credentials' },
      },
      {
        reply: session(app, 'kiam-kiam', 900),
        evidence: [
          ...chosen,
          permitted('.*'),
          serverIs({ kind: 'none', error: 'no credentials' }),
          { kind: 'kiamSessionHeld', at: serverRef },
        ],
      },
    ],
    [
      'are none when STS is silent and the server holds those of another role',
      {
        call: credentials('app'),
        pod: ownPod,
        state: permits('.*').fact('sts', 'timeout').fact('daemonCache', 'session', `${base}web`),
      },
      { reply: error(500, 'error fetching credentials: timeout'), evidence: [...granted, stsAway] },
    ],
    [
      'are none when the trust policy refuses the server',
      { call: credentials('app'), pod: ownPod, state: permits('.*').fact('trust', 'refuses', app) },
      { reply: denied(nodeSession, app), evidence: [...granted, assumption(app, nodeSession)] },
    ],
    [
      'are none when the server may not take the role of --assume-role-arn',
      {
        call: credentials('app'),
        pod: ownPod,
        state: permits('.*').fact('trust', 'refuses', serverRole),
        flags: { assumeRoleArn: serverRole },
      },
      {
        reply: denied(nodeSession, serverRole),
        evidence: [...granted, assumption(serverRole, nodeSession)],
      },
    ],
  ])('%s', (_name, asking, expected) => {
    expect(asks(asking)).toEqual(expected);
  });
});

describe('the credentials that kiam refuses by its own policy', () => {
  const forbidden = error(500, 'error fetching credentials: forbidden by policy');
  const team = `${base}team/`;
  const ruled = (by: 'absent' | 'unreadable', expression: string): object => ({
    kind: 'kiamPermitted',
    allowed: false,
    by,
    expression,
    at: { kind: 'Namespace', name: 'pay' },
  });

  test.each<Row>([
    [
      'of any role, to a pod that is annotated with none',
      { call: credentials('app'), state: permits('.*') },
      {
        reply: error(500, "role can't be empty"),
        evidence: [podFound, { kind: 'kiamNoRole', at: podRef('api') }],
      },
    ],
    [
      'of a role that the pod is not annotated with',
      { call: credentials('web'), pod: ownPod, state: permits('.*') },
      {
        reply: forbidden,
        evidence: [...chosen, { kind: 'kiamOtherRole', asked: 'web', roleArn: app, at: serverRef }],
      },
    ],
    [
      'of a role under the path of the base ARN that is asked for by its ARN, since the names differ',
      {
        call: credentials(`${team}app`),
        pod: ownPod,
        state: permits('.*'),
        flags: { roleBaseArn: team },
      },
      {
        reply: forbidden,
        evidence: [
          podFound,
          roleFound('app', `${team}app`),
          { kind: 'kiamOtherRole', asked: `${team}app`, roleArn: `${team}app`, at: serverRef },
        ],
      },
    ],
    [
      'in a namespace that has no expression',
      { call: credentials('app'), pod: ownPod, state: world().namespace('pay') },
      { reply: forbidden, evidence: [...chosen, ruled('absent', '')] },
    ],
    [
      'in a namespace that the input does not show',
      { call: credentials('app'), pod: ownPod },
      { reply: forbidden, evidence: [...chosen, ruled('absent', '')] },
    ],
    [
      'in a namespace whose expression the ARN does not fit',
      { call: credentials('app'), pod: ownPod, state: permits('app') },
      { reply: forbidden, evidence: [...chosen, permitted('app', false)] },
    ],
    [
      'in a namespace whose expression does not compile',
      { call: credentials('app'), pod: ownPod, state: permits('app(') },
      { reply: error(500, 'error parsing regexp'), evidence: [...chosen, ruled('unreadable', 'app(')] },
    ],
  ])('%s', (_name, asking, expected) => {
    expect(asks(asking)).toEqual(expected);
  });
});
