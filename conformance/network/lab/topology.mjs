/**
 * What the lab consists of: a node with pods in namespaces of their own, and a network beyond it with IMDS.
 *
 * `replay/` describes the same node to the model.
 */
export const pods = {
  p1: { face: 'eniA', ipv4: '10.0.1.1', ipv6: 'fd00:1::1' },
  p2: { face: 'eniB', ipv4: '10.0.1.2', ipv6: 'fd00:1::2' },
  p3: { face: 'caliX', ipv4: '10.0.1.3', ipv6: 'fd00:1::3' },
  p4: { face: 'cni0', ipv4: '10.0.2.4', ipv6: 'fd00:2::4' },
};

export const node = { ipv4: '10.0.0.1', ipv6: 'fd00:10::1', bridge: { ipv4: '10.0.2.1', ipv6: 'fd00:2::1' } };

/** Where somebody listens, by namespace. Everything else on these hosts is closed. */
export const listeners = {
  node: [
    ['10.0.0.1', 8181],
    ['10.0.2.1', 8181],
    ['127.0.0.1', 8181],
    ['169.254.170.23', 80],
    ['fd00:10::1', 8181],
    ['::1', 8181],
  ],
  beyond: [
    ['169.254.169.254', 80],
    ['10.0.0.9', 8181],
    ['10.0.0.9', 443],
    ['fd00:ec2::254', 80],
    ['fd00:10::9', 8181],
  ],
  p2: [
    ['10.0.1.2', 8181],
    ['fd00:1::2', 8181],
  ],
  p4: [['10.0.2.4', 8181]],
};
