import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { answer, type TableOptions } from './answer.ts';
import { check, checkFormats, type CheckOptions } from './check.ts';
import { diff } from './diff.ts';
import { exec, type ExecOptions } from './exec.ts';
import { explain, type ExplainOptions } from './explain.ts';
import type { Io } from './io.ts';
import {
  withAnswerOptions,
  withInputOptions,
  withReportOptions,
  withResolveOptions,
  readThreshold,
  readSdk,
  collect,
  type AnswerOptions,
  type ReportOptions,
} from './options.ts';
import { reach } from './reach.ts';
import { role } from './role.ts';
import { screenOf } from './screen.ts';
import { sdks, type SdksOptions } from './sdks.ts';
import { timeline, type TimelineOptions } from './timeline.ts';
import type { ExitCode } from './session.ts';
import { trace, type TraceOptions } from './trace.ts';
import { trust, type TrustOptions } from './trust.ts';

/** Takes the exit code of the command that ran. */
type Done = (code: ExitCode) => void;

/**
 * Describes the command line.
 */
export function buildProgram(io: Io, done: Done): Command {
  const program = configure(new Command('whichrole'), io);
  withAnswerOptions(program)
    .description('Which IAM role does each pod get, why, and what else could it get?')
    .argument('[path...]', 'files or folders with manifests, `-` for stdin')
    .option(
      '--expect <ns/pod=role>',
      'fail unless the pod gets this role, none, or node-role; repeatable',
      collect,
    )
    .option('--trace', 'with --output json: also print the way to each outcome')
    .version(packageVersion())
    .enablePositionalOptions()
    .addHelpText('after', '\nExit code: 0 nothing is wrong, 1 findings or unmet expectations, 2 bad input.')
    .action(async (paths: readonly string[], options: TableOptions) =>
      done(await answer(paths, options, io)),
    );
  addCheck(program, io, done);
  addExplain(program, io, done);
  addDiff(program, io, done);
  addTimeline(program, io, done);
  addSdks(program, io, done);
  addExec(program, io, done);
  addRole(program, io, done);
  addReach(program, io, done);
  addTrust(program, io, done);
  addTrace(program, io, done);
  return program;
}

function configure(command: Command, io: Io): Command {
  return command.exitOverride().configureOutput({
    writeOut: (text) => io.stdout(text),
    writeErr: (text) => io.stderr(text),
    getOutHelpWidth: () => screenOf(io, 'never').width,
    getErrHelpWidth: () => screenOf(io, 'never').width,
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  });
}

function addCheck(program: Command, io: Io, done: Done): void {
  withResolveOptions(program.command('check'))
    .description('look for conflicts and unmet expectations, for a pipeline')
    .argument('[path...]', 'files or folders, `-` for stdin')
    .addOption(new Option('--format <format>', 'how to print').choices(checkFormats).default('text'))
    .addOption(
      new Option(
        '--fail-on <severity>',
        'the least severity that fails: privilege-escalation, wrong-identity, outage, latent, or none',
      )
        .argParser(readThreshold)
        .default('latent', 'latent'),
    )
    .option('--baseline <file>', 'keep quiet about the findings that this file holds')
    .option('--write-baseline <file>', 'write what is found now into this file')
    .option('--fix-plan', 'print the changes that remove the findings, each proven by resolving again')
    .action(async (paths: readonly string[], options: CheckOptions) =>
      done(await check(paths, options, io, packageVersion())),
    );
}

function addExplain(program: Command, io: Io, done: Done): void {
  withAnswerOptions(program.command('explain'))
    .description('explain step by step which identity one pod gets')
    .argument('<pod>', '`namespace/name` or `namespace/kind/name` of a pod or controller')
    .option('-c, --container <name>', 'the container; else the first that is no init container')
    .option('--mermaid', 'draw the usual outcome as a sequence diagram')
    .action(async (pod: string, options: ExplainOptions) => done(await explain(pod, options, io)));
}

function addDiff(program: Command, io: Io, done: Done): void {
  withAnswerOptions(program.command('diff'))
    .description('show whose identity changes between two inputs')
    .argument('<before>', 'file or folder')
    .argument('<after>', 'file or folder')
    .action(async (before: string, after: string, options: AnswerOptions) =>
      done(await diff(before, after, options, io)),
    );
}

function addTimeline(program: Command, io: Io, done: Done): void {
  withInputOptions(program.command('timeline'))
    .description('show what a process in one pod holds while the world changes around it')
    .argument('<pod>', '`namespace/name` or `namespace/kind/name` of a pod or controller')
    .option('-c, --container <name>', 'the container; else the first that is no init container')
    .option('--sdk <family[@version]>', 'show it for this SDK alone', readSdk)
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text'))
    .option('--at <words...>', 'minutes and the facts that become so then, as 60 sts=timeout; repeatable')
    .action(async (pod: string, options: TimelineOptions) => done(await timeline(pod, options, io)));
}

function addSdks(program: Command, io: Io, done: Done): void {
  program
    .command('sdks')
    .description('list the AWS SDKs that are known, show the credential chain of one, or compare two')
    .argument('[family[@version]...]', 'as java-v2@2.20.0')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text'))
    .option('--compare', 'show the situations that two SDKs end differently')
    .option('--mermaid', 'draw the chain as a state diagram')
    .option('--no-color', 'print without colour')
    .action((families: readonly string[], options: SdksOptions) => done(sdks(families, options, io)));
}

function addExec(program: Command, io: Io, done: Done): void {
  withInputOptions(program.command('exec'))
    .description('show what a command would print in a pod: aws sts get-caller-identity, env, curl, cat …')
    .argument('<pod>', '`namespace/name` or `namespace/kind/name` of a pod or controller')
    .argument('<command...>', 'the command, after `--`')
    .option('-c, --container <name>', 'the container; else the first that is no init container')
    .option('--sdk <family[@version]>', 'the SDK that the command uses', readSdk)
    .action(async (pod: string, command: readonly string[], options: ExecOptions) =>
      done(await exec(pod, command, options, io)),
    );
}

function addRole(program: Command, io: Io, done: Done): void {
  withReportOptions(program.command('role'))
    .description('show who can obtain a role: service accounts, pods, nodes, and roles by way of others')
    .argument('<arn>', 'the ARN of a role, or its name')
    .argument('[path...]', 'files or folders, `-` for stdin')
    .action(async (arn: string, paths: readonly string[], options: ReportOptions) =>
      done(await role(arn, paths, options, io)),
    );
}

function addReach(program: Command, io: Io, done: Done): void {
  withReportOptions(program.command('reach'))
    .description('show every role that code in a pod can obtain on purpose')
    .argument('<pod>', '`namespace/name` or `namespace/kind/name` of a pod or controller')
    .argument('[path...]', 'files or folders, `-` for stdin')
    .action(async (pod: string, paths: readonly string[], options: ReportOptions) =>
      done(await reach(pod, paths, options, io)),
    );
}

function addTrace(program: Command, io: Io, done: Done): void {
  withReportOptions(program.command('trace'))
    .description('show where a packet of a pod goes, station by station, and which rule decides')
    .argument('<pod>', '`namespace/name` or `namespace/kind/name` of a pod or controller')
    .argument('[path...]', 'files or folders, `-` for stdin')
    .requiredOption('--to <destination>', 'as 169.254.169.254:80, [fd00:ec2::254]:80, node:8181, imds, sts')
    .option('-c, --container <name>', 'a container of the pod')
    .option('--udp', 'send a datagram')
    .action(async (pod: string, paths: readonly string[], options: TraceOptions) =>
      done(await trace(pod, paths, options, io)),
    );
}

function addTrust(program: Command, io: Io, done: Done): void {
  program
    .command('trust')
    .description('show whose tokens a trust policy admits, or who comes and goes between two')
    .argument('<policy>', 'file with a trust policy, or the output of `aws iam get-role`')
    .argument('[after]', 'file with the trust policy to compare it with')
    .option('--no-color', 'print without colour')
    .action(async (policy: string, after: string | undefined, options: TrustOptions) =>
      done(await trust(policy, after, options, io)),
    );
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const manifest: unknown = JSON.parse(text);
  const known = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return known ? String(manifest.version) : 'unknown';
}
