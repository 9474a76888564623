export { worlds, type WorldConstraints } from './arbitraries/world.ts';
export { testAccount, testIssuer, testNodeRole, testRoles, trustPolicy } from './arbitraries/trustPolicy.ts';
export { matchers, type WhichroleMatchers } from './matchers.ts';
