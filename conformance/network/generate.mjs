/**
 * Draws random rule sets, well formed, with every match and target that the model knows, and packets for them.
 */
import fc from 'fast-check';

const addresses = ['10.0.1.1', '10.0.1.2', '10.0.1.3', '10.0.2.4', '169.254.169.254', '10.0.0.1', '10.0.0.9'];
const blocks = ['10.0.1.0/24', '10.0.0.0/16', '169.254.0.0/16', '0.0.0.0/1', '10.0.1.2/31'];
const faces = ['eniA', 'eniB', 'eni+', 'caliX', 'cali+', 'cni0', 'eth0', 'lo', 'e+', 'docker0'];
const ports = ['80', '8181', '443', '80:90', '1024:65535'];
const states = ['NEW', 'ESTABLISHED', 'RELATED,ESTABLISHED', 'INVALID', 'UNTRACKED', 'DNAT', 'SNAT'];
const marks = ['0x1/0x1', '0x2/0x3', '0x0/0xff', '0x4000/0x4000'];

const hasIn = { PREROUTING: true, INPUT: true, FORWARD: true };
const hasOut = { FORWARD: true, OUTPUT: true, POSTROUTING: true };

const oneOf = (...values) => fc.constantFrom(...values);
const maybeNot = fc.constantFrom('', '', '', '! ');
const option = (name, values) =>
  fc.tuple(maybeNot, oneOf(...values)).map(([not, value]) => `${not}${name} ${value}`);
const moduleOption = (module, name, values) => option(name, values).map((text) => `-m ${module} ${text}`);

const cidrs = [...addresses.map((address) => `${address}/32`), ...blocks];

/** Matches that any chain takes. */
const anywhere = [
  option('-s', cidrs),
  option('-d', cidrs),
  option('-d', ['169.254.169.254/32']),
  option('-p', ['tcp', 'udp', '6']),
  oneOf('-p tcp', '-p udp').chain((protocol) =>
    fc.oneof(
      option('--dport', ports).map((text) => `${protocol} -m ${protocol.slice(3)} ${text}`),
      option('--sport', ['8181', '80', '1024:65535']).map(
        (text) => `${protocol} -m ${protocol.slice(3)} ${text}`,
      ),
      option('--dports', ['80,443', '8181', '443,8000:9000']).map(
        (text) => `${protocol} -m multiport ${text}`,
      ),
      option('--ports', ['80,443', '8181']).map((text) => `${protocol} -m multiport ${text}`),
    ),
  ),
  option('--tcp-flags', ['FIN,SYN,RST,ACK SYN', 'SYN,ACK SYN,ACK', 'ACK ACK']).map(
    (text) => `-p tcp -m tcp ${text}`,
  ),
  moduleOption('conntrack', '--ctstate', states),
  moduleOption('state', '--state', ['NEW', 'ESTABLISHED', 'INVALID']),
  moduleOption('conntrack', '--ctorigdst', cidrs),
  moduleOption('conntrack', '--ctorigsrc', cidrs),
  oneOf('ORIGINAL', 'REPLY').map((direction) => `-m conntrack --ctdir ${direction}`),
  moduleOption('mark', '--mark', marks),
  moduleOption('connmark', '--mark', marks),
  moduleOption('addrtype', '--dst-type', ['LOCAL', 'UNICAST']),
  moduleOption('addrtype', '--src-type', ['LOCAL', 'UNICAST']),
  moduleOption('iprange', '--src-range', ['10.0.1.1-10.0.1.2', '10.0.0.0-10.0.0.255']),
  moduleOption('iprange', '--dst-range', ['169.254.0.0-169.254.169.254', '10.0.0.2-10.0.1.1']),
  fc
    .tuple(maybeNot, oneOf('nets', 'hosts'), oneOf('src', 'dst'))
    .map(([not, set, end]) => `-m set ${not}--match-set ${set} ${end}`),
  fc
    .tuple(maybeNot, oneOf('src,dst', 'dst,dst'))
    .map(([not, ends]) => `-m set ${not}--match-set services ${ends}`),
  oneOf(
    '-m comment --comment "a comment -j DROP"',
    '-m statistic --mode nth --every 1 --packet 0',
    '-m pkttype --pkt-type unicast',
    '-m length --length 1:65535',
  ),
];

const sets = [
  'create nets hash:net family inet',
  'add nets 10.0.1.0/24',
  'add nets 10.0.1.2/32 nomatch',
  'add nets 169.254.0.0/16',
  'create hosts hash:ip family inet',
  'add hosts 10.0.1.1',
  'add hosts 169.254.169.254',
  'add hosts 10.0.0.1',
  'create services hash:ip,port family inet',
  'add services 10.0.0.1,tcp:8181',
  'add services 169.254.169.254,tcp:80',
  'add services 10.0.1.1,tcp:80',
  '',
].join('\n');

const matchesIn = (chain) =>
  fc
    .array(
      fc.oneof(
        ...anywhere,
        ...(hasIn[chain] ? [option('-i', faces), option('-i', faces)] : []),
        ...(hasOut[chain] ? [option('-o', faces)] : []),
      ),
      { maxLength: 2 },
    )
    .filter(withoutTwice);

/** iptables refuses an option that stands twice. */
function withoutTwice(texts) {
  const names = texts
    .flatMap((text) => text.match(/(^|\s)(-[a-z]|--[a-z-]+)(?=\s)/g) ?? [])
    .map((name) => name.trim());
  const single = names.filter((name) => name !== '-m');
  const modules = texts.flatMap((text) => [...text.matchAll(/-m (\S+)/g)].map(([, name]) => name));
  return new Set(single).size === single.length && new Set(modules).size === modules.length;
}

const dnats = [
  '10.0.0.1:8181',
  '10.0.0.1:8181',
  '10.0.0.1:8182',
  '10.0.0.9:8181',
  '10.0.0.9:9',
  '10.0.1.2:8181',
  '10.0.1.1:80',
  '10.0.2.4:8181',
  '127.0.0.1:8181',
  '169.254.170.23:80',
  '169.254.169.254:80',
];

const markTargets = [
  oneOf('0x1/0x1', '0x2/0x3', '0x4000/0x4000', '0xff/0xffffffff', '0x0/0x1').map(
    (mark) => `MARK --set-xmark ${mark}`,
  ),
  oneOf('0x1/0x1', '0x3/0xff').map((mark) => `CONNMARK --set-xmark ${mark}`),
  oneOf('--save-mark', '--restore-mark').map((what) => `CONNMARK ${what} --nfmask 0xffffffff --ctmask 0xff`),
];

/** Targets of a table in a chain of its own or a built-in one. */
function targetsIn(table, chain, chains) {
  const jumps =
    chains.length === 0 ? [] : [oneOf(...chains).map((to) => to), oneOf(...chains).map((to) => `goto ${to}`)];
  const common = [fc.constant('ACCEPT'), fc.constant('RETURN'), ...markTargets, fc.constant('LOG'), ...jumps];
  switch (table) {
    case 'raw':
      return fc.oneof(...common, fc.constant('DROP'), fc.constant('CT --notrack'));
    case 'mangle':
      return fc.oneof(...common, fc.constant('DROP'));
    case 'filter':
      return fc.oneof(
        ...common,
        fc.constant('ACCEPT'),
        fc.constant('DROP'),
        oneOf('icmp-port-unreachable', 'icmp-admin-prohibited').map((how) => `REJECT --reject-with ${how}`),
        fc.constant('-p tcp REJECT --reject-with tcp-reset'),
      );
    case 'nat':
      if (chain === 'PREROUTING' || chain === 'OUTPUT') {
        return fc.oneof(
          ...common,
          oneOf(...dnats).map((to) => `-p tcp DNAT --to-destination ${to}`),
          oneOf(...dnats).map((to) => `-p tcp DNAT --to-destination ${to}`),
          fc.constant('-p tcp REDIRECT --to-ports 8181'),
        );
      }
      return fc.oneof(
        ...common,
        oneOf(
          ...(chain === 'INPUT'
            ? ['SNAT --to-source 10.0.0.1']
            : ['MASQUERADE', 'SNAT --to-source 10.0.0.1']),
        ),
      );
  }
  throw new Error(`no table ${table}`);
}

const builtIn = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'PREROUTING', 'OUTPUT', 'POSTROUTING', 'INPUT'],
  filter: ['INPUT', 'FORWARD', 'FORWARD', 'OUTPUT'],
};

function ruleIn(table, chain, chains, inChain) {
  return fc.tuple(matchesIn(inChain), targetsIn(table, inChain, chains)).map(([matches, target]) => {
    const [, protocol = '', rest = target] = /^-p (\S+) (.*)$/.exec(target) ?? [];
    const named = matches.some((text) => /(^|\s)-p /.test(text));
    if (protocol !== '' && named) {
      const tcp = matches.filter((text) => !/(^|\s)-p /.test(text));
      return `-A ${chain} ${[...tcp, '-p tcp'].join(' ')} -j ${rest}`;
    }
    const own = protocol === '' ? matches : [...matches, `-p ${protocol}`];
    const jump = rest.startsWith('goto ') ? `-g ${rest.slice(5)}` : `-j ${rest}`;
    return ['-A', chain, ...own, jump].join(' ');
  });
}

/** Lines of a table: rules of built-in chains, and chains X and Y that they enter. */
function tableOf(table) {
  const entry = oneOf(...builtIn[table]);
  // Chains of one's own are entered from one built-in chain alone, since not every option goes everywhere.
  return entry.chain((home) => {
    const inHome = ruleIn(table, home, ['X', 'Y'], home);
    const elsewhere = entry.chain((chain) => ruleIn(table, chain, [], chain));
    const inX = ruleIn(table, 'X', ['Y'], home);
    const inY = ruleIn(table, 'Y', [], home);
    const policy = table === 'filter' ? oneOf([], [], [], [`:${home} DROP`]) : fc.constant([]);
    return fc
      .tuple(
        policy,
        fc.array(fc.oneof(inHome, inHome, elsewhere), { maxLength: 4 }),
        fc.array(inX, { maxLength: 3 }),
        fc.array(inY, { maxLength: 2 }),
      )
      .map(([declared, rules, x, y]) => {
        const used = rules.some((rule) => /-[jg] [XY]\b/.test(rule));
        return used ? [...declared, ':X -', ':Y -', ...rules, ...x, ...y] : [...declared, ...rules];
      });
  });
}

const kube2iam =
  '-A PREROUTING -d 169.254.169.254/32 -i eni+ -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8181';

const packetText = fc
  .tuple(
    oneOf('p1', 'p1', 'p2', 'p3', 'p4', 'node'),
    oneOf('tcp', 'tcp', 'tcp', 'udp'),
    oneOf(
      '169.254.169.254 80',
      '169.254.169.254 80',
      '169.254.169.254 80',
      '169.254.169.254 8080',
      '10.0.0.1 8181',
      '10.0.0.9 443',
      '10.0.0.9 8181',
      '10.0.1.2 8181',
      '169.254.170.23 80',
    ),
  )
  .map((words) => words.join(' '))
  .filter((text) => !text.startsWith('p2') || !text.includes('10.0.1.2'));

/** A rule set with packets. */
function caseArbitrary(fewest, packets) {
  const table = (name) => fc.option(tableOf(name), { nil: undefined, freq: 3 });
  return fc
    .record({
      raw: fc.option(tableOf('raw'), { nil: undefined, freq: 1 }),
      mangle: table('mangle'),
      nat: table('nat'),
      filter: table('filter'),
      own: fc.boolean(),
      routeLocalnet: oneOf('off', 'off', 'on'),
      packets: fc.uniqueArray(packetText, { minLength: fewest, maxLength: packets }),
    })
    .map(({ own, routeLocalnet, packets: sent, ...tables }) => {
      const nat = own ? [...(tables.nat ?? []), kube2iam] : tables.nat;
      const ipv4 = Object.fromEntries(
        Object.entries({ ...tables, nat }).filter(([, lines]) => lines?.length > 0),
      );
      const needsSets = JSON.stringify(ipv4).includes('--match-set');
      return {
        ipv4,
        ...(needsSets ? { ipsets: sets } : {}),
        ...(routeLocalnet === 'on' ? { routeLocalnet } : {}),
        packets: sent,
      };
    });
}

/** The same hosts and blocks in the other family. */
const inIpv6 = {
  '10.0.1.1': 'fd00:1::1',
  '10.0.1.2': 'fd00:1::2',
  '10.0.1.3': 'fd00:1::3',
  '10.0.2.4': 'fd00:2::4',
  '10.0.0.1': 'fd00:10::1',
  '10.0.0.2': 'fd00:10::2',
  '10.0.0.9': 'fd00:10::9',
  '10.0.0.0': 'fd00:10::',
  '10.0.0.255': 'fd00:10::ff',
  '10.0.1.0/24': 'fd00:1::/64',
  '10.0.1.2/31': 'fd00:1::2/127',
  '10.0.0.0/16': 'fd00::/16',
  '169.254.169.254': 'fd00:ec2::254',
  '169.254.170.23': 'fd00:10::1',
  '169.254.0.0/16': 'fd00:ec2::/32',
  '169.254.0.0': 'fd00:ec2::',
  '0.0.0.0/1': 'fc00::/7',
  '127.0.0.1': 'fd00:10::1',
};

/** Says a case in IPv6. */
function toIpv6({ ipv4, ipsets, packets }) {
  const address = (text) =>
    text.replaceAll(/\d+\.\d+\.\d+\.\d+(\/\d+)?/g, (found) => {
      const [host = '', length] = found.split('/');
      return inIpv6[found] ?? `${inIpv6[host]}${length === undefined ? '' : '/128'}`;
    });
  const line = (text) =>
    address(text.replace(/--to-destination ([\d.]+):(\d+)/, '--to-destination [$1]:$2'))
      .replace('icmp-port-unreachable', 'icmp6-port-unreachable')
      .replace('icmp-admin-prohibited', 'icmp6-adm-prohibited');
  const ipv6 = Object.fromEntries(Object.entries(ipv4).map(([table, lines]) => [table, lines.map(line)]));
  return {
    ipv6,
    ...(ipsets === undefined ? {} : { ipsets: address(ipsets).replaceAll('family inet', 'family inet6') }),
    packets: [...new Set(packets.map(address))],
  };
}

/** Draws the same cases for the same seed; every fifth is in IPv6. */
export function sampleCases(seed, count, packets) {
  const cases = fc.sample(caseArbitrary(packets, packets), { seed, numRuns: count });
  return cases.map((one, at) => (at % 5 === 4 ? toIpv6(one) : one));
}

/** Draws cases until the model errs, and shrinks that one. */
export async function hunt(count, family, observe, judge) {
  const seed = Date.now();
  const property = fc.asyncProperty(caseArbitrary(1, 8), async (one) => {
    const said = family === 'ipv6' ? toIpv6(one) : one;
    const wrong = judge(said, await observe(said));
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  });
  const result = await fc.check(property, { numRuns: count, seed, endOnFailure: false });
  if (!result.failed) return console.log(`${result.numRuns} rule sets agree`);
  const [one] = result.counterexample;
  const shown = family === 'ipv6' ? toIpv6(one) : one;
  console.log(`seed ${seed}: ${JSON.stringify(shown, undefined, 1)}\n${result.errorInstance?.message}`);
}
