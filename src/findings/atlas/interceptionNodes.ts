import { lookUpFact } from '../../model/fact.ts';
import type { Rule as IptablesRule } from '../../model/iptables.ts';
import type { Kube2iam } from '../../model/kube2iam.ts';
import { describeRef, type ObjectRef } from '../../model/objectRef.ts';
import type { World } from '../../model/world.ts';
import type { Answer, Outcome } from '../../resolve/answer.ts';
import type { Rule } from '../finding.ts';
import {
  causeRule,
  exchangesOf,
  wherePossibly,
  whereUsually,
  type ConflictRow,
  type Sighting,
} from '../law.ts';
import { consequences } from '../laws/consequences.ts';
import { byGround } from '../laws/ground.ts';
import { metadataAddress } from '../laws/metadataBlock.ts';
import { notInterceptedRule } from '../laws/missedByKube2iam.ts';
import { nodeOf } from '../laws/nodeOf.ts';
import { workloadNames } from '../workloads.ts';

const addRule = 'jtblin/kube2iam:iptables/iptables.go';

/** A process that ended before it added its rule, which is one that the node never had. */
const endedBeforeRule: Rule = notInterceptedRule(
  {
    id: 'iptables-lock-crash',
    title: 'kube2iam ended before it added its rule',
    severity: 'privilegeEscalation',
    expects: 'the rule to be there, or kube2iam to try again',
    gets: 'where the table is busy at its start it ends with `Resource temporarily unavailable`; until a start succeeds there is no rule: the node role with every SDK',
    source: 'jtblin/kube2iam#196',
    advice:
      'let something else add the rule when the node starts, and look at the restarts of kube2iam; require tokens of the metadata service with hop limit 1',
  },
  ['ruleAbsent'],
  'usual',
  ({ outcome }, { world }) => {
    const [daemon] = world.kube2iam;
    const node = nodeOf(outcome);
    if (!daemon?.flags.iptables || daemon.startupFaults.length > 0 || !node) return undefined;
    const { value, basis } = lookUpFact(world, { name: 'kube2iam.daemon', scope: node.name });
    if (value !== 'gone' || basis.kind !== 'stated') return undefined;
    return {
      at: daemon.ref,
      why: `${describeRef(daemon.ref)} does not run on node ${node.name}, and its rule is not there`,
      fixes: [],
    };
  },
);

/** A rule with the settings of before, which stands before the one with the settings of now. */
const olderRule: ConflictRow = {
  id: 'stale-rule-shadows-new',
  title: 'an older rule for the metadata service stands before the new one',
  severity: 'outage',
  expects: 'changed settings of kube2iam to hold',
  gets: 'rules are only ever added, and the first that matches decides: it leads to an address or a port where nobody listens, and no SDK has credentials',
  source: `${addRule}, jtblin/kube2iam#44`,
  advice: 'delete the older rule on each node: `iptables -t nat -S PREROUTING` shows it',
};

const staleRule: Rule = causeRule(olderRule, ({ answers, world }) =>
  byGround(
    olderRule,
    whereUsually(answers, ({ identity }) => identity.kind === 'none').flatMap((answer) => {
      const met = ruleToNobody(answer);
      const shadowed = met && shadowedBy(met.text, world);
      if (!met || shadowed === undefined) return [];
      const why = `\`${met.text}\` leads to nobody and stands before \`${shadowed}\``;
      return [{ answer, ground: { at: met.at, why, fixes: [] } }];
    }),
  ),
);

/** The rule of a node that sends the metadata requests on the way to an answer where nobody listens. */
function ruleToNobody({ outcomes: [usual] }: Answer): { at: ObjectRef; text: string } | undefined {
  const paths = (usual ? exchangesOf(usual) : [])
    .filter(({ request }) => request.kind === 'imds')
    .flatMap(({ ways }) => ways.map(({ path }) => path));
  const lost = paths.find(({ end }) => end.kind !== 'arrives');
  const step = lost?.steps.find(({ reason, hook }) => hook === 'iptables' && reason === 'ruleRewrites');
  return step?.rule === undefined
    ? undefined
    : { at: step.at ?? { kind: 'Node', name: '' }, text: step.rule };
}

/** Finds the rule for metadata requests that stands behind another on its node. */
function shadowedBy(text: string, { iptables }: World): string | undefined {
  for (const { ruleSet } of iptables) {
    const rules = (ruleSet.tables.nat?.['PREROUTING']?.rules ?? []).filter(isForMetadata);
    const at = rules.findIndex((rule) => rule.text === text);
    const next = at < 0 ? undefined : rules.slice(at + 1).find((rule) => rule.text !== text);
    if (next) return next.text;
  }
  return undefined;
}

function isForMetadata({ target, matches }: IptablesRule): boolean {
  return (
    (target?.kind === 'DNAT' || target?.kind === 'REDIRECT') &&
    matches.some((match) => match.kind === 'destination' && match.cidr.startsWith(metadataAddress))
  );
}

/** Pods of a DaemonSet that run with the arguments of before. */
const outdatedPods: Rule = causeRule(
  {
    id: 'ondelete-mixed-args',
    title: 'some nodes run kube2iam with other arguments than the DaemonSet has now',
    severity: 'wrongIdentity',
    expects: 'changed values to hold on every node',
    gets: 'with the strategy OnDelete, which the chart has by default, a pod keeps its arguments until somebody deletes it: which identity a pod has hangs on its node, with every SDK',
    source: 'jtblin/kube2iam:charts/kube2iam/values.yaml (updateStrategy)',
    advice: 'delete the old pods of kube2iam, and set the update strategy to RollingUpdate',
  },
  ({ world, answers }) =>
    world.kube2iam.flatMap((daemon): readonly Sighting[] => {
      const { outdated, ref } = daemon;
      if (!outdated) return [];
      const isThere = (outcome: Outcome): boolean =>
        nodeOf(outcome)?.name === outdated.node && wasServedBy(daemon, outcome);
      const there = wherePossibly(answers, isThere);
      const names = workloadNames(there).join(', ');
      const who = there.length === 0 ? '' : `; there ${names} gets ${consequences(there, isThere)}`;
      return [
        {
          at: ref,
          message: `${describeRef(ref)} runs on node ${outdated.node} with other arguments than ${describeRef(outdated.template)} has now${who}`,
          answers: there,
          severity: there.length === 0 ? 'latent' : 'wrongIdentity',
          fixes: [
            {
              title: `delete ${describeRef(ref)}, which its DaemonSet makes anew`,
              patches: [{ kind: 'recreate', object: ref }],
            },
          ],
        },
      ];
    }),
);

function wasServedBy({ ref }: Kube2iam, outcome: Outcome): boolean {
  return exchangesOf(outcome).some(({ ways }) =>
    ways.some(({ path }) =>
      path.steps.some(({ at, also = [] }) => [at, ...also].some((each) => each?.name === ref.name)),
    ),
  );
}

/** Two programs want the same packets. */
const twoPrograms: Rule = causeRule(
  {
    id: 'two-interceptors',
    title: 'kube2iam and kiam both take metadata requests on one node',
    severity: 'wrongIdentity',
    expects: 'each to serve its own pods',
    gets: 'the rule that was added first takes everything, so the order in which they start decides; kube2iam does not read `iam.amazonaws.com/permitted`, and kiam does not read `iam.amazonaws.com/allowed-roles`: with every SDK',
    source: `uswitch/kiam:cmd/kiam/iptables.go, ${addRule}`,
    advice: 'run one of the two on a node',
  },
  ({ world, answers }) => {
    const [one] = world.kube2iam;
    const [other] = world.kiamAgents;
    const affected = answers.filter(hangsOnFirstRule);
    if (!one || !other || affected.length === 0) return [];
    return [
      {
        at: other.ref,
        message: `${describeRef(one.ref)} and ${describeRef(other.ref)} both add a rule for the metadata service, and the first takes the requests of ${workloadNames(affected).join(', ')}`,
        answers: affected,
      },
    ];
  },
);

/** Both rules are there, and it matters which of them stands first. */
function hangsOnFirstRule({ consulted, outcomes }: Answer): boolean {
  const questions = [
    ...consulted.map(({ question }) => question),
    ...outcomes.flatMap(({ when }) => when.flat().map(({ question }) => question)),
  ];
  return questions.some(({ name }) => name === 'firstRule');
}

/** Conflicts that show on some of the nodes, or from one start of a daemon to the next. */
export const interceptionNodeRules: readonly Rule[] = [endedBeforeRule, staleRule, outdatedPods, twoPrograms];
