import { markup } from "../text/markup.js";
import { callable } from "../values/call.js";
import { pyDict } from "../values/dict.js";
import { PythonError } from "../values/python-error.js";
import { undefinedBecause } from "../values/undefined.js";
import type { Evaluate } from "./compile-expression.js";
import type { MacroNode } from "./nodes.js";
import { type Render, renderBody } from "./render.js";
import { childScope } from "./scope.js";
import { undeclaredNames } from "./undeclared.js";

/** `{% macro %}`: a callable whose result is the text of its body. */
export function compileMacro(node: MacroNode, defaults: readonly (Evaluate | undefined)[], body: Render): Evaluate {
  const names = node.parameters.map((parameter) => parameter.name);
  const used = undeclaredNames(node.body);
  const takes = (name: string) => used.has(name) && !names.includes(name);

  return (scope) =>
    callable(
      node.name,
      (args, keywords) => {
        const inner = childScope(scope);
        const rest = new Map(keywords);
        const given = names.map((name, at) => {
          if (at < args.length) return args[at];
          const value = rest.get(name);
          rest.delete(name);
          return value;
        });
        if (takes("caller")) {
          const caller = rest.get("caller");
          rest.delete("caller");
          inner.set("caller", caller === undefined || caller === null ? undefinedBecause("No caller defined") : caller);
        }
        if (takes("kwargs")) inner.set("kwargs", pyDict(rest));
        else if (rest.size > 0) {
          const message = `macro '${node.name}' takes no keyword argument '${[...rest.keys()][0]}'`;
          throw new PythonError("TypeError", message);
        }
        if (takes("varargs")) inner.set("varargs", { kind: "tuple", items: args.slice(names.length) });
        else if (args.length > names.length) {
          const message = `macro '${node.name}' takes not more than ${names.length} argument(s)`;
          throw new PythonError("TypeError", message);
        }
        return scope.run.deeper(() => {
          names.forEach((name, at) => {
            const value = given[at] === undefined ? defaults[at]?.(inner) : given[at];
            inner.set(name, value === undefined ? undefinedBecause(`parameter '${name}' was not provided`) : value);
          });
          const text = renderBody(body, inner);
          return inner.escapes ? markup(text) : text;
        });
      },
      `<Macro '${node.name}'>`,
    );
}
