import { statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import type { JsonObject } from "../../sdk/json.js";
import { type HttpRecorder, httpRecorder } from "../../sdk/testing/recording/http-recorder.js";
import { writeRecording } from "../../sdk/testing/recording/recording-file.js";
import type { TestSubject } from "./test-subject.js";

/** A recorder for what a connector is tried against; `keep` writes the recording and says where. */
export interface KeptRecording extends Pick<HttpRecorder, "tapHttp"> {
  keep(): string;
}

/** @param place a file, or a folder that takes `NAME.jsonl` */
export function keepRecording(
  place: string,
  { source, config, projectDir }: TestSubject,
  { cwd, streams }: { readonly cwd: string; readonly streams: readonly string[] | undefined },
): KeptRecording {
  const recorder = httpRecorder({
    source,
    config: withoutFolders(config, projectDir),
    ...(streams === undefined ? {} : { streams }),
  });
  return {
    tapHttp: recorder.tapHttp,
    keep() {
      const path = resolve(cwd, place);
      const isFolder = place.endsWith("/") || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
      const file = isFolder ? join(path, `${source.name}.jsonl`) : path;
      writeRecording(file, recorder.recording());
      return relative(cwd, file);
    },
  };
}

/** Paths within the project become relative: a recording is read on other machines. */
function withoutFolders(config: JsonObject, projectDir: string): JsonObject {
  const own = Object.entries(config).map(([name, value]) => [
    name,
    typeof value === "string" && value.startsWith(projectDir + sep) ? `./${relative(projectDir, value)}` : value,
  ]);
  return Object.fromEntries(own) as JsonObject;
}
