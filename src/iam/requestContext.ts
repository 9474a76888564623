/**
 * Who asks.
 *
 * A role session whose name or role id the input does not show leaves that field out.
 */
export type RequestPrincipal =
  | {
      readonly kind: 'roleSession';
      readonly roleArn: string;
      readonly accountId: string;
      /** `AROA…`. */
      readonly roleId?: string;
      readonly sessionName?: string;
    }
  | { readonly kind: 'webIdentity'; readonly providerArn: string }
  /** An AWS service, as `pods.eks.amazonaws.com`. */
  | { readonly kind: 'service'; readonly service: string };

/**
 * A context key whose value the input does not show.
 *
 * A key that ends in `/` stands for every key below it, as `aws:principaltag/`.
 */
export interface OpenKey {
  readonly key: string;
  /** `always`: the request has the key. `sometimes`: it may lack it. */
  readonly presence: 'always' | 'sometimes';
}

/**
 * Everything about a request that policies may ask for.
 *
 * Keys are in lower case, because IAM compares them without regard to case. A key that is neither in
 * `keys` nor in `openKeys` is known to be absent.
 *
 * @source Condition key names are not case-sensitive:
 *   awsdocs/iam-user-guide:doc_source/reference_policies_elements_condition.md
 */
export interface RequestContext {
  readonly principal: RequestPrincipal;
  /** As `sts:AssumeRole`. */
  readonly action: string;
  readonly resource: string;
  readonly keys: ReadonlyMap<string, readonly string[]>;
  readonly openKeys: readonly OpenKey[];
}

/** What a request says about one context key. */
export type KeyState =
  | { readonly kind: 'present'; readonly values: readonly string[] }
  | { readonly kind: 'absent' }
  | { readonly kind: 'open'; readonly presence: OpenKey['presence'] };

/**
 * Looks a context key up. A key with no values counts as absent.
 *
 * @example
 * lookUpKey({ keys: new Map([['aws:sourceaccount', ['111122223333']]]), openKeys: [] }, 'aws:SourceAccount')
 * // => { kind: 'present', values: ['111122223333'] }
 */
export function lookUpKey(context: Pick<RequestContext, 'keys' | 'openKeys'>, key: string): KeyState {
  const lower = key.toLowerCase();
  const values = context.keys.get(lower);
  if (values) return values.length > 0 ? { kind: 'present', values } : { kind: 'absent' };
  const open = context.openKeys.find(
    (candidate) =>
      candidate.key === lower || (candidate.key.endsWith('/') && lower.startsWith(candidate.key)),
  );
  return open ? { kind: 'open', presence: open.presence } : { kind: 'absent' };
}
