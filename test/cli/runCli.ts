import { run } from '../../src/cli/main.ts';
import type { Io } from '../../src/cli/io.ts';

/** What a run of the command line printed, and how it ended. */
export interface CliRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in this process, with a text for standard input. */
export async function runCli(
  argv: readonly string[],
  stdin: string = '',
  io: Partial<Io> = {},
): Promise<CliRun> {
  let stdout = '';
  let stderr = '';
  const exitCode = await run(argv, {
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
    stdin: () => Promise.resolve(stdin),
    env: {},
    cwd: '.',
    isTTY: false,
    columns: 80,
    ...io,
  });
  return { exitCode, stdout, stderr };
}

/** A pod with IRSA; its role's trust policy is not in the input. */
export const irsaManifests: string = `
apiVersion: whichrole.dev/v1
cluster: { accountId: "111122223333", region: eu-west-1 }
nodeRole: arn:aws:iam::111122223333:role/node
imds: { httpTokens: optional, httpPutResponseHopLimit: 2 }
facts: { kube2iam: notInstalled }
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: api
  namespace: pay
  annotations:
    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/app
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: pay }
spec:
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec:
      serviceAccountName: api
      containers:
        - { name: app, image: "example.com/api:1" }
        - { name: proxy, image: "example.com/proxy:1" }
`;
