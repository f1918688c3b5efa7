// Loads modules of the bundle with the code that V8 made of them when they were built. Another version of V8 compiles them as
// ever, and so does the same one with other flags. Node 22 has this built in (module.enableCompileCache), Node 20 has not.
"use strict";
const { readFileSync } = require("node:fs");
const Module = require("node:module");
const { dirname, sep } = require("node:path");
const { Script } = require("node:vm");

/** What Node makes of a module before it runs it: https://nodejs.org/api/modules.html#the-module-wrapper */
const wrapped = (content) => `(function (exports, require, module, __filename, __dirname) { ${content}\n});`;
/** Beside the module. */
const cacheOf = (filename) => `${filename}.cache`;

/** From now on, in this thread, modules in this folder are loaded so. */
function useCodeCache(folder = __dirname) {
  if (require("./package.json").v8 !== process.versions.v8) return;
  const compile = Module.prototype._compile;
  Module.prototype._compile = function (content, filename, ...more) {
    const cachedData = filename.startsWith(folder + sep) ? read(cacheOf(filename)) : undefined;
    if (cachedData === undefined) return compile.call(this, content, filename, ...more);
    const run = new Script(wrapped(content), { filename, cachedData }).runInThisContext();
    return run.call(this.exports, this.exports, (id) => this.require(id), this, filename, dirname(filename));
  };
}

function read(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

module.exports = { useCodeCache, wrapped, cacheOf };
