import { describe, expect, it } from 'vitest';
import type { Environment, FileContent } from '../../src/model/environment.ts';
import type { Reply, Request } from '../../src/model/exchange.ts';
import type { ObjectRef } from '../../src/model/objectRef.ts';
import { cluster, heard, podRef } from './heard.ts';

describe('what a process reads at a path', () => {
  const secret: ObjectRef = { kind: 'Secret', namespace: 'pay', name: 'aws' };
  const volume: ObjectRef = { ...podRef, field: 'volumes.aws' };
  const path = '/root/.aws/credentials';
  const tokenPath = '/var/run/secrets/token';
  const shown: FileContent = { kind: 'text', text: '[default]', from: secret };
  const unseen: FileContent = { kind: 'hidden', from: secret };
  const token: FileContent = {
    kind: 'serviceAccountToken',
    audience: 'sts.amazonaws.com',
    subject: 'system:serviceaccount:pay:api',
    expirationSeconds: 86400,
    from: volume,
  };
  const file = (content: FileContent, at = path): Partial<Environment> => ({
    files: new Map([[at, content]]),
  });
  const directory = (at: string): Partial<Environment> => ({
    hiddenDirectories: [{ path: at, from: volume }],
  });
  const missing: Reply = { kind: 'fileMissing' };
  const read = (content: FileContent): Reply => ({ kind: 'file', content });
  const profile = (of: string): string => `mountedProfile:pay/api ${path} of ${of}`;
  const tokenState = 'token:pay/api of Pod api';

  it.each<[string, Partial<Environment>, Readonly<Record<string, string>>, string, Reply, readonly string[]]>(
    [
      ['nothing where nothing is mounted', {}, {}, path, missing, []],
      ['the text of a file that a manifest shows', file(shown), {}, path, read(shown), []],
      [
        'a file of a Secret whose value is not shown, if it holds keys',
        file(unseen),
        { mountedProfile: 'staticKeys' },
        path,
        read(unseen),
        [profile('Secret aws')],
      ],
      [
        'nothing of use in it, if it holds none',
        file(unseen),
        { mountedProfile: 'noCredentials' },
        path,
        missing,
        [profile('Secret aws')],
      ],
      [
        'a file below a volume whose keys are not shown, if it holds keys',
        directory('/root/.aws'),
        { mountedProfile: 'staticKeys' },
        path,
        read({ kind: 'hidden', from: volume }),
        [profile('Pod api')],
      ],
      [
        'no file below such a volume, if it holds none',
        directory('/root/.aws'),
        { mountedProfile: 'noCredentials' },
        path,
        missing,
        [profile('Pod api')],
      ],
      [
        'a file below a mount that is written with a slash at its end',
        directory('/root/.aws/'),
        { mountedProfile: 'staticKeys' },
        path,
        read({ kind: 'hidden', from: volume }),
        [profile('Pod api')],
      ],
      [
        'a volume that is mounted at the path itself',
        directory(path),
        { mountedProfile: 'staticKeys' },
        path,
        read({ kind: 'hidden', from: volume }),
        [profile('Pod api')],
      ],
      [
        'nothing beside a mount whose path begins with the same letters',
        directory('/root/.aw'),
        { mountedProfile: 'staticKeys' },
        path,
        missing,
        [],
      ],
      [
        'nothing above a mount',
        directory(`${path}/default`),
        { mountedProfile: 'staticKeys' },
        path,
        missing,
        [],
      ],
      [
        'the Secret and not the volume around it, where both are known',
        { ...file(unseen), ...directory('/root/.aws') },
        { mountedProfile: 'staticKeys' },
        path,
        read(unseen),
        [profile('Secret aws')],
      ],
      [
        'a file that is shown inside a volume that is not',
        { ...file(shown), ...directory('/root/.aws') },
        { mountedProfile: 'noCredentials' },
        path,
        read(shown),
        [],
      ],
      ['a token', file(token, tokenPath), {}, tokenPath, read(token), [tokenState]],
      [
        'a token that has expired, which no reader sees',
        file(token, tokenPath),
        { token: 'expired' },
        tokenPath,
        read(token),
        [tokenState],
      ],
      [
        'no token, when it is missing',
        file(token, tokenPath),
        { token: 'missing' },
        tokenPath,
        missing,
        [tokenState],
      ],
      [
        'a token that it may not read',
        file(token, tokenPath),
        { token: 'unreadable' },
        tokenPath,
        read({ kind: 'unreadable', from: volume }),
        [tokenState],
      ],
    ],
  )('%s', (_name, environment, answers, at, reply, asked) => {
    const request: Request = { kind: 'readFile', path: at, purpose: 'profile' };
    expect(heard(cluster.build(), request, environment, answers)).toStrictEqual({
      reply,
      ways: [],
      evidence: [],
      asked,
    });
  });
});
