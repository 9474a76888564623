/**
 * Builds and removes the namespaces of the lab. Nothing is ever sent outside of them.
 */
import { execFileSync } from 'node:child_process';
import { node, pods } from './topology.mjs';

/** Why the lab cannot be built here, or nothing when it can. */
export function obstacle() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'it takes Linux and root to make network namespaces';
  for (const program of ['ip', 'iptables-restore', 'ip6tables-restore', 'ipset']) {
    try {
      execFileSync('which', [program], { stdio: 'pipe' });
    } catch {
      return `the program ${program} is missing`;
    }
  }
  const probe = `whichrole-probe-${process.pid}`;
  try {
    execFileSync('ip', ['netns', 'add', probe], { stdio: 'pipe' });
    execFileSync('ip', ['netns', 'del', probe], { stdio: 'pipe' });
  } catch (error) {
    return `no network namespace can be made: ${String(error.stderr ?? error).trim()}`;
  }
  return undefined;
}

/** Makes the namespaces; the name of each begins with the prefix. */
export function build(prefix) {
  const names = ['node', 'beyond', ...Object.keys(pods)];
  const ns = (name) => `${prefix}-${name}`;
  const run = (name, ...commands) => {
    for (const command of commands) {
      try {
        execFileSync('ip', ['netns', 'exec', ns(name), 'sh', '-c', command], { stdio: 'pipe' });
      } catch (error) {
        throw new Error(`${name}: ${command}: ${error.stderr}`, { cause: error });
      }
    }
  };
  for (const name of names) {
    execFileSync('ip', ['netns', 'add', ns(name)]);
    run(
      name,
      'ip link set lo up',
      'for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 > $f; done',
      'echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad',
      'echo 1 > /proc/sys/net/ipv6/conf/default/addr_gen_mode',
    );
  }
  run(
    'node',
    'echo 1 > /proc/sys/net/ipv4/ip_forward',
    'echo 1 > /proc/sys/net/ipv6/conf/all/forwarding',
    'echo 0 > /proc/sys/net/ipv4/icmp_ratelimit',
    'echo 0 > /proc/sys/net/ipv6/icmp/ratelimit',
    '[ ! -e /proc/sys/net/ipv4/icmp_msgs_per_sec ] || echo 1000000 > /proc/sys/net/ipv4/icmp_msgs_per_sec',
    'for f in /proc/sys/net/ipv4/conf/*/send_redirects; do echo 0 > $f; done',
  );
  run('beyond', 'echo 0 > /proc/sys/net/ipv4/icmp_ratelimit', 'echo 0 > /proc/sys/net/ipv6/icmp/ratelimit');
  link('node', 'eth0', 'beyond', 'up0');
  run('node', `ip addr add ${node.ipv4}/24 dev eth0`, `ip addr add ${node.ipv6}/64 dev eth0 nodad`);
  run(
    'beyond',
    ...['10.0.0.254/24', '10.0.0.9/24', '169.254.169.254/32'].map(
      (address) => `ip addr add ${address} dev up0`,
    ),
    ...['fd00:10::fe/64', 'fd00:10::9/64', 'fd00:ec2::254/128'].map(
      (address) => `ip addr add ${address} dev up0 nodad`,
    ),
    `ip route add default via ${node.ipv4}`,
    `ip -6 route add default via ${node.ipv6}`,
  );
  run('node', 'ip route add default via 10.0.0.254', 'ip -6 route add default via fd00:10::fe');
  run('node', 'ip route add 169.254.169.254 dev eth0', 'ip -6 route add fd00:ec2::254 dev eth0');
  run('node', 'ip link add cni0 type bridge', 'ip link set cni0 up');
  run(
    'node',
    `ip addr add ${node.bridge.ipv4}/24 dev cni0`,
    `ip addr add ${node.bridge.ipv6}/64 dev cni0 nodad`,
  );
  run(
    'node',
    'ip link add pod-id-link0 type bridge',
    'ip link set pod-id-link0 up',
    'ip addr add 169.254.170.23/32 dev pod-id-link0',
  );
  neighbours('node', 'eth0', 'beyond', 'up0', [node.ipv6], ['fd00:10::fe', 'fd00:10::9', 'fd00:ec2::254']);
  for (const [name, pod] of Object.entries(pods)) addPod(name, pod);
  return names;

  function link(name, face, peer, peerFace) {
    execFileSync('ip', [
      'link',
      'add',
      face,
      'netns',
      ns(name),
      'type',
      'veth',
      'peer',
      'name',
      peerFace,
      'netns',
      ns(peer),
    ]);
    run(name, `ip link set ${face} up`);
    run(peer, `ip link set ${peerFace} up`);
  }

  /** Rules may stop neighbour discovery, which is no matter of this lab. */
  function neighbours(name, face, peer, peerFace, addresses, peerAddresses) {
    const mac = (of, dev) =>
      String(execFileSync('ip', ['netns', 'exec', ns(of), 'cat', `/sys/class/net/${dev}/address`])).trim();
    const fix = (of, dev, address, lladdr) =>
      run(
        of,
        `ip ${address.includes(':') ? '-6 ' : ''}neigh replace ${address} lladdr ${lladdr} dev ${dev} nud permanent`,
      );
    for (const address of addresses) fix(peer, peerFace, address, mac(name, face));
    for (const address of peerAddresses) fix(name, face, address, mac(peer, peerFace));
  }

  function addPod(name, { face, ipv4, ipv6 }) {
    const bridged = face === 'cni0';
    const own = bridged ? 'vethZ' : face;
    link('node', own, name, 'eth0');
    run(
      name,
      `ip addr add ${ipv4}/${bridged ? 24 : 32} dev eth0`,
      `ip addr add ${ipv6}/${bridged ? 64 : 128} dev eth0 nodad`,
    );
    if (bridged) {
      run('node', `ip link set ${own} master cni0`);
      run(
        name,
        `ip route add default via ${node.bridge.ipv4}`,
        `ip -6 route add default via ${node.bridge.ipv6}`,
      );
      neighbours('node', 'cni0', name, 'eth0', [node.bridge.ipv6], [ipv6]);
      return;
    }
    run('node', `ip route add ${ipv4}/32 dev ${own}`, `ip -6 route add ${ipv6}/128 dev ${own}`);
    run(name, 'ip route add 169.254.1.1 dev eth0', 'ip route add default via 169.254.1.1');
    run(name, 'ip -6 route add default via fe80::1 dev eth0');
    neighbours('node', own, name, 'eth0', ['169.254.1.1', 'fe80::1'], [ipv4, ipv6]);
  }
}

/** Removes the namespaces, and with them every link and rule. */
export function remove(prefix, names) {
  for (const name of names) {
    try {
      execFileSync('ip', ['netns', 'del', `${prefix}-${name}`], { stdio: 'pipe' });
    } catch {
      // It was not made, or is gone.
    }
  }
}
