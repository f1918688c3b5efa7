import type { Scope } from "./scope.js";

/** A statement made ready to run: writes its text. */
export type Render = (scope: Scope, write: (text: string) => void) => void;

/** The text that a body writes. */
export function renderBody(render: Render, scope: Scope): string {
  const texts: string[] = [];
  render(scope, (text) => texts.push(text));
  return texts.join("");
}
