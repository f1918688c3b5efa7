import { isAllCase, isTitleCase } from "../text/case.js";
import { space } from "../text/space.js";
import type { Methods } from "./method.js";

const allSpace = new RegExp(`^[${space}]+$`);

/** The questions that a str answers about its characters. */
export const classMethods: Methods<string> = {
  isalpha: ["", (self) => /^\p{L}+$/u.test(self)],
  isalnum: ["", (self) => /^[\p{L}\p{N}]+$/u.test(self)],
  isdecimal: ["", (self) => /^\p{Nd}+$/u.test(self)],
  isdigit: ["", (self) => /^[\p{Nd}\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089]+$/u.test(self)],
  isnumeric: ["", (self) => /^\p{N}+$/u.test(self)],
  isspace: ["", (self) => allSpace.test(self)],
  isascii: ["", (self) => /^[\0-\x7f]*$/.test(self)],
  islower: ["", (self) => isAllCase(self, false)],
  isupper: ["", (self) => isAllCase(self, true)],
  istitle: ["", (self) => isTitleCase(self)],
  isidentifier: ["", (self) => /^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(self)],
  isprintable: ["", (self) => !/[\p{C}\p{Z}]/u.test(self.replaceAll(" ", ""))],
};
