/**
 * Loaded before the built program with `node --import`: takes something away from it, as `UPSURGE_TEST_HINDER` says. `no-lock`:
 * the lock of a job is always granted, so that only the epoch keeps two runs apart. `hang`: nothing that begins a
 * transaction ever answers. `watch-sync`: says on stderr when a commit is sent before the rejects are durable.
 */
import fs, { realpathSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { pathToFileURL } from "node:url";

const program = pathToFileURL(realpathSync(process.argv[1] ?? ""));
const load = async (path) => await import(new URL(`../src/${path}`, program).href);

const HINDRANCES = {
  "no-lock": async () => {
    for (const each of await sessions()) {
      each.prototype.lockJob = async () => ({ release: async () => {} });
    }
  },
  hang: async () => {
    const { promise } = Promise.withResolvers?.() ?? { promise: new Promise(() => {}) };
    for (const each of await sessions()) each.prototype.begin = async () => await promise;
  },
  "watch-sync": watchSync,
};

async function sessions() {
  const { PostgresSession } = await load("targets/postgres/session.js");
  const { SqliteSession } = await load("targets/sqlite/session.js");
  return [PostgresSession, SqliteSession];
}

/** Every write to a file must be made durable before the next commit. */
function watchSync() {
  const { writeSync, fsyncSync } = fs;
  const loose = new Set();
  fs.writeSync = (descriptor, ...args) => {
    if (descriptor > 2) loose.add(descriptor);
    return writeSync(descriptor, ...args);
  };
  fs.fsyncSync = (descriptor) => {
    loose.delete(descriptor);
    fsyncSync(descriptor);
  };
  syncBuiltinESMExports();
  globalThis[Symbol.for("upsurge.failPoint")] = (point) => {
    if (point === "commit" && loose.size > 0) {
      process.stderr.write("COMMIT BEFORE THE REJECTS ARE DURABLE\n");
    }
  };
}

await HINDRANCES[process.env.UPSURGE_TEST_HINDER ?? ""]?.();
