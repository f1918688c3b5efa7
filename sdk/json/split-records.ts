import { jsonByte } from "./json-scan.js";
import { keyText } from "./key-text.js";

/**
 * Takes the records out of a JSON document while its bytes come, so that it never stands in memory as a whole: only as much
 * as one portion, and what is beside the list. It finds where records end and judges nothing: whoever parses a portion does.
 */
export interface RecordSplitter {
  /** Takes the next bytes; returns a JSON text of a list, `[…]`, once there are enough whole records for a portion. */
  push(bytes: Buffer): Buffer | undefined;
  /** After the last bytes: the portion that is left. */
  end(): Buffer | undefined;
  /** The document with nothing of the list in it but its last record: for whoever asks there for the next page. */
  rest(): Buffer;
  /** How many lists there were where the records may be; where no path was given, more than one is not clear. */
  readonly lists: number;
  /** Whether the document has come to its end. */
  readonly isWhole: boolean;
  /** Bytes that are held: what a limit is for. */
  readonly held: number;
}

export interface SplitOptions {
  /** The keys that lead to the list; absent: the document where it is a list, else its member that is one. */
  readonly path: readonly string[] | undefined;
  /** A portion is given out when it has this many bytes. */
  readonly portionBytes: number;
}

/** An object or array around the position. */
interface Container {
  readonly isObject: boolean;
  /** Keys of the path that were passed on the way to it; -1: it is not on the way. */
  readonly level: number;
}

const { quote, backslash, openBrace, closeBrace, openBracket, closeBracket, comma, colon } = jsonByte;

export function recordSplitter({ path, portionBytes }: SplitOptions): RecordSplitter {
  const around: Container[] = [];
  const beside = byteStore();
  const waiting = byteStore();
  /** In `waiting`, the comma behind the last record that is there whole. */
  let lastComma = -1;
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
    const before = waiting.length - from;
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
      } else if (byte === comma && depth === 0) lastComma = before + at;
      at++;
    }
    return bytes.length;
  }

  return {
    push(bytes) {
      for (let at = 0; at < bytes.length; ) {
        const from = at;
        if (inList) {
          at = withinList(bytes, at);
          waiting.add(bytes.subarray(from, at));
          if (!inList) beside.add(waiting.from(lastComma + 1));
        } else {
          at = besideList(bytes, at);
          beside.add(bytes.subarray(from, at));
        }
      }
      if (!inList || lastComma < 0 || waiting.length < portionBytes) return undefined;
      const list = waiting.take();
      const end = lastComma + 1;
      waiting.add(Buffer.from(list.subarray(end + 1, -1)));
      lastComma = -1;
      list[end] = closeBracket;
      return list.subarray(0, end + 1);
    },
    end() {
      const list = waiting.take();
      return list.subarray(1, -1).every((byte) => byte <= 0x20) ? undefined : list;
    },
    rest: () => beside.from(0),
    get lists() {
      return lists;
    },
    get isWhole() {
      return around.length === 0 && beside.length > 0;
    },
    get held() {
      return beside.length + waiting.length;
    },
  };
}

const openingBracket = Buffer.from("[");
const closingBracket = Buffer.from("]");

/** Bytes that come piece by piece, and are put together once. */
function byteStore() {
  let pieces: Buffer[] = [];
  let length = 0;

  function from(start: number): Buffer {
    let left = start;
    const wanted = pieces.flatMap((piece) => {
      const skipped = Math.min(left, piece.length);
      left -= skipped;
      return skipped < piece.length ? [piece.subarray(skipped)] : [];
    });
    return Buffer.concat(wanted);
  }

  return {
    get length() {
      return length;
    },
    add(piece: Buffer) {
      if (piece.length > 0) pieces.push(piece);
      length += piece.length;
    },
    /** A copy of all from a position on. */
    from,
    /** All of it as the items of a list, and nothing is left. */
    take(): Buffer {
      const list = Buffer.concat([openingBracket, ...pieces, closingBracket]);
      pieces = [];
      length = 0;
      return list;
    },
  };
}
