import { library } from "../library/library.js";
import { startRun } from "../run.js";
import { regexFind } from "./regex.js";

/** Whether a Python pattern is found in a text. @throws for what is no pattern, or takes too many steps */
export function isFoundIn(pattern: string, text: string): boolean {
  return regexFind(newRun(), pattern, text, false) !== undefined;
}

/** What a Python pattern matches at the start of a text (`re.match`). @throws for what is no pattern, or takes too many steps */
export function startMatching(pattern: string, text: string): string | undefined {
  return regexFind(newRun(), pattern, text, true);
}

const newRun = () => startRun(() => 0, library);
