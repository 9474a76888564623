import { parseRoleArn } from '../model/arn.ts';
import type { Reply } from '../model/exchange.ts';
import type { FileContent } from '../model/environment.ts';
import type { Credentials } from '../model/identity.ts';
import { indexOf, type World } from '../model/world.ts';
import { notShown, type CommandResult } from '../resolve/runCommand.ts';
import type { Resolution, Step } from '../resolve/trace.ts';
import { fileWords } from './chainSentences.ts';
import { identityWords, mechanismNames } from './identityWords.ts';

/**
 * Writes what a command prints; what nobody can foretell stands in angle brackets.
 */
export function commandOutput(world: World, result: CommandResult): string {
  switch (result.kind) {
    case 'identity':
      return callerIdentity(world, result.resolution);
    case 'variables':
      return result.variables.map(({ name, value }) => `${name}=${value ?? notShown}`).join('\n');
    case 'values':
      return result.values.length === 0
        ? exitLine(1)
        : result.values.map((value) => value ?? notShown).join('\n');
    case 'text':
      return result.text;
    case 'file':
      return result.content
        ? fileText(result.path, result.content)
        : `cat: ${result.path}: No such file or directory\n${exitLine(1)}`;
    case 'reply':
      return replyText(result.reply);
  }
}

/**
 * Writes the answer of `aws sts get-caller-identity`, or the error in its place.
 *
 * @source https://docs.aws.amazon.com/cli/latest/reference/sts/get-caller-identity.html
 */
function callerIdentity(world: World, { identity, session = '<session>', trace }: Resolution): string {
  const print = (UserId: string, Account: string, Arn: string): string =>
    JSON.stringify({ UserId, Account, Arn }, undefined, 4);
  switch (identity.kind) {
    case 'role': {
      const role = parseRoleArn(identity.arn);
      const id = indexOf(world).role(identity.arn)?.roleId ?? 'AROA<unknown>';
      const { partition = 'aws', accountId = '<account>', name = identity.arn } = role ?? {};
      const arn = `arn:${partition}:sts::${accountId}:assumed-role/${name}/${session}`;
      return print(`${id}:${session}`, accountId, arn);
    }
    case 'unnamedRole': {
      const { accountId = '<account>', partition } = world.cluster;
      const name = identity.which === 'nodeRole' ? '<node role>' : `<${identity.text}>`;
      return print(
        `AROA<unknown>:${session}`,
        accountId,
        `arn:${partition}:sts::${accountId}:assumed-role/${name}/${session}`,
      );
    }
    case 'static':
      return print('AIDA<unknown>', '<account>', `arn:${world.cluster.partition}:iam::<account>:user/<user>`);
    case 'none':
      return errorText(identity.error, trace);
  }
}

/**
 * Writes an error of the AWS CLI the way it prints it, where that is known.
 *
 * @source boto/botocore:botocore/exceptions.py (MSG_TEMPLATE of ClientError, NoCredentialsError)
 */
function errorText(error: string, trace: readonly Step[]): string {
  const [, name = error, exit] = /^(.*?)(?: \(exit (\d+)\))?$/.exec(error) ?? [];
  const code = exit === undefined ? [] : [exitLine(Number(exit))];
  if (name === 'NoCredentialsError') return ['Unable to locate credentials', ...code].join('\n');
  const refused = trace.findLast((step) => step.kind === 'exchange' && step.reply.kind === 'httpError');
  if (refused?.kind !== 'exchange' || refused.request.kind !== 'sts') return [name, ...code].join('\n');
  const message = refused.reply.kind === 'httpError' ? (refused.reply.message ?? '') : '';
  const operation = `when calling the ${refused.request.action} operation`;
  return [`An error occurred (${name}) ${operation}: ${message}`, ...code].join('\n');
}

function exitLine(code: number): string {
  return `# exit code ${code}`;
}

function fileText(path: string, content: FileContent): string {
  switch (content.kind) {
    case 'serviceAccountToken':
      return `<${fileWords(content)}, good for ${content.expirationSeconds} s>`;
    case 'text':
      return content.text.trimEnd();
    case 'empty':
      return '';
    case 'unreadable':
      return `cat: ${path}: Permission denied\n${exitLine(1)}`;
    case 'hidden':
      return notShown;
  }
}

/**
 * Writes what `curl -s -S` prints.
 *
 * @source curl(1), "EXIT CODES": 7 failed to connect, 28 operation timeout
 */
function replyText(reply: Reply): string {
  switch (reply.kind) {
    case 'file':
      return fileText('', reply.content);
    case 'fileMissing':
      return '';
    case 'httpError': {
      const body = [reply.code, reply.message].filter((part) => part !== undefined).join(': ');
      return `<status ${reply.status}>${body === '' ? '' : ` ${body}`}`;
    }
    case 'timeout':
      return `curl: (28) Connection timed out\n${exitLine(28)}`;
    case 'refused':
      return `curl: (7) Failed to connect: Connection refused\n${exitLine(7)}`;
    case 'hang':
      return '<the server takes the connection and never answers>';
    case 'ok':
      switch (reply.body.kind) {
        case 'imdsToken':
          return '<token>';
        case 'roleList':
          return reply.body.roleNames.join('\n');
        case 'credentials':
          return credentialsText(reply.body.credentials);
        case 'text':
          return reply.body.text === '' ? '<a body that the input does not show>' : reply.body.text;
      }
  }
}

/** @source https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html */
function credentialsText({ identity, mechanism, expiresInSeconds }: Credentials): string {
  const RoleArn = identityWords(identity);
  return JSON.stringify(
    {
      Code: 'Success',
      AccessKeyId: `<key of ${RoleArn} via ${mechanismNames[mechanism]}>`,
      SecretAccessKey: '<secret>',
      Token: '<token>',
      Expiration: expiresInSeconds === undefined ? '<never>' : `<in ${expiresInSeconds} s>`,
    },
    undefined,
    2,
  );
}
