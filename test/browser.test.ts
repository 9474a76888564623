import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

describe('the core entry in a browser', () => {
  it('bundles without a Node built-in and answers where there is none', async () => {
    const bundle = await build({
      entryPoints: ['src/index.ts'],
      bundle: true,
      platform: 'browser',
      format: 'iife',
      globalName: 'whichrole',
      write: false,
    });
    // What a browser has and the language has not; neither `process` nor `Buffer` nor `require` is there.
    const page = createContext({ URL, TextDecoder, TextEncoder, console, atob, setTimeout, clearTimeout });
    runInContext(bundle.outputFiles[0]?.text ?? '', page);
    const identity: unknown = runInContext(
      `const cluster = whichrole.world()
         .nodeDefaults({ roleArn: 'arn:aws:iam::111122223333:role/node', imds: { httpTokens: 'optional', httpPutResponseHopLimit: 2 } })
         .pod('pay/api')
         .build();
       JSON.stringify(whichrole.whichRole(cluster, 'pay/api', { sdk: 'go-v2' }).outcomes[0].identity)`,
      page,
    );
    expect(JSON.parse(String(identity))).toEqual({
      kind: 'role',
      arn: 'arn:aws:iam::111122223333:role/node',
    });
  });
});
