// Packages that are loaded before the image is made, so that no environment loads them again.
//
// An environment must not see a difference. So only what depends on nothing but files and a few variables is
// kept: packages that leave timers behind or look at all variables are not. What is kept lies aside until the
// function asks for the first of its modules; if a variable that they read has another value by then, they are
// forgotten and loaded as if there were no image.

import process, { start, watchVariables } from "node:process";
import { importFile, takeRecords } from "hoist:esm";
import { Module, requireFrom } from "hoist:commonjs";
import { keepModules, readModule } from "hoist:module-source";
import { installGlobal } from "hoist:handler";
import { HttpResponseStream } from "hoist:response-stream";
import { patchConsole } from "hoist:log";
import * as loop from "hoist:loop";
import engine from "hoist:engine";

const { parse, stringify } = JSON;
const { apply, defineProperty } = Reflect;
const then = Promise.prototype.then;

/** Takes the CommonJS modules out of the cache; gives the function that puts them back. */
function takeModules() {
  const entries = Object.entries(Module._cache);
  for (const [path] of entries) delete Module._cache[path];
  return {
    paths: entries.map(([path]) => path),
    putBack: () => Object.assign(Module._cache, Object.fromEntries(entries)),
  };
}

/** Loads files one after the other, each the way it was asked for: [path, "require" | "import"]. */
async function loadAll(files) {
  for (const [path, kind] of files) {
    if (kind === "import") await importFile(path, readModule(path, "import"));
    else requireFrom(path);
  }
}

/** Waits for a promise while the event loop turns. */
async function wait(promise) {
  let ended;
  apply(then, promise, [
    () => {
      ended = {};
      loop.wake();
    },
    (error) => {
      ended = { error };
      loop.wake();
    },
  ]);
  if (!(await loop.run(() => ended !== undefined))) throw new Error("a package waits for something that never comes");
  if ("error" in ended) throw ended.error;
}

/** Keeps the loaded modules for environments in which the variables they read have the same values. */
function keep(read) {
  const taken = [takeRecords(), takeModules()];
  keepModules(new Set(taken.flatMap(({ paths }) => paths)), () => {
    for (const name of Object.keys(read)) {
      if ((process.env[name] ?? null) !== read[name]) return;
    }
    for (const { putBack } of taken) putBack();
  });
}

async function run(text) {
  const settings = parse(text);
  start({ variables: settings.env, version: settings.nodeVersion });
  patchConsole();
  installGlobal(HttpResponseStream);
  const read = {};
  let readsAll = false;
  watchVariables((name) => {
    if (name === undefined) readsAll = true;
    else read[name] ??= settings.env[name] ?? null;
  });
  try {
    await wait(loadAll(settings.files));
  } finally {
    watchVariables(undefined);
  }
  if (stringify(process.env) !== stringify(settings.env)) throw new Error("a package sets environment variables");
  if (readsAll) throw new Error("a package looks at all environment variables while it is loaded");
  if (loop.isAlive()) throw new Error("a package leaves timers or other work behind");
  keep(read);
  start({ variables: {}, version: settings.nodeVersion });
  engine.collect();
  return stringify(read);
}

/** The world's export: answers the variables that were read, or what forbids an image. */
export const preload = (text) => {
  const answer = run(text).then(
    (val) => ({ tag: "ok", val }),
    (error) => ({ tag: "err", val: `${error?.message ?? error}` }),
  );
  return defineProperty(answer, "then", { value: then }) && answer;
};
