import type { FactDefinition } from './factDefinitions.ts';

/** Lists what the rules of a node may leave open. */
export const iptablesFacts: readonly FactDefinition[] = [
  {
    name: 'iptablesMatch',
    meaning: 'whether the packet fits an iptables rule with a match that cannot be foretold',
    scope: 'object',
    options: ['fits', 'fitsNot'],
  },
  {
    name: 'iptablesTarget',
    meaning: 'what becomes of a packet at an iptables rule whose target cannot be foretold',
    scope: 'object',
    options: ['goesOn', 'accepted', 'dropped'],
  },
  {
    name: 'routeLocalnet',
    meaning: 'whether the kernel of the node routes packets from outside to 127.0.0.0/8 (route_localnet)',
    scope: 'node',
    options: ['off', 'on'],
    assumed: 'off',
  },
  {
    name: 'podInterface',
    meaning: 'by which of the interfaces that the iptables rules name the packets of the pod come in',
    scope: 'pod',
    options: [],
    valid: /./,
  },
];
