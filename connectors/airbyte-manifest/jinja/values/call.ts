import { PythonError } from "./python-error.js";
import { typeName } from "./type-name.js";
import { isUndefined, undefinedError } from "./undefined.js";
import type { Keywords, PyCallable, PyValue } from "./value.js";

/** `callee(*args, **keywords)`; a TypeError for what is neither a macro nor a method. */
export function call(callee: PyValue, args: readonly PyValue[], keywords: Keywords): PyValue {
  if (isUndefined(callee)) throw undefinedError(callee);
  if (callee !== null && typeof callee === "object" && !Array.isArray(callee)) {
    if ((callee.kind === "callable" || callee.kind === "object") && callee.call !== undefined) {
      return callee.call(args, keywords);
    }
  }
  throw new PythonError("TypeError", `'${typeName(callee)}' object is not callable`);
}

export function callable(name: string, action: PyCallable["call"], repr = `<function ${name} at 0x0>`): PyCallable {
  return { kind: "callable", name, repr, call: action };
}

/**
 * The arguments in the order of a Python signature, `a`, `b?` (may be left out), each given by place or by name.
 * Too many, unknown or missing ones are TypeErrors.
 */
export function bindArguments(
  name: string,
  signature: string,
  args: readonly PyValue[],
  keywords: Keywords,
): (PyValue | undefined)[] {
  const parameters = signature === "" ? [] : signature.split(" ");
  if (args.length > parameters.length) {
    const message = `${name}() takes ${parameters.length} positional arguments but ${args.length} were given`;
    throw new PythonError("TypeError", message);
  }
  const names = parameters.map((parameter) => parameter.replace(/[?/]/g, ""));
  for (const keyword of keywords.keys()) {
    const at = names.indexOf(keyword);
    if (at < 0 || parameters[at]?.endsWith("/")) {
      throw new PythonError("TypeError", `${name}() got an unexpected keyword argument '${keyword}'`);
    }
    if (at < args.length) {
      throw new PythonError("TypeError", `${name}() got multiple values for argument '${keyword}'`);
    }
  }
  return parameters.map((parameter, at) => {
    const value = at < args.length ? args[at] : keywords.get(names[at] ?? "");
    if (value === undefined && !parameter.includes("?")) {
      throw new PythonError("TypeError", `${name}() missing 1 required positional argument: '${names[at]}'`);
    }
    return value;
  });
}
