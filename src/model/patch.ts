import type { JsonValue } from './aws.ts';
import type { NetworkPolicy } from './kubernetes.ts';
import type { Kube2iamFlags } from './kube2iam.ts';
import type { Labels } from './labels.ts';
import type { ImdsOptions } from './node.ts';
import type { SdkRef } from './sdk.ts';

/** Names one object of Kubernetes. */
export interface ObjectName {
  readonly kind: string;
  /** Absent for objects of the whole cluster. */
  readonly namespace?: string;
  readonly name: string;
}

/**
 * One concrete change of one object: plain data, so that it can be applied to a world, printed as a manifest,
 * and compared. A `value` that is absent removes what is there.
 */
export type Patch =
  | {
      readonly kind: 'annotation' | 'label';
      readonly object: ObjectName;
      /** `template`: in the metadata of the pods that a controller makes. */
      readonly on: 'metadata' | 'template';
      readonly key: string;
      readonly value?: string;
    }
  | {
      readonly kind: 'env';
      readonly object: ObjectName;
      readonly container: string;
      readonly name: string;
      readonly value?: string;
    }
  /** Takes a variable source, as `envFrom` of one Secret, out of a container. */
  | {
      readonly kind: 'withoutEnvFrom';
      readonly object: ObjectName;
      readonly container: string;
      readonly from: string;
    }
  | {
      readonly kind: 'podSpec';
      readonly object: ObjectName;
      readonly set: {
        readonly hostNetwork?: boolean;
        readonly serviceAccountName?: string;
        readonly fsGroup?: number;
        readonly nodeSelector?: Labels;
      };
    }
  | { readonly kind: 'withoutVolume'; readonly object: ObjectName; readonly volume: string }
  /** Deletes pods that were admitted before something changed, so that they are admitted anew. */
  | { readonly kind: 'recreate'; readonly object: ObjectName }
  | { readonly kind: 'serviceAccount'; readonly object: ObjectName; readonly roleArn?: string }
  | { readonly kind: 'networkPolicy'; readonly policy: NetworkPolicy }
  | { readonly kind: 'withoutNetworkPolicy'; readonly object: ObjectName }
  | { readonly kind: 'trustPolicy'; readonly roleArn: string; readonly document: JsonValue }
  | {
      readonly kind: 'kube2iamFlags';
      readonly object: ObjectName;
      readonly set: Partial<Kube2iamFlags>;
      /** Arguments that the program does not understand, as written. */
      readonly withoutArguments: readonly string[];
    }
  | {
      readonly kind: 'daemonSet';
      readonly object: ObjectName;
      readonly set: { readonly tolerateEverything?: true; readonly everyNode?: true };
    }
  /** Without `node` for every node that states no options itself. */
  | { readonly kind: 'imds'; readonly node?: string; readonly options: ImdsOptions }
  | {
      readonly kind: 'sdk';
      readonly object: ObjectName;
      readonly container: string;
      readonly sdk: SdkRef;
    }
  /** Creates, changes or, without a role, deletes an association. */
  | {
      readonly kind: 'association';
      readonly namespace: string;
      readonly serviceAccount: string;
      readonly roleArn?: string;
    }
  | { readonly kind: 'oidcProvider'; readonly arn: string; readonly clientIds: readonly string[] };

/** One way to remove a conflict. */
export interface Fix {
  /** A verb phrase, as `remove AWS_ROLE_ARN from container app`. */
  readonly title: string;
  readonly patches: readonly Patch[];
}
