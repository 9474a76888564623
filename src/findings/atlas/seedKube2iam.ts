import { metadataTo } from '../laws/metadataBlock.ts';
import { flagDefinitions } from '../../ingest/kube2iam/flags.ts';
import type { Kube2iam, Kube2iamFlags } from '../../model/kube2iam.ts';
import { describeRef, fieldOf, type ObjectRef } from '../../model/objectRef.ts';
import type { Fix } from '../../model/patch.ts';
import type { Workload } from '../../model/workload.ts';
import type { World } from '../../model/world.ts';
import type { Answer, Outcome } from '../../resolve/answer.ts';
import { tracePacket } from '../../resolve/tracePacket.ts';
import type { Rule } from '../finding.ts';
import { causeRule, exchangesOf, whereUsually, wherePossibly, type Sighting } from '../law.ts';
import { consequences } from '../laws/consequences.ts';
import { givesDefaultRole, withoutDefaultRole } from '../laws/defaultRole.ts';
import { byContainer, workloadNames } from '../workloads.ts';

const main = 'jtblin/kube2iam:cmd/main.go';

/** The arguments of kube2iam end the process before it adds its rule. */
const exits: Rule = causeRule(
  {
    id: 'seed2-flags-as-written',
    title: 'kube2iam exits at start because of its arguments',
    severity: 'outage',
    expects: 'kube2iam to run with these arguments',
    gets: 'an exit at start, so no rule is added: every SDK gets the node role, or meets a dead port where an older rule is left',
    source: main,
    advice: 'write flags as kube2iam knows them; values of the Helm chart are no flags',
  },
  ({ world, answers }) =>
    world.kube2iam.flatMap((daemon): readonly Sighting[] => {
      const [fault] = daemon.startupFaults;
      if (!fault) return [];
      const asking = wherePossibly(answers, (outcome) =>
        exchangesOf(outcome).some(({ request }) => request.kind === 'imds'),
      );
      const others = daemon.startupFaults.length - 1;
      const more = others === 0 ? '' : ` (and ${others} more)`;
      return [
        {
          at: fault.ref,
          message: `${daemon.namespace}/${daemon.name} exits at start: ${fault.message}${more}; no rule is ever added, so metadata requests reach the node role, or a dead port where an older rule is left`,
          severity: haveNodeRole(world, answers).length > 0 ? 'privilegeEscalation' : 'outage',
          answers: asking,
          fixes: [knownFlags(daemon)],
          ...(fault.nearest === undefined ? {} : { advice: `write \`${fault.nearest}\`` }),
        },
      ];
    }),
);

/** The answers of containers that ask kube2iam for a role, and whom the metadata service answers itself. */
function haveNodeRole(world: World, answers: readonly Answer[]): readonly Answer[] {
  return byContainer(world, answers)
    .filter(({ intentions: [first] }) => first?.mechanism === 'kube2iam')
    .flatMap((container) => whereUsually(container.answers, ({ mechanism }) => mechanism === 'imds'));
}

/** Writes what was meant for each argument that kube2iam does not know, and leaves out the rest. */
function knownFlags({ ref, startupFaults }: Kube2iam): Fix {
  const set = Object.assign({}, ...startupFaults.map(meantSetting)) as Partial<Kube2iamFlags>;
  const unknown = startupFaults.map(({ argument }) => argument);
  return {
    title: `write the arguments of ${describeRef(ref)} as flags that kube2iam knows`,
    patches: [{ kind: 'kube2iamFlags', object: ref, set, withoutArguments: unknown }],
  };
}

function meantSetting({ argument, nearest }: Kube2iam['startupFaults'][number]): Partial<Kube2iamFlags> {
  const definition = flagDefinitions.get(nearest?.replace(/^--/, '') ?? '');
  const [, value] = /^[^=]*=(.*)$/s.exec(argument) ?? [];
  if (!definition?.setting) return {};
  if (definition.type === 'boolean') return { [definition.setting]: value === undefined || value === 'true' };
  return definition.type === 'string' && value !== undefined ? { [definition.setting]: value } : {};
}

/** The rule of kube2iam goes by the interface, so it takes the requests of every pod. */
const interceptsEveryone: Rule = causeRule(
  {
    id: 'seed2-intercepts-everyone',
    title: 'kube2iam stands between the metadata service and pods that do not want it',
    severity: 'latent',
    expects: 'pods with IRSA to be left alone by kube2iam',
    gets: 'the rule goes by the interface, so that every pod is redirected, and the default role is what it finds there',
    source: 'jtblin/kube2iam:iptables/iptables.go, jtblin/kube2iam:server/server.go',
    advice:
      'let kube2iam have no default role and restrict its roles by namespace; it cannot choose pods by label',
  },
  ({ world, answers }) => {
    const others = byContainer(world, answers).filter(
      ({ intentions }) =>
        intentions.some(({ mechanism }) => mechanism === 'irsa') &&
        !intentions.some(({ mechanism }) => mechanism === 'kube2iam'),
    );
    return world.kube2iam.filter(givesDefaultRole).flatMap((daemon): readonly Sighting[] => {
      const affected = others.flatMap((container) =>
        whereUsually(container.answers, ({ mechanism }) => mechanism === 'irsa').length > 0 &&
        isInterceptedBy(world, container.workload, daemon)
          ? container.answers
          : [],
      );
      if (affected.length === 0) return [];
      return [
        {
          at: flagPlace(daemon, 'host-interface'),
          message: `${describeRef(daemon.ref)} also takes the metadata requests of ${workloadNames(affected).join(', ')}, which have a role by IRSA, and has its default role for them`,
          answers: affected,
          fixes: [withoutDefaultRole(daemon)],
        },
      ];
    });
  },
);

function isInterceptedBy(world: World, workload: Workload, { ref }: Kube2iam): boolean {
  const [usual] = tracePacket(world, workload, metadataTo).outcomes;
  const end = usual?.path.end;
  return end?.kind === 'arrives' && end.at.kind === 'kube2iam' && end.at.daemon.ref.name === ref.name;
}

/** kube2iam as the chart installs it by default: without its rule, or without the right to list pods. */
const chartDefaults: Rule = causeRule(
  {
    id: 'seed2-helm-without-rbac',
    title: 'kube2iam runs as the chart installs it by default, which does not serve',
    severity: 'outage',
    expects: 'the install line of the chart to be enough',
    gets: 'as the service account `default` it may not list pods, so it adds its rule and never listens: every intercepted pod is refused; without `--iptables` it intercepts nobody, and every pod has the node role',
    source: `jtblin/kube2iam:charts/kube2iam/values.yaml, ${main} (AddRule before Run)`,
    advice: 'set `rbac.create=true` and `host.iptables=true` in the values of the chart',
  },
  ({ world, answers }) =>
    world.kube2iam
      .filter(({ startupFaults }) => startupFaults.length === 0)
      .flatMap((daemon) => [...withoutRights(daemon, answers), ...withoutRule(world, daemon, answers)]),
);

function withoutRights(daemon: Kube2iam, answers: readonly Answer[]): readonly Sighting[] {
  if (daemon.serviceAccountName !== 'default') return [];
  const refused = whereUsually(answers, (outcome) => meetsDeadPort(outcome, daemon.ref));
  if (refused.length === 0) return [];
  return [
    {
      at: daemon.ref,
      message: `${describeRef(daemon.ref)} runs as the service account \`default\`, which may not list pods, and never listens; ${workloadNames(refused).join(', ')}: ${consequences(refused)}`,
      answers: refused,
    },
  ];
}

function meetsDeadPort(outcome: Outcome, daemon: ObjectRef): boolean {
  return exchangesOf(outcome).some(({ ways }) =>
    ways.some(({ path }) =>
      path.steps.some(({ reason, at }) => reason === 'redirectedToNotReady' && at?.name === daemon.name),
    ),
  );
}

function withoutRule(world: World, daemon: Kube2iam, answers: readonly Answer[]): readonly Sighting[] {
  if (daemon.flags.iptables) return [];
  const asking = haveNodeRole(world, answers);
  if (asking.length === 0) return [];
  return [
    {
      at: flagPlace(daemon, 'iptables'),
      message: `${describeRef(daemon.ref)} runs without \`--iptables\` and intercepts nobody; ${workloadNames(asking).join(', ')}: ${consequences(asking)}`,
      severity: 'privilegeEscalation',
      answers: asking,
      fixes: [
        {
          title: `give ${describeRef(daemon.ref)} the flag --iptables`,
          patches: [
            { kind: 'kube2iamFlags', object: daemon.ref, set: { iptables: true }, withoutArguments: [] },
          ],
        },
      ],
    },
  ];
}

function flagPlace({ ref, flagRefs }: Kube2iam, flag: string): ObjectRef {
  return flagRefs[flag] ?? fieldOf(ref, `--${flag}`);
}

/** Conflicts of the first sketches of kube2iam beside IRSA. */
export const seedKube2iamRules: readonly Rule[] = [exits, interceptsEveryone, chartDefaults];
