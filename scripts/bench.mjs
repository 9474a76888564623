/**
 * Prints how many answers a second whichrole gives, and how the cost grows with the cluster.
 *
 * Every figure that is a claim is a ratio within this one run; seconds depend on the machine.
 */
import { performance } from 'node:perf_hooks';
import { webIdentityRequest } from '../dist/iam/assumeRequest.js';
import { evaluate, verdictOf, weigh } from '../dist/iam/evaluate.js';
import { parsePolicy } from '../dist/iam/policyDocument.js';
import { parseIptablesSave, resolveAll, world } from '../dist/index.js';
import { tracePacket } from '../dist/resolve/tracePacket.js';
import { busyNodeRules } from '../conformance/network/busyNode.mjs';

const account = '111122223333';
const issuer = 'oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE';
const nodeRole = `arn:aws:iam::${account}:role/node`;

/** A cluster of this many pods over namespaces of 50, a fifth of them for each mechanism. */
function cluster(pods) {
  let builder = world()
    .cluster({ accountId: account, region: 'eu-west-1', oidcIssuer: issuer })
    .nodeDefaults({ roleArn: nodeRole, imds: { httpTokens: 'optional', httpPutResponseHopLimit: 2 } })
    .kube2iam({ iptables: true, hostInterface: 'eni+', baseRoleArn: `arn:aws:iam::${account}:role/` })
    .fact('cni', 'aws-vpc-cni-policy-standard')
    .fact('kube2iam.daemon', 'ready')
    .fact('podIdentityAgent', 'running');
  const namespaces = Math.ceil(pods / 50);
  for (let at = 0; at < namespaces; at += 1) {
    const role = `arn:aws:iam::${account}:role/ns-${at}`;
    builder = builder
      .namespace(`ns-${at}`)
      .serviceAccount(`ns-${at}/app`, { roleArn: role })
      .podIdentityAssociation(`ns-${at}/agent`, { roleArn: role })
      .role(role, { trust: trustPolicy(`system:serviceaccount:ns-${at}:app`) });
    if (at % 2 === 0) builder = builder.networkPolicy(`ns-${at}/block-imds`, blockImds);
  }
  for (let at = 0; at < pods; at += 1)
    builder = builder.pod(`ns-${at % namespaces}/pod-${at}`, podOptions(at));
  return builder.build();
}

function podOptions(at) {
  switch (at % 5) {
    case 0:
      return { serviceAccount: 'app' };
    case 1:
      return { annotations: { 'iam.amazonaws.com/role': `role-${at % 10}` } };
    case 2:
      return { serviceAccount: 'agent' };
    case 3:
      return { env: { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' } };
    default:
      return { hostNetwork: at % 2 === 0 };
  }
}

function trustPolicy(subject) {
  const principal = { Federated: `arn:aws:iam::${account}:oidc-provider/${issuer}` };
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: principal,
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${issuer}:sub`]: subject } },
      },
      {
        Effect: 'Allow',
        Principal: { Service: 'pods.eks.amazonaws.com' },
        Action: ['sts:AssumeRole', 'sts:TagSession'],
      },
      { Effect: 'Allow', Principal: { AWS: nodeRole }, Action: 'sts:AssumeRole' },
    ],
  };
}

const blockImds = {
  policyTypes: ['Egress'],
  egress: [{ peers: [{ cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] }] }],
};

function measure(pods) {
  const state = cluster(pods);
  const start = performance.now();
  const answers = resolveAll(state).length;
  const seconds = (performance.now() - start) / 1000;
  return { pods, answers, seconds };
}

measure(100); // warms the compiler up
const rows = [1_000, 10_000].map(measure);
for (const { pods, answers, seconds } of rows) {
  const rate = Math.round(answers / seconds).toLocaleString('en-US');
  console.log(
    `${pods.toLocaleString('en-US')} pods, all SDKs: ${answers.toLocaleString('en-US')} answers in ${seconds.toFixed(1)} s, ${rate} answers a second`,
  );
}
const [small, large] = rows;
const growth = large.seconds / small.seconds;
console.log(`10 times the pods cost ${growth.toFixed(1)} times the time (10 is linear)`);

/** Decides a token's request so many times; a document that is new each time has to be read each time. */
function decisions(count, documentAt) {
  const request = webIdentityRequest({
    roleArn: `arn:aws:iam::${account}:role/app`,
    providerArn: `arn:aws:iam::${account}:oidc-provider/${issuer}`,
    issuer,
    subject: 'system:serviceaccount:pay:api',
    audience: 'sts.amazonaws.com',
  });
  const context = { ...request.context, action: request.actions[0] };
  const start = performance.now();
  for (let at = 0; at < count; at += 1) {
    const { policy } = parsePolicy(documentAt(), 'trustPolicy');
    if (verdictOf(weigh(evaluate([policy], context))) !== 'allow')
      throw new Error('the bench decides wrongly');
  }
  return count / ((performance.now() - start) / 1000);
}

const trust = {
  ref: { kind: 'TrustPolicy', name: 'app' },
  value: trustPolicy('system:serviceaccount:pay:*'),
};
trust.value.Statement[0].Condition = { StringLike: trust.value.Statement[0].Condition.StringEquals };
const compiledOnce = () => trust;
const parsedEveryTime = () => ({ ...trust });
for (const warmUp of [compiledOnce, parsedEveryTime]) decisions(5_000, warmUp);
const compiled = decisions(50_000, compiledOnce);
const parsed = decisions(50_000, parsedEveryTime);
const told = (rate) => Math.round(rate).toLocaleString('en-US');
console.log(`IAM: ${told(compiled)} decisions a second compiled once, ${told(parsed)} parsed every time`);
console.log(`compiling once is ${(compiled / parsed).toFixed(1)} times as fast`);

/** Reads the rules of a busy node and follows a metadata request through them, as `whichrole trace` does. */
function traceThrough(rules) {
  const text = busyNodeRules(rules);
  const start = performance.now();
  const { ruleSets } = parseIptablesSave(text, 'busy.rules');
  let builder = world()
    .pod('pay/api')
    .node('n1', { addresses: ['10.0.0.1'] });
  builder = builder.kube2iam({ iptables: true, hostInterface: 'eni+' }).fact('kube2iam.daemon', 'ready');
  for (const ruleSet of ruleSets) builder = builder.iptables(ruleSet);
  const state = builder.build();
  const to = { kind: 'address', address: '169.254.169.254', port: 80, protocol: 'TCP' };
  const { outcomes } = tracePacket(state, state.workloads[0], to);
  if (!outcomes.some(({ path }) => path.end.kind === 'arrives' && path.end.at.kind === 'kube2iam')) {
    throw new Error('the bench loses the packet');
  }
  return performance.now() - start;
}

for (let warmUp = 0; warmUp < 3; warmUp += 1) traceThrough(2_000);
const [few, many] = [1_000, 10_000].map(traceThrough);
console.log(`trace through 10,000 rules in kube-proxy's form: ${Math.round(many)} ms, reading included`);
console.log(`10 times the rules cost ${(many / few).toFixed(1)} times the time (10 is linear)`);
