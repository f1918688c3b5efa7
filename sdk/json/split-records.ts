import { byteRoom } from "./byte-room.js";
import { jsonByte } from "./json-scan.js";
import { keyText } from "./key-text.js";

/**
 * Takes the records out of a JSON document while its bytes come, so that it never stands in memory as a whole: only as much
 * as one portion, and what is beside the list. It finds where records end and judges nothing: whoever parses a portion does.
 */
export interface RecordSplitter {
  /**
   * Takes the next bytes; returns a JSON text of a list, `[…]`, once there are enough whole records for a portion. The text
   * is valid until the next bytes are taken.
   */
  push(bytes: Buffer): Buffer | undefined;
  /** Gives the memory of a portion back before more is taken: nobody looks at it any more. */
  drop(): void;
  /** After the last bytes: the portion that is left. */
  end(): Buffer | undefined;
  /** At last: the document with nothing of the list in it but its last record, for whoever asks there for the next page. */
  rest(): Buffer;
  /** How many lists there were where the records may be; where no path was given, more than one is not clear. */
  readonly lists: number;
  /** Whether the document has come to its end. */
  readonly isWhole: boolean;
}

export interface SplitOptions {
  /** The keys that lead to the list; absent: the document where it is a list, else its member that is one. */
  readonly path: readonly string[] | undefined;
  /** A portion is given out when it has this many bytes. */
  readonly portionBytes: number;
  /** As much as may be held at once: of records, and of what is beside them. Bytes that go beyond throw what `tooMuch` makes. */
  readonly mostBytes: number;
  readonly tooMuch: () => Error;
  /** What stands around each portion in place of the brackets: a document that has it for its list. */
  readonly frame?: { readonly before: string; readonly after: string };
}

/** An object or array around the position. */
interface Container {
  readonly isObject: boolean;
  /** Keys of the path that were passed on the way to it; -1: it is not on the way. */
  readonly level: number;
}

const { quote, backslash, openBrace, closeBrace, openBracket, closeBracket, comma, colon } = jsonByte;

export function recordSplitter(options: SplitOptions): RecordSplitter {
  const { path, portionBytes, mostBytes, frame } = options;
  const [before, after] = [Buffer.from(frame?.before ?? "["), Buffer.from(frame?.after ?? "]")];
  const around: Container[] = [];
  const beside: Buffer[] = [];
  let besideBytes = 0;
  const waiting = byteRoom(mostBytes + before.length + after.length);
  waiting.add(before);
  /** Behind the records of a portion that was given out: what goes into the next one. */
  let carried: Buffer | undefined;
  /** In `waiting`, the comma behind the last record that is there whole; without one, where the first begins less one. */
  const none = before.length - 1;
  let lastComma = none;
  /** Objects and arrays around the position within the list. */
  let depth = 0;
  let [inList, inString, escaped, expectsKey] = [false, false, false, false];
  /** The bytes of the key being read, where it matters, and the last one that was. */
  let [readingKey, leadsOn, lists] = [false, false, 0];
  let keyBytes: number[] = [];

  /** Passes over a string from within it; returns the position behind it, or the end of the bytes. */
  function pastString(bytes: Buffer, from: number): number {
    let at = from;
    for (; inString && at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (readingKey) keyBytes.push(byte);
      if (escaped) escaped = false;
      else if (byte === backslash) escaped = true;
      else if (byte === quote) inString = false;
    }
    return at;
  }

  function endKey(): void {
    readingKey = false;
    const { level } = around.at(-1)!;
    leadsOn = path === undefined || keyText(Buffer.from(keyBytes), 0, keyBytes.length) === path[level];
  }

  /** How many keys of the path lead to the value that begins here. */
  function levelHere(): number {
    const container = around.at(-1);
    if (container === undefined) return 0;
    return container.isObject && container.level >= 0 && leadsOn ? container.level + 1 : -1;
  }

  /** Goes through what is beside the list, up to where the list begins. */
  function besideList(bytes: Buffer, from: number): number {
    let at = from;
    while (at < bytes.length) {
      if (inString) {
        at = pastString(bytes, at);
        if (!inString && readingKey) endKey();
        continue;
      }
      const byte = bytes[at++]!;
      if (byte === quote) {
        inString = true;
        readingKey = expectsKey && around.at(-1)!.level >= 0;
        keyBytes = [byte];
      } else if (byte === colon) expectsKey = false;
      else if (byte === comma) expectsKey = around.at(-1)?.isObject === true;
      else if (byte === openBrace || byte === openBracket) {
        const level = levelHere();
        const isObject = byte === openBrace;
        const isList = !isObject && (path === undefined ? level >= 0 : level === path.length);
        if (isList) lists++;
        inList = isList && lists === 1;
        around.push({ isObject, level: isObject && level < (path?.length ?? 1) ? level : -1 });
        expectsKey = isObject;
        if (inList) return at;
      } else if (byte === closeBrace || byte === closeBracket) around.pop();
    }
    return at;
  }

  /** Goes through the list, up to the bracket that closes it. */
  function withinList(bytes: Buffer, from: number): number {
    const shift = waiting.length - from;
    for (let at = from; at < bytes.length; ) {
      if (inString) {
        at = pastString(bytes, at);
        continue;
      }
      const byte = bytes[at]!;
      if (byte === quote) inString = true;
      else if (byte === openBrace || byte === openBracket) depth++;
      else if (byte === closeBrace || byte === closeBracket) {
        if (depth === 0) {
          inList = false;
          return at;
        }
        depth--;
      } else if (byte === comma && depth === 0) lastComma = shift + at;
      at++;
    }
    return bytes.length;
  }

  function keep(bytes: Buffer): void {
    besideBytes += bytes.length;
    if (besideBytes > mostBytes) throw options.tooMuch();
    beside.push(bytes);
  }

  function wait(bytes: Buffer): void {
    if (waiting.length + bytes.length > mostBytes) throw options.tooMuch();
    waiting.add(bytes);
  }

  /** Empties the room of a portion that was looked at, but for what came behind it. */
  function goOn(): void {
    if (carried === undefined) return;
    waiting.empty();
    waiting.add(before);
    waiting.add(carried);
    [carried, lastComma] = [undefined, none];
  }

  /** The records up to `end` in their frame. */
  function portion(end: number): Buffer {
    const there = waiting.bytes();
    carried = Buffer.from(there.subarray(end + 1));
    waiting.add(after);
    const framed = waiting.bytes();
    after.copy(framed, end);
    return framed.subarray(0, end + after.length);
  }

  return {
    push(bytes) {
      goOn();
      for (let at = 0; at < bytes.length; ) {
        const from = at;
        if (inList) {
          at = withinList(bytes, at);
          wait(bytes.subarray(from, at));
          if (!inList) keep(Buffer.from(waiting.bytes().subarray(lastComma + 1)));
        } else {
          at = besideList(bytes, at);
          keep(bytes.subarray(from, at));
        }
      }
      return inList && lastComma > none && waiting.length >= portionBytes ? portion(lastComma) : undefined;
    },
    drop: goOn,
    end() {
      goOn();
      const isEmpty = waiting
        .bytes()
        .subarray(before.length)
        .every((byte) => byte <= 0x20);
      return isEmpty ? undefined : portion(waiting.length);
    },
    rest() {
      waiting.empty();
      const whole = Buffer.concat(beside);
      beside.splice(0, beside.length, whole);
      return whole;
    },
    get lists() {
      return lists;
    },
    get isWhole() {
      return around.length === 0 && beside.length > 0;
    },
  };
}
