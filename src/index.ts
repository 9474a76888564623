export { world } from './model/builder.ts';
export { changes, type Change } from './model/change.ts';
export { parseInput } from './ingest/parse.ts';
export { whichRole } from './resolve/whichRole.ts';
export { resolveAll } from './resolve/resolve.ts';
export { diffAnswers } from './whatIf/diff.ts';
