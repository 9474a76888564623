import { findConflicts } from '../../src/findings/examine.ts';
import { parseInput } from '../../src/ingest/parse.ts';
import { resolveAll } from '../../src/resolve/resolve.ts';

/** A cluster with a pod that asks for two roles, and a daemon that asks for one and cannot have it. */
export const checkedFiles: Readonly<Record<string, string>> = {
  'whichrole.yaml': `apiVersion: whichrole.dev/v1
cluster: { accountId: "111122223333", region: eu-west-1 }
nodeRole: arn:aws:iam::111122223333:role/node
imds: { httpTokens: optional, httpPutResponseHopLimit: 2 }
cni: aws-vpc-cni
sdks: [{ sdk: go-v2 }]
kube2iam: { installed: true, daemon: ready, rule: present }
facts: { trust: admits }
`,
  'app.yaml': `apiVersion: v1
kind: Namespace
metadata: { name: pay }
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
metadata:
  name: api
  namespace: pay
spec:
  selector: { matchLabels: { app: api } }
  template:
    metadata:
      labels: { app: api }
      annotations:
        iam.amazonaws.com/role: legacy
    spec:
      serviceAccountName: api
      containers: [{ name: app, image: "example.com/api:1" }]
---
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: agent
  namespace: ops
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata:
      labels: { app: agent }
      annotations:
        iam.amazonaws.com/role: agent
    spec:
      hostNetwork: true
      containers: [{ name: agent, image: "example.com/agent:1" }]
`,
};

/** Where one finding stands. */
export interface Place {
  readonly rule: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
}

/** What is found in {@link checkedFiles}, in order. */
export const checkedFindings: readonly Place[] = findPlaces();

/** The rule that finds the two roles of `pay/api`: they stand at line 24. */
export const ruleOfPay: string = checkedFindings.find(({ line }) => line === 24)?.rule ?? '';

/** The rule that finds the daemon on the host network: its annotation stands at line 40. */
export const ruleOfOps: string = checkedFindings.find(({ line }) => line === 40)?.rule ?? '';

function findPlaces(): readonly Place[] {
  const { world } = parseInput(Object.entries(checkedFiles).map(([file, text]) => ({ file, text })));
  return findConflicts(world, resolveAll(world)).map(({ rule, at: { position } }) => ({
    rule,
    file: position?.file,
    line: position?.line,
  }));
}
