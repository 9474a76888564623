interface Addresses {
  readonly ipv4: string;
  readonly ipv6: string;
}

export const pods: Readonly<Record<string, Addresses & { readonly face: string }>>;
export const node: Addresses & { readonly bridge: Addresses };
export const listeners: Readonly<Record<string, readonly (readonly [address: string, port: number])[]>>;
