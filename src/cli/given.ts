/**
 * What a call comes with besides its words: the variables of `--env-file`, and the manifest of a run. Both are read before the
 * options are, since these may come from them.
 */
import { open, stat } from "node:fs/promises";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { UpsurgeError } from "../errors/upsurge-error.ts";
import { shellWord } from "../errors/shell-word.ts";
import type { Manifest } from "../manifest/manifest.ts";
import type { Environment } from "../model/environment.ts";
import type { RawOptions } from "../options/parse-options.ts";
import { inFolderOf } from "../targets/registry.ts";
import type { Call } from "./call.ts";
import type { GivenManifest } from "./context.ts";

/** What a call comes with. */
export interface Given {
  /** That of the process, before the variables of a file. */
  readonly environment: Environment;
  /** The manifest's options of the run, and those that were typed. */
  readonly raw: RawOptions;
  readonly manifest: GivenManifest | null;
}

/** Told of what must not be shown as soon as it is known. */
export type OnSecrets = (
  urls: readonly (string | null)[],
  environment: Environment,
) => Promise<void>;

/** Reads what the call names. Throws `MANIFEST_*` errors. */
export async function readGiven(
  call: Call,
  environment: Environment,
  onSecrets: OnSecrets,
): Promise<Given> {
  const { raw, command } = call;
  if (command !== "run" && command !== "plan") return { environment, raw, manifest: null };
  const file = raw.envFile?.at(-1);
  const typed = raw.to?.at(-1) ?? null;
  const all = file === undefined ? environment : await withFile(file, environment);
  await onSecrets([typed], all);
  const path = await manifestOf(call);
  if (path === null) return { environment: all, raw, manifest: null };
  const { readManifest } = await import("../manifest/read-manifest.ts");
  const { rawOfRun } = await import("../manifest/settle.ts");
  const manifest = await placed(
    await readManifest(path, { environment: all, hasTarget: typed !== null }),
  );
  await onSecrets([typed, manifest.to?.text ?? null], all);
  const given = rawOfRun(manifest, raw);
  return { environment: all, raw: given, manifest: { manifest, typed: raw } };
}

async function withFile(path: string, environment: Environment): Promise<Environment> {
  const { readEnvFile } = await import("../manifest/env-file.ts");
  return { ...(await readEnvFile(path)), ...environment };
}

/** A database file that is written in the manifest is relative to it; one that a variable names is not. */
async function placed(manifest: Manifest): Promise<Manifest> {
  const { to, folder } = manifest;
  if (to === null || !to.isWritten || folder === "") return manifest;
  return { ...manifest, to: { ...to, text: await inFolderOf(to.text, folder) } };
}

const YAML = /\.ya?ml$/i;
const JSON_FILE = /\.json$/i;

/** The manifest that the call names; `null` for folders and files of data. Throws `MANIFEST_MIXED`. */
async function manifestOf({ command, sources, raw }: Call): Promise<string | null> {
  for (const path of sources) {
    const isNamed = YAML.test(path) || (JSON_FILE.test(path) && command === "run");
    const isPlanned = JSON_FILE.test(path) && sources.length === 1 && raw.table === undefined;
    if (!isNamed && !(isPlanned && (await holdsLoads(path)))) continue;
    if (await isFolder(path)) continue;
    if (sources.length > 1) throw mixed(path, sources);
    return path;
  }
  return null;
}

function mixed(path: string, sources: readonly string[]): UpsurgeError {
  const others = sources.filter((each) => each !== path);
  const isSame = others.length === 0;
  const other = isSame ? "itself" : others.join(", ");
  const suggestion = `name ${shellWord(path)} alone, and list the files of the others in its loads`;
  return upsurgeError("MANIFEST_MIXED", { other, suggestion }, { where: path });
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

const PEEKED = 65_536;

/** Whether a file of JSON is a manifest, and no data: an object that has loads. */
async function holdsLoads(path: string): Promise<boolean> {
  try {
    const file = await open(path, "r");
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(PEEKED), 0, PEEKED, 0);
      return /^\uFEFF?\s*\{[^]*"loads"\s*:\s*\[/.test(buffer.toString("utf8", 0, bytesRead));
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}
