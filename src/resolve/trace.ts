import type { AdmissionEvidence } from '../admission/evidence.ts';
import type { Credentials, Identity, Mechanism } from '../model/identity.ts';
import type { Reply, Request } from '../model/exchange.ts';
import type { Destination, PacketPath } from '../network/path.ts';
import type { ChainStep } from '../sdkChain/run.ts';
import type { ServiceEvidence } from '../services/evidence.ts';
import type { Placement } from './placement.ts';

/** A packet's way to one destination. */
export interface Way {
  readonly to: Destination;
  readonly path: PacketPath;
}

/** One request of the chain: the ways its packets took, what the service weighed, and the reply. */
export interface ExchangeStep {
  readonly kind: 'exchange';
  readonly provider: string;
  readonly request: Request;
  readonly reply: Reply;
  readonly attempts: number;
  readonly ways: readonly Way[];
  readonly evidence: readonly ServiceEvidence[];
}

/** One step on the way to an answer, in the order in which things happen. */
export type Step =
  | { readonly kind: 'placement'; readonly placement: Placement }
  | { readonly kind: 'admission'; readonly evidence: AdmissionEvidence }
  | { readonly kind: 'chain'; readonly step: Exclude<ChainStep, { kind: 'exchange' }> }
  | ExchangeStep;

/** One resolution, with every fact decided. */
export interface Resolution {
  readonly identity: Identity;
  readonly mechanism: Mechanism;
  readonly session?: string;
  readonly credentials?: Credentials;
  readonly trace: readonly Step[];
}
