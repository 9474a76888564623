import { parseRoleArn } from '../model/arn.ts';
import { nearestWord } from '../model/nearest.ts';
import type { World } from '../model/world.ts';
import { roleToJson } from '../report/reachJson.ts';
import { renderRole, type RoleAccess } from '../report/reachText.ts';
import { admittedAccounts, trustedOutsiders } from '../resolve/admittedAccounts.ts';
import { namingNamespaces } from '../resolve/namingNamespaces.ts';
import { whoCan } from '../resolve/whoCan.ts';
import { inputPaths } from './answersOf.ts';
import type { Io } from './io.ts';
import type { ReportOptions } from './options.ts';
import { exitCodeOf, openSession, refuse, type ExitCode } from './session.ts';
import { usageError } from './usageError.ts';

/** `whichrole role ARN [PATH…]`: who can obtain the role. */
export async function role(
  text: string,
  paths: readonly string[],
  options: ReportOptions,
  io: Io,
): Promise<ExitCode> {
  const session = await openSession(inputPaths(paths, options), options, io);
  if (!session) return 2;
  const { world, screen, diagnostics } = session;
  const roleArn = findRole(world, text);
  if (roleArn === undefined) {
    const names = world.roles.map(({ name }) => name);
    const nearest = nearestWord(text, [...names, ...world.roles.map(({ arn }) => arn)]);
    return refuse(
      io,
      usageError(`the input has no role \`${text}\``, nearest === undefined ? {} : { nearest }),
    );
  }
  const admitted = admittedAccounts(world, roleArn);
  const access: RoleAccess = {
    roleArn,
    reaches: whoCan(world, roleArn),
    ...(admitted ? { admitted } : {}),
    outsiders: trustedOutsiders(world, roleArn),
    naming: namingNamespaces(world, roleArn),
  };
  const printed =
    options.output === 'json'
      ? JSON.stringify(roleToJson(access, diagnostics), undefined, 2)
      : renderRole(world, access, screen);
  io.stdout(`${printed}\n`);
  return exitCodeOf(session, 0);
}

/** A role may be named by its ARN, whether or not the input shows it, or by a name that only one role has. */
function findRole(world: World, text: string): string | undefined {
  if (parseRoleArn(text)) return text;
  const [named, ...others] = world.roles.filter(({ name }) => name === text);
  return others.length === 0 ? named?.arn : undefined;
}
