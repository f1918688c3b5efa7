import { runKit } from "../../sdk/testing/kit/run-kit.js";
import type { Verdict } from "../../sdk/testing/kit/verdict.js";
import type { Cli } from "../cli.js";
import { keepRecording } from "../connector/keep-recording.js";
import { type TestInput, testSubject } from "../connector/test-subject.js";
import { print, printDocument } from "../output/print.js";

export interface ConnectorTestInput extends TestInput {
  readonly stream: readonly string[];
  readonly only?: string;
  readonly mostRows?: number;
}

/** `sluice connector test`: tries all that a connector promises. Exit code 1 when it does not keep something. */
export async function testConnector(cli: Cli, input: ConnectorTestInput): Promise<number> {
  const subject = await testSubject(cli, input);
  const { source, config, projectDir, fixture, against } = subject;
  const streams = input.stream.length > 0 ? input.stream : fixture?.streams;
  const recording = input.record === undefined ? undefined : keepRecording(input.record, subject, { ...cli, streams });
  const verdicts: Verdict[] = [];
  let stream: string | undefined;
  print(cli, cli.paint.bold(`${source.name}, against ${against}`));
  const tried = {
    source,
    config,
    projectDir,
    ...(fixture?.server && { server: fixture.server }),
    ...(recording && { tapHttp: recording.tapHttp }),
    ...(streams && { streams }),
    ...(input.mostRows !== undefined && { mostRows: input.mostRows }),
  };
  for await (const verdict of runKit(tried, input.only === undefined ? {} : { only: input.only })) {
    cli.interruption.signal.throwIfAborted();
    if (verdict.stream !== stream && verdict.stream !== undefined) print(cli, `\n${cli.paint.bold(verdict.stream)}`);
    stream = verdict.stream;
    verdicts.push(verdict);
    print(cli, cli.redactor.redact(rendered(verdict, cli)));
  }
  return concluded(cli, verdicts, recording?.keep());
}

function rendered({ check, outcome, found, advice }: Verdict, { paint }: Cli): string {
  if (outcome === "passed") return `  ${paint.good("✓")} ${check}`;
  if (outcome === "skipped") return paint.dim(`  - ${check}: ${found}`);
  return `  ${paint.bad("✗")} ${check}: ${found}\n    ${paint.accent("fix")} ${advice}`;
}

function concluded(cli: Cli, verdicts: readonly Verdict[], recording: string | undefined): number {
  const counted = (outcome: Verdict["outcome"]) => verdicts.filter((verdict) => verdict.outcome === outcome).length;
  const [passed, failed, skipped] = [counted("passed"), counted("failed"), counted("skipped")];
  const exitCode = failed > 0 || passed === 0 ? 1 : 0;
  const status = exitCode === 0 ? "succeeded" : "failed";
  const kept = recording === undefined ? {} : { recording };
  printDocument(cli, { status, exit_code: exitCode, checks: verdicts, ...kept });
  if (recording !== undefined) print(cli, `\nrecorded in ${recording}`);
  print(cli, `\n${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`);
  return exitCode;
}
