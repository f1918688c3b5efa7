import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConnectorContext, LogLevel } from "../context.js";

/** A context to open a connector with in tests. */
export interface TestContext extends ConnectorContext {
  /** What was logged. */
  readonly lines: readonly { readonly level: LogLevel; readonly message: string }[];
  /** Aborts `signal`. */
  abort(): void;
  /** Removes the folders. */
  remove(): void;
}

/** A context with folders of its own, whose log is kept. */
export function testContext(overrides: Partial<ConnectorContext> = {}): TestContext {
  const folder = mkdtempSync(join(tmpdir(), "sluice-test-"));
  const lines: { level: LogLevel; message: string }[] = [];
  const controller = new AbortController();
  return {
    projectDir: folder,
    workDir: mkdtempSync(join(folder, "work-")),
    memoryBytes: 256 * 1024 * 1024,
    log: (level, message) => lines.push({ level, message }),
    signal: controller.signal,
    ...overrides,
    lines,
    abort: () => controller.abort(),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
