import type { Kube2iam } from '../../model/kube2iam.ts';
import { describeRef } from '../../model/objectRef.ts';
import type { Fix } from '../../model/patch.ts';

/** Tells whether kube2iam has a role for pods that ask for none. */
export function givesDefaultRole({ flags }: Kube2iam): boolean {
  return flags.defaultRole !== '' || flags.autoDiscoverDefaultRole;
}

/** Proposes to take the default role from kube2iam. */
export function withoutDefaultRole({ ref }: Kube2iam): Fix {
  return {
    title: `remove the default role of ${describeRef(ref)}`,
    patches: [
      {
        kind: 'kube2iamFlags',
        object: ref,
        set: { defaultRole: '', autoDiscoverDefaultRole: false },
        withoutArguments: [],
      },
    ],
  };
}
