/** The account in which every drawn role lives. */
export const testAccount = '111122223333';

/** The issuer of the drawn cluster, without `https://`. */
export const testIssuer = 'oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE';

/** The role of every drawn node that states one. */
export const testNodeRole: string = `arn:aws:iam::${testAccount}:role/node`;

/** The roles that drawn pods can name. */
export const testRoles: readonly [string, string] = [
  `arn:aws:iam::${testAccount}:role/app`,
  `arn:aws:iam::${testAccount}:role/other`,
];

/** The namespaces of drawn objects. */
export const testNamespaces: readonly [string, string] = ['legacy', 'secure'];

/** The names of drawn service accounts. */
export const testServiceAccounts: readonly [string, ...string[]] = ['default', 'app', 'job'];
