import { behavesSo, passesTokenRequests, usesSdkV2 } from '../../services/kube2iamVersion.ts';
import { describeRef } from '../../model/objectRef.ts';
import type { ClusterNode } from '../../model/node.ts';
import type { KiamAgent } from '../../model/kiam.ts';
import type { Kube2iam } from '../../model/kube2iam.ts';
import type { World } from '../../model/world.ts';
import type { Rule } from '../finding.ts';
import { intentionsOf } from '../intention.ts';
import { causeRule, type Sighting } from '../law.ts';
import { daemonRepliesRule, flagFix, flagPlace, weighed } from '../laws/daemonReplies.ts';
import { closeMetadataForPods } from '../laws/closeMetadata.ts';
import { metadataWays } from '../laws/metadataBlock.ts';
import { daemonAt, notInterceptedRule, stationOf } from '../laws/missedByKube2iam.ts';
import { workloadNames } from '../workloads.ts';

/** Tells whether pods of a node could get its role, if nothing took their requests. */
function isNodeRoleOpen({ imds }: ClusterNode): boolean {
  const { httpEndpoint, httpTokens, httpPutResponseHopLimit = 2 } = imds;
  return httpEndpoint !== 'disabled' && (httpTokens !== 'required' || httpPutResponseHopLimit > 1);
}

/** Tells whether a daemon can serve at all: kube2iam has to list pods, which the account `default` may not. */
function canServe({ kube2iam }: World, daemon: Kube2iam | KiamAgent): boolean {
  const mayList = daemon.serviceAccountName !== 'default' || !kube2iam.some(({ ref }) => ref === daemon.ref);
  return daemon.startupFaults.length === 0 && mayList;
}

/** Conflicts about the life of the daemon and of its rule. */
export const interceptionDaemonRules: readonly Rule[] = [
  notInterceptedRule(
    {
      id: 'not-ready-at-start',
      title: 'a pod can start before the daemon has added its rule',
      severity: 'latent',
      expects: 'interception from the first packet',
      gets: 'the node role until the rule is there, with every SDK, and many keep it for hours',
      source:
        'jtblin/kube2iam#170, jtblin/kube2iam#94, kubernetes-retired/kube-aws#891, kubernetes-retired/kube-aws#1105, zalando-incubator/kubernetes-on-aws#291',
      advice:
        'add the rule before the kubelet starts, or taint new nodes until kube2iam is ready; require tokens of the metadata service with hop limit 1',
    },
    ['ruleAbsent', 'kiamRuleAbsent'],
    'any',
    ({ answer: { outcomes }, outcome, step, intention }, { world }) => {
      const daemon = daemonAt(world, step);
      const served = outcomes[0]?.mechanism === intention.mechanism;
      return daemon && served && outcome.mechanism === 'imds' && canServe(world, daemon)
        ? {
            at: daemon.ref,
            why: `until ${describeRef(daemon.ref)} has added its rule on a node, pods there reach the metadata service`,
            fixes: [closeMetadataForPods],
          }
        : undefined;
    },
  ),
  notInterceptedRule(
    {
      id: 'crashed-rule-left',
      title: 'the rule is there, and nobody answers',
      severity: 'outage',
      expects: 'the annotated role',
      gets: 'each metadata request is refused: no credentials with every SDK, and nobody has the node role',
      source: 'jtblin/kube2iam#141',
      advice: 'find out why the pods of the daemon are not ready, and let an alert watch them',
    },
    ['redirectedToNotReady', 'kiamRedirectedToNotReady'],
    'usual',
    ({ step }, { world }) => {
      const daemon = daemonAt(world, step);
      return daemon && canServe(world, daemon)
        ? {
            at: daemon.ref,
            why: `the rule of ${describeRef(daemon.ref)} is there, and nothing listens behind it`,
            fixes: [],
          }
        : undefined;
    },
  ),
  notInterceptedRule(
    {
      id: 'uninstalled-rule-left',
      title: 'the rule stays when the daemon is gone',
      severity: 'outage',
      expects: 'a node without kube2iam to be as before',
      gets: 'the rule stays until the node restarts: on old nodes no credentials with every SDK, on new ones the node role',
      source: 'jtblin/kube2iam#370, jtblin/kube2iam#44',
      advice: 'delete the rule on every node, or replace the nodes; the nat table shows it',
    },
    ['redirectedToGone', 'kiamRedirectedToGone', 'ruleRewrites'],
    'usual',
    ({ step, outcome }, { world }) => {
      const daemon = daemonAt(world, step);
      if (!step.at || (daemon && !canServe(world, daemon))) return undefined;
      // Of a rule that is shown, only what is behind it tells.
      if (step.reason === 'ruleRewrites') {
        const deaf = stationOf(outcome, 'imds', ({ reason }) => reason === 'noListener');
        return !daemon && deaf
          ? { at: step.at, why: `\`${step.rule ?? ''}\` leads to nobody, and no daemon is shown`, fixes: [] }
          : undefined;
      }
      return {
        at: step.at,
        why: `${describeRef(step.at)} is gone, and its rule still sends metadata requests to its port`,
        fixes: [],
      };
    },
  ),
  causeRule(
    {
      id: 'prestop-opens-window',
      title: 'a hook takes the rule away whenever a pod of kube2iam ends',
      severity: 'latent',
      expects: 'a clean end',
      gets: 'the node role for every SDK that asks between the old pod and the new one; the hook may also delete rules of other tools',
      source:
        'jtblin/kube2iam:charts/kube2iam/values.yaml (lifecycle), jtblin/kube2iam#290, jtblin/kube2iam#141',
      advice: 'leave the hook out, or require tokens of the metadata service with hop limit 1',
    },
    (examined) => {
      const open = metadataWays(examined).filter(
        ({ path: { end }, placement }) =>
          end.kind === 'arrives' && end.at.kind === 'kube2iam' && isNodeRoleOpen(placement.node),
      );
      return examined.world.kube2iam.flatMap(({ ref, preStop }): readonly Sighting[] =>
        preStop && open.length > 0
          ? [
              {
                at: preStop,
                message: `a hook runs when a pod of ${describeRef(ref)} ends; if it takes the rule away, ${workloadNames(open.flatMap(({ answers }) => answers)).join(', ')} can reach the node role until the next is there`,
                answers: [],
                fixes: [closeMetadataForPods],
              },
            ]
          : [],
      );
    },
  ),
  causeRule(
    {
      id: 'debug-store-open',
      title: 'every pod may read which pod has which role',
      severity: 'latent',
      expects: 'debugging to be for the node alone',
      gets: 'a page of kube2iam that lists the addresses and roles of all pods',
      source: 'jtblin/kube2iam:server/server.go (debugStoreHandler)',
      advice: 'remove `--debug`',
    },
    ({ world }) =>
      world.kube2iam
        .filter(({ flags }) => flags.debug)
        .map((daemon): Sighting => ({
          at: flagPlace(daemon, 'debug'),
          message: `${describeRef(daemon.ref)} runs with \`--debug\`, so that every pod may read which pod has which role`,
          answers: [],
          fixes: [flagFix(daemon, 'switch off the debug page', { debug: false })],
        })),
  ),
  causeRule(
    {
      id: 'hop1-does-not-hide-imds-behind-kube2iam',
      title: 'kube2iam fetches for a pod what the hop limit keeps from it',
      severity: 'latent',
      expects: 'required tokens with hop limit 1 to keep pods out',
      gets: 'kube2iam passes every other request on from the host, so that pods still get tokens, user data and instance documents; credentials remain those of annotation or default role',
      source: 'jtblin/kube2iam:server/server.go (reverseProxyHandler)',
      advice:
        'close the metadata service by a policy for pods that need nothing of it, or part with kube2iam',
    },
    (examined) => {
      const { world } = examined;
      const behind = metadataWays(examined).filter(({ workload, path: { end }, placement: { node } }) => {
        if (end.kind !== 'arrives' || end.at.kind !== 'kube2iam' || isNodeRoleOpen(node)) return false;
        if (node.imds.httpEndpoint === 'disabled') return false;
        const passesOn = behavesSo(end.at.daemon.image, passesTokenRequests) !== false;
        return passesOn && intentionsOf(world, workload).every(({ mechanism }) => mechanism !== 'kube2iam');
      });
      const [daemon] = world.kube2iam;
      if (behind.length === 0 || !daemon) return [];
      const answers = behind.flatMap((way) => way.answers);
      return [
        {
          at: daemon.ref,
          message: `the metadata service lets no pod in, and ${describeRef(daemon.ref)} fetches from it for ${workloadNames(answers).join(', ')}`,
          answers: [],
        },
      ];
    },
  ),
  daemonRepliesRule(
    {
      id: 'tokens-required-old-kube2iam',
      title: 'kube2iam before 0.12 does not work where tokens are required',
      severity: 'outage',
      expects: 'a stricter metadata service to make no difference',
      gets: 'its own SDK asks for no token, so that it has no credentials itself, and its health check fails; before 0.10.10 its proxy adds a header for which a token is refused: no credentials with every SDK',
      source:
        'jtblin/kube2iam#241, jtblin/kube2iam#345, jtblin/kube2iam#300, jtblin/kube2iam#382, uswitch/kiam#359',
      advice: 'upgrade kube2iam before tokens are required',
    },
    (reply) => {
      const { daemon, node, outcome } = reply;
      if (node?.imds.httpTokens !== 'required' || outcome.identity.kind !== 'none') return undefined;
      const asksForNone = behavesSo(daemon.image, usesSdkV2) === false;
      const hasNone = weighed(reply, 'daemonIdentity')?.identity.kind === 'none';
      if (!weighed(reply, 'clientAddressForwarded') && !(asksForNone && hasNone)) return undefined;
      return {
        at: daemon.ref,
        why: `${daemon.image ?? 'kube2iam'} neither asks for the tokens that the metadata service requires${
          behavesSo(daemon.image, passesTokenRequests) === false ? ' nor passes on requests for them' : ''
        }`,
        fixes: [],
      };
    },
  ),
];
