import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { flagDefinitions, flagMistakes } from '../../../src/ingest/kube2iam/flags.ts';
import type { Kube2iam } from '../../../src/model/kube2iam.ts';
import { kube2iamDefaults } from '../../../src/model/kube2iam.ts';
import { complaints, read } from '../read.ts';

interface ContainerOptions {
  readonly args?: readonly unknown[];
  readonly command?: readonly string[];
  readonly image?: string;
  readonly name?: string;
  readonly workload?: string;
  readonly env?: readonly unknown[];
}

const hostIp = { name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } };

/** A DaemonSet as JSON, one argument a line from line 2 on. */
function daemonSet({
  args = [],
  command,
  image = 'jtblin/kube2iam:0.12.0',
  ...rest
}: ContainerOptions): string {
  const { name = 'kube2iam', workload = 'kube2iam', env = [hostIp] } = rest;
  const container = { name, image, env, ...(command ? { command } : {}) };
  const lines = args.map((arg) => JSON.stringify(arg)).join(',\n');
  const spec = `{"hostNetwork": true, "serviceAccountName": "kube2iam", "containers": [${JSON.stringify(container).slice(0, -1)}, "args": [\n${lines}\n]}]}`;
  return `{"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"namespace": "kube-system", "name": "${workload}"}, "spec": {"template": {"metadata": {}, "spec": ${spec}}}}`;
}

const daemonOf = (options: ContainerOptions): Kube2iam | undefined =>
  read(daemonSet(options)).world.kube2iam[0];
const flagsOf = (...args: readonly unknown[]): Partial<Kube2iam['flags']> => {
  const flags = daemonOf({ args })?.flags ?? kube2iamDefaults;
  return Object.fromEntries(
    Object.entries(flags).filter(([key, value]) => kube2iamDefaults[key as keyof typeof flags] !== value),
  );
};
const faultsOf = (...args: readonly unknown[]): readonly string[] =>
  daemonOf({ args })?.startupFaults.map(
    ({ kind, message, nearest }) => `${kind}: ${message}${nearest ? ` (${nearest})` : ''}`,
  ) ?? [];

describe('which workloads run kube2iam', () => {
  it.each<[string, ContainerOptions]>([
    ['the image', { workload: 'x', name: 'x' }],
    [
      'the image in a mirror',
      {
        workload: 'x',
        name: 'x',
        image: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/mirror/kube2iam@sha256:0',
      },
    ],
    ['the program', { workload: 'x', name: 'x', image: 'internal:1', command: ['/bin/kube2iam'] }],
    ['the name of the container', { workload: 'x', image: 'internal:1' }],
    ['the name of the workload', { name: 'x', image: 'internal:1' }],
  ])('recognises it by %s', (_name, options) => {
    expect(daemonOf(options)).toMatchObject({
      flags: kube2iamDefaults,
      hostNetwork: true,
      startupFaults: [],
    });
  });

  it('takes no other daemon for it', () => {
    expect(
      daemonOf({ workload: 'x', name: 'agent', image: 'quay.io/uswitch/kiam:v3', command: ['/kiam'] }),
    ).toBeUndefined();
  });

  it('keeps the workload too', () => {
    const { world } = read(daemonSet({}));
    expect(world.workloads[0]?.ref).toBe(world.kube2iam[0]?.ref);
  });

  it('counts a DaemonSet and its pods from a live cluster once', () => {
    const pod = JSON.parse(daemonSet({}).replace('"DaemonSet"', '"Pod"').replace('apps/v1', 'v1')) as {
      metadata: object;
      spec: { template: { spec: object } };
    };
    const owned = {
      ...pod,
      metadata: {
        ...pod.metadata,
        name: 'kube2iam-x1',
        ownerReferences: [{ kind: 'DaemonSet', name: 'kube2iam', controller: true }],
      },
      spec: pod.spec.template.spec,
    };
    const { world } = read(`${daemonSet({})}\n---\n${JSON.stringify(owned)}`);
    expect(world.kube2iam.map(({ ref }) => ref.kind)).toEqual(['DaemonSet']);
    expect(world.workloads.length).toBe(2);
    expect(read(JSON.stringify(owned)).world.kube2iam.length).toBe(1);
  });

  it('keeps a pod that runs with other arguments than its DaemonSet has now, and where it runs', () => {
    const template = JSON.parse(daemonSet({ args: ['--debug'] })) as {
      spec: { template: { spec: object } };
    };
    const owned = (node: object): string =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'kube2iam-x1',
          namespace: 'kube-system',
          ownerReferences: [{ kind: 'DaemonSet', name: 'kube2iam', controller: true }],
        },
        spec: { ...template.spec.template.spec, ...node },
      });
    const { world } = read(`${daemonSet({})}\n---\n${owned({ nodeName: 'a' })}`);
    expect(world.kube2iam.map(({ flags, outdated }) => [flags.debug, outdated?.node])).toEqual([
      [false, undefined],
      [true, 'a'],
    ]);
    expect(world.kube2iam[1]?.outdated?.template).toBe(world.kube2iam[0]?.ref);
    expect(read(`${daemonSet({})}\n---\n${owned({})}`).world.kube2iam.length).toBe(1);
  });
});

describe('how a command line is taken apart', () => {
  it.each<[string, readonly unknown[], object]>([
    ['a value after an equal sign', ['--host-interface=eni+'], { hostInterface: 'eni+' }],
    ['a value as next argument', ['--host-interface', 'eni+'], { hostInterface: 'eni+' }],
    ['a value with an equal sign in it', ['--default-role=a=b'], { defaultRole: 'a=b' }],
    ['a bare switch', ['--debug'], { debug: true }],
    ['a switch with a value', ['--debug=true'], { debug: true }],
    ['a switch that is off', ['--debug', '--debug=false'], {}],
    ['a switch with a short value', ['--debug=1'], { debug: true }],
    ['a word after a switch, which is no value', ['--debug', 'false'], { debug: true }],
    ['the last of two', ['--default-role=a', '--default-role=b'], { defaultRole: 'b' }],
    ['nothing after two dashes', ['--', '--debug'], {}],
    ['a duration', ['--iam-role-session-ttl=30m'], { iamRoleSessionTtlSeconds: 1800 }],
    ['a port', ['--app-port', '8282'], { appPort: 8282 }],
    [
      'a base ARN without a slash',
      ['--base-role-arn=arn:aws:iam::111122223333:role'],
      { baseRoleArn: 'arn:aws:iam::111122223333:role/' },
    ],
    ['an empty value', ['--host-interface='], { hostInterface: '' }],
    [
      'a bare string flag that swallows the next one',
      ['--default-role', '--debug'],
      { defaultRole: '--debug' },
    ],
  ])('%s', (_name, args, expected) => {
    expect(flagsOf(...args)).toEqual(expected);
  });

  it('keeps references that only the cluster resolves, and resolves the others', () => {
    const env = [hostIp, { name: 'IFACE', value: 'eni+' }];
    const args = ['--host-ip=$(HOST_IP)', '--host-interface=$(IFACE)', '--iptables', '--default-role=$$(X)'];
    const daemon = daemonOf({ args, env });
    expect(daemon?.flags).toMatchObject({ hostIp: '$(HOST_IP)', hostInterface: 'eni+', defaultRole: '$(X)' });
    expect(daemon?.startupFaults).toEqual([]);
  });

  it('knows where each flag stands', () => {
    expect(daemonOf({ args: ['--debug', '--iptables=false'] })?.flagRefs).toMatchObject({
      iptables: {
        kind: 'DaemonSet',
        field: 'spec.template.spec.containers[0].args[1]',
        position: { file: 'a.yaml', line: 3, column: 1 },
      },
    });
  });

  it.each<[string, ContainerOptions]>([
    ['the program in the command', { command: ['kube2iam', '--debug'] }],
    ['the program with its path', { command: ['/bin/kube2iam'], args: ['--debug'] }],
    [
      'a shell',
      { command: ['/bin/sh', '-c', 'sleep 1; exec kube2iam --debug --default-role "a b" && true'] },
    ],
    ['a shell whose script is an argument', { command: ['sh', '-c'], args: ['/bin/kube2iam \\\n --debug'] }],
  ])('finds the arguments behind %s', (_name, options) => {
    expect(daemonOf(options)?.flags.debug).toBe(true);
  });

  it('leaves arguments alone that are commented out', () => {
    const text = [
      'apiVersion: extensions/v1beta1',
      'kind: DaemonSet',
      'metadata: {name: kube2iam}',
      'spec:',
      '  template:',
      '    spec:',
      '      containers:',
      '        - image: jtblin/kube2iam',
      '          name: kube2iam',
      '          args:',
      '            # - --host-interface=cali+',
      '            - --debug',
    ].join('\n');
    expect(read(text).world.kube2iam[0]?.flags).toEqual({ ...kube2iamDefaults, debug: true });
  });
});

describe('why kube2iam does not start', () => {
  const base = '--base-role-arn=arn:aws:iam::111122223333:role/';
  it.each<[string, readonly unknown[], readonly string[]]>([
    [
      'a misspelt flag',
      ['--host-interfce=eni+'],
      ['unknownFlag: unknown flag: --host-interfce (--host-interface)'],
    ],
    [
      'a Helm value taken for a flag',
      ['--host.iptables=true'],
      ['unknownFlag: unknown flag: --host.iptables (--iptables)'],
    ],
    [
      'a flag that was never there',
      ['--iptables-additional-routes=x'],
      ['unknownFlag: unknown flag: --iptables-additional-routes'],
    ],
    [
      'a wished-for restriction',
      ['--restrict-to-namespace'],
      ['unknownFlag: unknown flag: --restrict-to-namespace (--namespace-restrictions)'],
    ],
    [
      'a flag cut short',
      ['--use-regional-sts'],
      ['unknownFlag: unknown flag: --use-regional-sts (--use-regional-sts-endpoint)'],
    ],
    ['a single dash', ['-iptables'], ["unknownFlag: unknown shorthand flag: 'i' in -iptables (--iptables)"]],
    [
      'flag and value in one item',
      ['--default-role x'],
      ['unknownFlag: unknown flag: --default-role x (--default-role)'],
    ],
    ['no value', ['--default-role'], ['missingValue: flag needs an argument: --default-role']],
    ['bad syntax', ['--=x'], ['badValue: bad flag syntax: --=x']],
    ['a call for help', ['--help'], ['missingConfiguration: prints its usage and ends']],
    [
      'a bad switch',
      ['--debug=yes'],
      [
        'badValue: invalid argument "yes" for "--debug" flag: strconv.ParseBool: parsing "yes": invalid syntax',
      ],
    ],
    [
      'a bad duration',
      ['--iam-role-session-ttl=900'],
      [
        'badValue: invalid argument "900" for "--iam-role-session-ttl" flag: time: missing unit in duration "900"',
      ],
    ],
    ['a bad log level', ['--log-level=loud'], ['badValue: not a valid logrus Level: "loud"']],
    ['a question for the version', ['--version'], ['badValue: prints its version and ends']],
    [
      'a bad base ARN',
      ['--base-role-arn=role/x'],
      [
        String.raw`badValue: Invalid --base-role-arn specified, expected: ^arn:(\w|-)*:iam::\d+:role\/?(\w+|-|\/|\.)*$`,
      ],
    ],
    [
      'two base ARNs',
      [base, '--auto-discover-base-arn'],
      ['badValue: --auto-discover-base-arn cannot be used if --base-role-arn is specified'],
    ],
    [
      'two default roles',
      ['--default-role=x', '--auto-discover-default-role'],
      ['badValue: You cannot use --default-role and --auto-discover-default-role at the same time'],
    ],
    ['a rule to nowhere', ['--iptables'], ['missingConfiguration: --host-ip must be set']],
    [
      'a rule to a name',
      ['--iptables', '--host-ip=localhost'],
      ['badValue: iptables: Bad IP address "localhost"'],
    ],
    [
      'a rule for no interface',
      ['--iptables', '--host-ip=10.0.0.1', '--host-interface='],
      ['badValue: route ip+net: invalid network interface name'],
    ],
    [
      'a rule for a port of the metadata service',
      ['--iptables', '--host-ip=10.0.0.1', '--metadata-addr=127.0.0.1:9090'],
      ['badValue: iptables: host/network "127.0.0.1:9090" not found'],
    ],
    [
      'a bad port',
      ['--app-port=http-alt-x'],
      ['badValue: Error creating kube2iam http server: listen tcp: lookup tcp/http-alt-x: unknown port'],
    ],
    [
      'a port too high',
      ['--app-port=70000'],
      ['badValue: Error creating kube2iam http server: listen tcp: address 70000: invalid port'],
    ],
    [
      'several at once',
      ['--foo', '--debug=maybe', '--iptables'],
      [
        'unknownFlag: unknown flag: --foo',
        'badValue: invalid argument "maybe" for "--debug" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
        'missingConfiguration: --host-ip must be set',
      ],
    ],
    ['nothing: a mock of the metadata service', ['--metadata-addr=127.0.0.1:9090'], []],
    ['nothing: a base ARN that ends in a role', ['--base-role-arn=arn:aws-cn:iam::1:role/ec2-s3.x'], []],
    [
      'nothing: a template',
      ['--base-role-arn={{ .arn }}', '--debug={{ .debug }}', '--host-ip=${ip}', '--iptables'],
      [],
    ],
  ])('%s', (_name, args, expected) => {
    expect(faultsOf(...args)).toEqual(expected);
  });

  it('says so at the line of the argument', () => {
    expect(complaints(read(daemonSet({ args: ['--debug', '--restrict-to-namespace'] })))).toEqual([
      '3 error unknown-flag spec.template.spec.containers[0].args[1] → --namespace-restrictions',
    ]);
  });

  it.each<[string, ContainerOptions, readonly string[]]>([
    [
      'a reference to no variable',
      { args: ['--iptables', '--host-ip=$(HOST)'] },
      ['warning unresolved-reference', 'error bad-flag'],
    ],
    ['quotes inside an argument', { args: ['--host-interface="eni+"'] }, ['warning odd-flag']],
    ['a flag as value', { args: ['--default-role', '--debug'] }, ['warning odd-flag']],
    ['an unknown format', { args: ['--namespace-restriction-format=regex'] }, ['warning odd-flag']],
    ['a placeholder', { args: ['--default-role=<ROLE>'] }, ['note placeholder']],
    ['an argument that is a mapping', { args: [{ '--default-role': 'x' }] }, ['error wrong-type']],
    ['an argument that is a number', { args: ['--app-port', 8181] }, ['error wrong-type']],
  ])('tells of %s', (_name, options, expected) => {
    const found = read(daemonSet(options)).diagnostics.map(({ severity, code }) => `${severity} ${code}`);
    expect(found).toEqual(expected);
  });

  it('means real flags by its hints', () => {
    const meant = [...flagMistakes.values()].flatMap((mistake) => mistake.meant ?? []);
    expect(meant.filter((name) => !flagDefinitions.has(name))).toEqual([]);
    expect([...flagMistakes.keys()].filter((name) => flagDefinitions.has(name))).toEqual([]);
  });
});

describe('what the chart makes of values', () => {
  it('notes a switch that stands alone, and not the value of another flag', () => {
    const args = ['--namespace-restrictions', '--iptables=true', '--default-role', '--verbose'];
    expect(daemonOf({ args })?.bareSwitches).toEqual(['namespace-restrictions']);
  });

  it('notes a hook that runs when the pod ends', () => {
    const hook = '"lifecycle": {"preStop": {"exec": {"command": ["sh"]}}}, "env"';
    const [daemon] = read(daemonSet({}).replace('"env"', hook)).world.kube2iam;
    expect(daemon?.preStop?.field).toMatch(/lifecycle\.preStop$/);
  });
});

describe('laws of the command line', () => {
  const strings = [...flagDefinitions].filter(([, { type }]) => type === 'string').map(([name]) => name);
  const value = fc.stringMatching(/^[a-z0-9][a-z0-9./:+-]{0,12}$/);

  test.prop([fc.constantFrom(...strings), value])(
    '`--flag=value` and `--flag value` mean the same',
    (name, text) => {
      const [joined, apart] = [
        daemonOf({ args: [`--${name}=${text}`] }),
        daemonOf({ args: [`--${name}`, text] }),
      ];
      expect(joined?.flags).toEqual(apart?.flags);
      expect(joined?.startupFaults.map(({ message }) => message)).toEqual(
        apart?.startupFaults.map(({ message }) => message),
      );
    },
  );

  test.prop([fc.stringMatching(/^[a-z][a-z-]{1,20}$/)])('every name that is no flag is a fault', (name) => {
    fc.pre(!flagDefinitions.has(name) && name !== 'help');
    expect(daemonOf({ args: [`--${name}`] })?.startupFaults).toMatchObject([{ kind: 'unknownFlag' }]);
  });

  test.prop([fc.array(fc.string({ maxLength: 12 }), { maxLength: 5 })])(
    'no arguments make it throw',
    (args) => {
      expect(() => daemonOf({ args })).not.toThrow();
    },
  );
});
