import { describe, expect, it } from 'vitest';
import { parseInput, type Parsed } from '../../../src/ingest/parse.ts';

const needed = ['--cert=/c', '--key=/k', '--ca=/a'];

/** Reads a DaemonSet that runs kiam with some arguments. */
function read(
  args: readonly string[],
  env: readonly object[] = [{ name: 'HOST_IP', value: '10.0.0.1' }],
): Parsed {
  const container = { name: 'kiam', image: 'quay.io/uswitch/kiam:v4.2', args, env };
  const text = JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'kiam', namespace: 'kube-system' },
    spec: {
      selector: { matchLabels: { app: 'kiam' } },
      template: {
        metadata: { labels: { app: 'kiam' } },
        spec: { hostNetwork: true, containers: [container] },
      },
    },
  });
  return parseInput([{ file: 'kiam.json', text }]);
}

function faults({ diagnostics }: Parsed): readonly string[] {
  return diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ message, nearest, help }) =>
      [/`(.*)`/.exec(message)?.[1], nearest, help].filter(Boolean).join(' | '),
    );
}

const agent = (...args: readonly string[]): Parsed => read(['agent', ...needed, ...args]);
const server = (...args: readonly string[]): Parsed =>
  read(['server', ...needed, '--assume-role-arn=x', ...args]);

describe('the settings of kiam', () => {
  it('are read of agent and server', () => {
    const [found] = agent('--iptables', '--no-iptables-remove', '--port', '8181', '--host-interface=!eth0')
      .world.kiamAgents;
    expect(found?.flags).toMatchObject({
      iptables: true,
      iptablesRemove: false,
      port: 8181,
      host: '10.0.0.1',
      hostInterface: '!eth0',
    });
    const [other] = server('--role-base-arn=arn:aws:iam::111122223333:role/', '--session-duration=1h').world
      .kiamServers;
    expect(other?.flags).toMatchObject({ sessionDurationSeconds: 3600, assumeRoleArn: 'x', session: 'kiam' });
  });

  it('are none of a container that only mentions kiam', () => {
    expect(read(['health', ...needed]).world).toMatchObject({ kiamAgents: [], kiamServers: [] });
  });

  it('keep a reference to the address of the node', () => {
    const env = [{ name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } }];
    expect(read(['agent', ...needed], env).world.kiamAgents[0]).toMatchObject({
      flags: { host: '$(HOST_IP)' },
      startupFaults: [],
    });
  });
});

describe('why kiam does not start', () => {
  it.each<[string, Parsed, readonly string[]]>([
    ['a flag that there is not', agent('--no-such-flag'), ["unknown long flag '--no-such-flag'"]],
    ['a slip', agent('--iptable'), ["unknown long flag '--iptable' | --iptables"]],
    [
      'a choice of pods by label',
      agent('--iptables-additional-routes=app=web'),
      [
        "unknown long flag '--iptables-additional-routes' | kiam adds exactly one rule for all pods behind --host-interface; which paths go on to IMDS says --allow-route-regexp",
      ],
    ],
    [
      'a flag of kube2iam',
      server('--role-base-arn=a', '--base-role-arn=a'),
      ["unknown long flag '--base-role-arn' | that is the flag of kube2iam; kiam has --role-base-arn"],
    ],
    [
      'a flag of the other half',
      agent('--role-base-arn=a'),
      ["unknown long flag '--role-base-arn' | that is a flag of the server"],
    ],
    [
      'a switch with a value',
      agent('--iptables=true'),
      ['unexpected true | a switch takes no value: write --iptables or --no-iptables'],
    ],
    ['a word', agent('extra'), ['unexpected extra']],
    ['a flag twice', agent('--level=info', '--level=debug'), ["flag 'level' cannot be repeated"]],
    ['an expression that does not compile', agent('--allow-route-regexp=('), ['error parsing regexp']],
    ['no certificate', read(['agent', '--key=/k', '--ca=/a']), ['required flag --cert not provided']],
    ['no address of the host', read(['agent', ...needed], []), ['required flag --host not provided']],
    [
      'no base ARN',
      server(),
      ['role-base-arn not specified and not auto-detected. please specify or use --role-base-arn-autodetect'],
    ],
    [
      'a short session',
      server('--role-base-arn=a', '--session-duration=5m'),
      ['session-duration should be at least 15 minutes'],
    ],
    [
      'two at once',
      agent('--nope', '--port=x'),
      ["unknown long flag '--nope'", 'strconv.ParseFloat: parsing "x": invalid syntax'],
    ],
  ])('%s', (_name, parsed, expected) => {
    expect(faults(parsed)).toEqual(expected);
  });
});
