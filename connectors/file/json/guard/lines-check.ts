import { isUtf8 } from "node:buffer";
import { DataError } from "../../../../sdk/index.js";
import { skipSpace } from "../../../../sdk/json/json-scan.js";
import type { GuardMemory } from "../../guard/guard-memory.js";
import type { CompiledPass } from "../../guard/pass-module.js";
import type { ValueForm } from "../../guard/value-form.js";
import { compiledPass } from "./compiled-pass.js";
import type { LineForm } from "./line-form.js";
import { passLines } from "./pass-lines.js";
import { readForm } from "./read-form.js";

const lineFeed = 0x0a;
/** Lines that lack a key now and then have as many forms as there are ways to lack it. */
const mostForms = 16;

/** So many lines of a form are worth its compiling. */
const manyLines = 10_000;

/** Checks the lines of a file, one piece after another. */
export interface LinesCheck {
  /**
   * What stands in the memory up to `end`, where a line ends, with `marginBytes` NULs behind.
   * @throws DataError `type.mismatch` for whatever must be read more carefully
   */
  check(end: number): void;
}

export interface LinesCheckOptions {
  readonly fileName: string;
  /** By the keys that lines may have. */
  readonly fields: ReadonlyMap<string, ValueForm>;
  readonly memory: GuardMemory;
  /** A form is compiled when so many lines of it have passed. */
  readonly compiledAfter?: number;
}

interface KnownForm {
  readonly form: LineForm;
  lines: number;
  compiled: CompiledPass | undefined;
}

/** The check of lines whose keys are among those of `fields`. */
export function linesCheck({ fileName, fields, memory, compiledAfter = manyLines }: LinesCheckOptions): LinesCheck {
  const forms: KnownForm[] = [];
  let line = 1;

  function refuse(what: string, column?: string): DataError {
    return mismatch(`${fileName}:${line}: ${what}`, {
      row: String(line),
      ...(column === undefined ? {} : { column }),
    });
  }

  function pass(known: KnownForm, from: number, end: number): number {
    if (known.lines >= compiledAfter) known.compiled ??= compiledPass(known.form, memory);
    const [at, lines] = known.compiled?.(from, end) ?? passInterpreted(known.form, from, end);
    known.lines += lines;
    line += lines;
    return at;
  }

  function passInterpreted(form: LineForm, from: number, end: number): ReturnType<CompiledPass> {
    const { at, lines } = passLines(memory.bytes, memory.view, from, end, form);
    return [at, lines];
  }

  /** Passes lines of a form that is known. */
  function passKnown(from: number, end: number): number {
    for (const known of forms) {
      const at = pass(known, from, end);
      if (at > from) return at;
    }
    return from;
  }

  /** Learns the form of a line, and passes it. */
  function passNew(from: number, end: number): void {
    const { bytes, view } = memory;
    const { form, members } = readForm(bytes, from, end, fields, refuse);
    const passed = passLines(bytes, view, from, end, form);
    if (passed.lines !== 1) {
      const { key, start, end: stop } = members[passed.failed]!;
      const shown = bytes.toString("utf8", start, Math.min(stop, start + 80));
      throw refuse(`column '${key}' seemed to be of another type and holds ${shown}`, key);
    }
    if (forms.push({ form, lines: 1, compiled: undefined }) > mostForms) forms.shift();
    line++;
  }

  return {
    check(end) {
      const { bytes } = memory;
      if (!isUtf8(bytes.subarray(0, end))) throw mismatch(`${fileName}: bytes that are not UTF-8`);
      let at = 0;
      while (at < end) {
        const from = at;
        at = passKnown(at, end);
        if (at > from) continue;
        at = bytes.indexOf(lineFeed, at) + 1;
        if (skipSpace(bytes, from, at) < at) passNew(from, at);
        else line++;
      }
    },
  };
}

export function mismatch(message: string, place: { row?: string; column?: string } = {}): DataError {
  return new DataError("type.mismatch", message, { ...place, hint: "read the file value by value" });
}
