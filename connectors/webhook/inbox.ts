import { mkdir, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** An event as it was received. `body` is JSON text, exactly as it came. */
export interface ReceivedEvent {
  readonly id: string;
  readonly received_at: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Where one stream's events are written: the next place is behind everything there. */
export interface InboxWriter {
  /** Resolves when the event is safe on disk. */
  add(event: ReceivedEvent): Promise<void>;
  close(): Promise<void>;
}

/** A place in an inbox: a file and the bytes of it that were read. */
export interface InboxPlace {
  readonly file: string;
  readonly offset: number;
}

const largestFile = 64 * 1024 * 1024;

/**
 * Opens a new file behind those there: an event is a line, and a line that a crash has cut, and that nobody was told
 * of, stays the last of its file. Events that come together are made safe together.
 */
export async function openInbox(folder: string): Promise<InboxWriter> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let file = await nextFile(folder);
  let written = 0;
  let waiting: { readonly line: string; readonly safe: () => void; readonly failed: (error: unknown) => void }[] = [];
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        if (written >= largestFile) {
          await file.close();
          [file, written] = [await nextFile(folder), 0];
        }
        const bytes = Buffer.from(group.map(({ line }) => line).join(""));
        await file.appendFile(bytes);
        await file.datasync();
        written += bytes.length;
        for (const { safe } of group) safe();
      } catch (error) {
        // What stands of this group is not known: nothing more goes behind it.
        written = largestFile;
        for (const { failed } of group) failed(error);
      }
    }
    writing = undefined;
  }

  return {
    add: (event) =>
      new Promise((safe, failed) => {
        waiting.push({ line: `${JSON.stringify(event)}\n`, safe, failed });
        writing ??= write();
      }),
    async close() {
      await writing;
      await file.close();
    },
  };
}

/** The events behind a place, each with the place behind it. */
export async function* inboxEvents(
  folder: string,
  from: InboxPlace | undefined,
): AsyncGenerator<{ readonly event: ReceivedEvent; readonly place: InboxPlace }> {
  for (const name of await files(folder)) {
    if (from !== undefined && name < from.file) continue;
    let offset = name === from?.file ? from.offset : 0;
    const file = await open(join(folder, name), "r");
    try {
      let rest = Buffer.alloc(0);
      for await (const chunk of file.createReadStream({ start: offset, autoClose: false })) {
        rest = Buffer.concat([rest, chunk as Buffer]);
        for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
          const event = JSON.parse(rest.toString("utf8", 0, end)) as ReceivedEvent;
          offset += end + 1;
          rest = rest.subarray(end + 1);
          yield { event, place: { file: name, offset } };
        }
      }
    } finally {
      await file.close();
    }
  }
}

/** Removes the files before the one a place is in. */
export async function forgetBefore(folder: string, { file }: InboxPlace): Promise<void> {
  for (const name of await files(folder)) if (name < file) await rm(join(folder, name));
}

async function files(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names.filter((name) => /^\d{12}\.jsonl$/.test(name)).sort();
}

async function nextFile(folder: string) {
  const last = (await files(folder)).at(-1) ?? "0";
  const name = `${String(Number.parseInt(last, 10) + 1).padStart(12, "0")}.jsonl`;
  const file = await open(join(folder, name), "ax", 0o600);
  // The name is safe once its folder is.
  const parent = await open(folder, "r");
  await parent.sync().finally(() => parent.close());
  return file;
}
