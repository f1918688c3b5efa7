// Runs one plan as a process of its own and stops it dead at a named step: `node scenario-child.mjs '{"plan":…,"at":"flush:after"}'`.
// The steps are the calls of the destination's public interface, before and after each.
import { run } from "../../program/core/sync/run.js";
import { destinations } from "../../program/destinations/index.js";

const { plan, at, signal = "SIGKILL" } = JSON.parse(process.argv[2]);
const counts = new Map();

function step(name) {
  const count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  if (at === name || at === `${name}#${count}`) {
    process.stderr.write(`at ${at}\n`);
    process.kill(process.pid, signal);
  }
}

/** The object with a step before and after each of the methods named, and those of its children. */
function watched(object, methods, { wrap = (value) => value, prefix = "" } = {}) {
  return new Proxy(object, {
    get(target, property) {
      const value = target[property];
      if (property === "children" && value !== undefined) {
        return new Map([...value].map(([name, child]) => [name, watched(child, childSteps, { prefix: "child " })]));
      }
      if (typeof value !== "function") return value;
      if (!methods.includes(property)) return value.bind(target);
      const name = prefix + (stepNames[property] ?? property);
      return async (...args) => {
        step(`${name}:before`);
        const result = await value.apply(target, args);
        step(`${name}:after`);
        return wrap(result, property);
      };
    },
  });
}

const writerSteps = [
  ...["start", "startLoad", "alter", "write", "writeEncoded", "quarantine", "flush", "audit", "commit", "close"],
];
const childSteps = ["start", "alter", "write"];
/** Rows that are not decoded are written all the same. */
const stepNames = { writeEncoded: "write" };
const watchedDestinations = Object.fromEntries(
  Object.entries(destinations).map(([name, load]) => [
    name,
    async () => {
      const kind = await load();
      return {
        ...kind,
        async open(...args) {
          const opened = await kind.open(...args);
          return watched(opened, ["begin"], { wrap: (writer) => watched(writer, writerSteps) });
        },
      };
    },
  ]),
);

const registries = {
  sources: new URL("../../program/connectors/index.js", import.meta.url),
  destinations: watchedDestinations,
};
const report = await run({ ...plan, registries }, { signal: new AbortController().signal, onEvent: () => {} });
process.stdout.write(JSON.stringify(report));
process.exitCode = report.exit_code;
