import type { PrincipalEntry } from '../iam/principal.ts';
import { describePosition } from '../model/objectRef.ts';
import { indexOf, type World } from '../model/world.ts';
import type { AdmittedAccounts } from '../resolve/admittedAccounts.ts';
import type { NamingNamespaces } from '../resolve/namingNamespaces.ts';
import type { Reach } from '../resolve/reach.ts';
import { roleNamer, identityWords, type RoleNamer } from './identityWords.ts';
import { padText, paint, styled, textLength, wrapText, type StyledText } from './layout.ts';
import { countOf } from './lists.ts';
import { holderWords, namingWords, principalWords, provisoWords, wayWords } from './reachSentences.ts';
import type { Screen } from './screen.ts';
import { admittedLines } from './trustText.ts';

/** Lists what one pod can obtain, the nearest first. */
export function renderReach(title: string, reaches: readonly Reach[], screen: Screen): string {
  const { name, account } = roleNamer(rolesOf(reaches));
  const rows = reaches.map((reach) => ({ what: identityWords(reach.identity, name), reach }));
  const roles = new Set(rows.map(({ what }) => what)).size;
  return paintAll(
    [
      ...wrapText(styled(`${title} can obtain, on purpose:`, 'bold'), screen.width),
      ...(account === undefined ? [] : [styled(`account ${account}`, 'dim')]),
      [],
      ...table('IDENTITY', rows, name, screen.width),
      [],
      styled(countOf(roles, 'identity', 'identities'), 'bold'),
    ],
    screen,
  );
}

/** What is known of who can obtain a role. */
export interface RoleAccess {
  readonly roleArn: string;
  readonly reaches: readonly Reach[];
  /** Absent: the input does not show the trust policy. */
  readonly admitted?: readonly AdmittedAccounts[];
  readonly outsiders: readonly PrincipalEntry[];
  /** Where kube2iam gives the role to every pod that names it. */
  readonly naming: readonly NamingNamespaces[];
}

/** Lists who can obtain a role: the tokens that it admits as a set, then everybody in the input. */
export function renderRole(world: World, access: RoleAccess, screen: Screen): string {
  const { roleArn, reaches, admitted, outsiders, naming } = access;
  const { name } = roleNamer([roleArn, ...rolesOf(reaches)]);
  const position = indexOf(world).role(roleArn)?.trustPolicy?.ref.position;
  const rows = reaches.map((reach) => ({ what: holderWords(reach.holder, name), reach }));
  const holders = new Set(rows.map(({ what }) => what)).size;
  const { width } = screen;
  return paintAll(
    [
      ...wrapText(styled(roleArn, 'bold'), width),
      ...(position ? [styled(`trust policy: ${describePosition(position)}`, 'cyan')] : []),
      ...(admitted ? admittedLines(admitted, width) : [styled('the input does not show its trust policy')]),
      ...(outsiders.length === 0
        ? []
        : wrapText(styled(`also trusted: ${outsiders.map(principalWords).join(', ')}`), width)),
      ...naming.flatMap((one) => wrapText(styled(namingWords(one)), width)),
      [],
      ...(rows.length === 0
        ? [styled('nobody in the input can obtain it')]
        : table('WHO', rows, name, width)),
      ...(rows.length === 0 ? [] : [[], styled(`${countOf(holders, 'holder')}`, 'bold')]),
    ],
    screen,
  );
}

interface Row {
  readonly what: string;
  readonly reach: Reach;
}

function table(title: string, rows: readonly Row[], name: RoleNamer, width: number): readonly StyledText[] {
  const whats = rows.map(({ what }) => styled(what, 'green'));
  const most = Math.floor(width / 2) - 2;
  const first = Math.min(most, Math.max(title.length, ...whats.map(textLength)));
  const left = first + 2 + 'HOPS  '.length;
  const lay = (what: StyledText, hops: string, way: StyledText): readonly StyledText[] => {
    const columns = [wrapText(what, first), wrapText(way, width - left)];
    const height = Math.max(...columns.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) => [
      ...padText(columns[0]?.[line] ?? [], first + 2),
      { text: (line === 0 ? hops : '').padEnd('HOPS  '.length) },
      ...(columns[1]?.[line] ?? []),
    ]);
  };
  return [
    ...lay(styled(title, 'bold'), 'HOPS', styled('HOW', 'bold')),
    ...rows.flatMap(({ reach }, at) =>
      lay(whats[at] ?? [], String(reach.hops.length), [
        { text: wayWords(reach.hops, name) },
        { text: ` ${provisoWords(reach, name)}`, style: 'yellow' },
      ]),
    ),
  ];
}

function rolesOf(reaches: readonly Reach[]): readonly string[] {
  return reaches.flatMap(({ hops }) =>
    hops.flatMap(({ identity }) => (identity.kind === 'role' ? [identity.arn] : [])),
  );
}

function paintAll(lines: readonly StyledText[], { palette }: Screen): string {
  return lines.map((line) => paint(line, palette).trimEnd()).join('\n');
}
