import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Severity } from '../findings/finding.ts';
import { severities } from '../findings/severity.ts';
import { nearestWord } from '../model/nearest.ts';
import type { SdkRef } from '../model/sdk.ts';
import { severityWords } from '../report/checkReport.ts';
import { parseSdk } from '../sdkChain/registry.ts';
import type { NodeRuleOptions } from './nodeRules.ts';

/** The options of every command that reads input. */
export interface InputOptions extends NodeRuleOptions {
  readonly filename?: readonly string[];
  readonly assume?: readonly string[];
  readonly namespace?: string;
  readonly verbose?: true;
  readonly color: boolean;
}

/** The options of every command that answers. */
export interface AnswerOptions extends InputOptions {
  readonly sdk?: SdkRef;
  readonly faults?: number;
  readonly output: 'text' | 'json';
}

/** The options of commands that report and ask for no SDK. */
export interface ReportOptions extends InputOptions {
  readonly output: 'text' | 'json';
}

/** Gathers the values of an option that may be given more than once. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** Adds the options of {@link InputOptions}. */
export function withInputOptions(command: Command): Command {
  return command
    .option('-f, --filename <path>', 'file or folder with manifests, `-` for stdin; repeatable', collect)
    .option(
      '--assume <fact=value>',
      'state a fact, as cni=cilium or trust:<role arn>=admits; repeatable',
      collect,
    )
    .option('--iptables-save <[node=]file>', 'what iptables-save printed on nodes; repeatable', collect)
    .option('--ipset-save <[node=]file>', 'what ipset save printed there; repeatable', collect)
    .option('-n, --namespace <name>', 'look at this namespace alone')
    .option('--verbose', 'also print notes and what was not used')
    .option('--no-color', 'print without colour');
}

/** Adds the options of {@link AnswerOptions}. */
export function withAnswerOptions(command: Command): Command {
  return withResolveOptions(command).addOption(outputOption());
}

/** Adds the options of {@link AnswerOptions} but for the format. */
export function withResolveOptions(command: Command): Command {
  return withInputOptions(command)
    .option('--sdk <family[@version]>', 'answer for this SDK alone', readSdk)
    .option('--faults <number>', 'let up to so many known things break', readCount);
}

/** Adds the options of {@link ReportOptions}. */
export function withReportOptions(command: Command): Command {
  return withInputOptions(command).addOption(outputOption());
}

function outputOption(): Option {
  return new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text');
}

/** Reads an SDK as typed. */
export function readSdk(text: string): SdkRef {
  const read = parseSdk(text);
  if (read.kind === 'sdk') return read.sdk;
  const { message, expected = '', nearest } = read.diagnostic;
  const advice = nearest === undefined ? '' : `, did you mean ${nearest}?`;
  throw new InvalidArgumentError(`${message}${advice} Expected ${expected}.`);
}

/** More faults at once than this take longer than anybody waits, and happen to nobody. */
const mostFaults = 3;

function readCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 0 && count <= mostFaults) return count;
  throw new InvalidArgumentError(`It is a number from 0 to ${mostFaults}.`);
}

/** Reads a severity as typed, as `wrong-identity`. */
export function readThreshold(text: string): Severity | 'none' {
  if (text === 'none') return text;
  const severity = severities.find((each) => severityWords[each] === text);
  if (severity !== undefined) return severity;
  const words = [...Object.values(severityWords), 'none'];
  const nearest = nearestWord(text, words);
  const advice = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  throw new InvalidArgumentError(`It is one of ${words.join(', ')}.${advice}`);
}
