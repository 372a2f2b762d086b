/** Looks up the names that complete a line, in the config, the file and the database at hand. Says nothing where it cannot. */
import { stat } from "node:fs/promises";
import { knownNames } from "../../commands/known-names.ts";
import type { Environment } from "../../model/environment.ts";
import type { RawOptions } from "../../options/layers/layers.ts";
import type { OptionName } from "../../options/options.ts";
import { parseLayer } from "../../options/parse-options.ts";
import { findConfig } from "../given/find-config.ts";
import { readGiven } from "../given/given.ts";
import type { Call } from "../call.ts";
import type { FindNames } from "./candidates.ts";
import type { TypedLine } from "./typed-line.ts";

type Names = Awaited<ReturnType<FindNames>>;

/** Somebody waits at a prompt: what takes longer is as good as nothing. */
const PATIENCE_MS = 2000;

/** The options that say where names are; what else is on the line may be half typed. */
const ASKED: readonly OptionName[] = [
  "to",
  "config",
  "envFile",
  "table",
  "checkpointTable",
  "format",
  "delimiter",
  "quote",
  "encoding",
  "header",
  "columns",
  "skipLines",
];

/** A way to find names for the line. */
export function finderFor(line: TypedLine, environment: Environment): FindNames {
  const call = callOf(line);
  const find = async (lookup: Parameters<FindNames>[0]): Promise<Names> => {
    if (call === null) return [];
    if (lookup === "connections") return await connections(call, environment);
    if (lookup === "fields") return await fields(call, environment);
    const { environment: env, layer } = await readGiven(call, environment, async () => {});
    const names = await knownNames(lookup, parseLayer(layer), env).catch((): Names => []);
    // A table that is yet to be made gets the columns of its file.
    return names.length === 0 && lookup === "columns" ? await fields(call, environment) : names;
  };
  return async (lookup) => await Promise.race([find(lookup).catch((): Names => []), patience()]);
}

function callOf({ command, sources, raw }: TypedLine): Call | null {
  if (command === "help" || command === "completion") return null;
  const asked = ASKED.flatMap((name) => (raw[name] === undefined ? [] : [[name, raw[name]]]));
  return { command, sources, raw: Object.fromEntries(asked) as RawOptions };
}

async function patience(): Promise<Names> {
  return await new Promise((resolve) => {
    setTimeout(() => resolve([]), PATIENCE_MS).unref();
  });
}

async function connections(call: Call, environment: Environment): Promise<Names> {
  const at = await findConfig(call, environment);
  if (at === null) return [];
  const { readConfig } = await import("../../config/read-config.ts");
  const { connections: named } = await readConfig(at, environment);
  return [...named.keys()].map((name) => ({ name: `@${name}`, about: `in ${at.path}` }));
}

/** The fields of the first file. */
async function fields(call: Call, environment: Environment): Promise<Names> {
  const [first] = call.sources;
  // What is read of a pipe would be lost to the load.
  if (first === undefined || first === "-" || !(await mayBeRead(first))) return [];
  const { layer } = await readGiven(call, environment, async () => {});
  const { fieldsOf } = await import("../../commands/fields-of.ts");
  return (await fieldsOf(first, parseLayer(layer))).map((name) => ({ name, about: "field" }));
}

/** A file, or a pattern. */
async function mayBeRead(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isFile(),
    () => true,
  );
}
