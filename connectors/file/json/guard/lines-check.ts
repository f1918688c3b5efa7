import { isUtf8 } from "node:buffer";
import { DataError } from "../../../../sdk/index.js";
import { skipSpace } from "../../../../sdk/json/json-scan.js";
import type { ValueForm } from "../../guard/value-form.js";
import type { LineForm } from "./line-form.js";
import { passLines } from "./pass-lines.js";
import { readForm } from "./read-form.js";

const lineFeed = 0x0a;
/** Lines that lack a key now and then have as many forms as there are ways to lack it. */
const mostForms = 16;

/** Checks the lines of a file, one piece after another. */
export interface LinesCheck {
  /**
   * `bytes` up to `end`, where a line ends; the last of them are `marginBytes` NULs.
   * @throws DataError `type.mismatch` for whatever must be read more carefully
   */
  check(bytes: Buffer, end: number): void;
}

/** The check of lines whose keys are among those of `fields`. */
export function linesCheck(fileName: string, fields: ReadonlyMap<string, ValueForm>): LinesCheck {
  const forms: LineForm[] = [];
  let line = 1;

  function refuse(what: string, column?: string): DataError {
    return mismatch(`${fileName}:${line}: ${what}`, {
      row: String(line),
      ...(column === undefined ? {} : { column }),
    });
  }

  /** Passes lines of a form that is known. */
  function passKnown(bytes: Buffer, view: DataView, from: number, end: number): number {
    for (const form of forms) {
      const passed = passLines(bytes, view, from, end, form);
      if (passed.lines === 0) continue;
      line += passed.lines;
      return passed.at;
    }
    return from;
  }

  /** Learns the form of a line, and passes it. */
  function passNew(bytes: Buffer, view: DataView, from: number, end: number): void {
    const { form, members } = readForm(bytes, from, end, fields, refuse);
    const passed = passLines(bytes, view, from, end, form);
    if (passed.lines !== 1) {
      const { key, start, end: stop } = members[passed.failed]!;
      const shown = bytes.toString("utf8", start, Math.min(stop, start + 80));
      throw refuse(`column '${key}' seemed to be of another type and holds ${shown}`, key);
    }
    if (forms.push(form) > mostForms) forms.shift();
    line++;
  }

  return {
    check(bytes, end) {
      if (!isUtf8(bytes.subarray(0, end))) throw mismatch(`${fileName}: bytes that are not UTF-8`);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      let at = 0;
      while (at < end) {
        const from = at;
        at = passKnown(bytes, view, at, end);
        if (at > from) continue;
        at = bytes.indexOf(lineFeed, at) + 1;
        if (skipSpace(bytes, from, at) < at) passNew(bytes, view, from, at);
        else line++;
      }
    },
  };
}

export function mismatch(message: string, place: { row?: string; column?: string } = {}): DataError {
  return new DataError("type.mismatch", message, { ...place, hint: "read the file value by value" });
}
