/**
 * What a call comes with besides its words: the variables of `--env-file`, a config, and the manifest of a run. All are read
 * before the options are, since these may come from them: a flag comes before a manifest, that before the environment, and
 * that before a config.
 */
import type { Config } from "../../config/config.ts";
import type { ConfigFile } from "../../config/read-config.ts";
import type { Manifest } from "../../manifest/manifest.ts";
import type { ManifestContext } from "../../manifest/read-manifest.ts";
import type { Environment } from "../../model/environment.ts";
import { sayVariables } from "../../options/layers/given-elsewhere.ts";
import { environmentLayer, hasOption, layered, typedLayer } from "../../options/layers/layers.ts";
import type { OptionLayer } from "../../options/layers/layers.ts";
import { bearingOnFormats, formatsTold } from "../../options/of-format.ts";
import { readyForNest } from "../../options/nest/nest-grammar.ts";
import type { OptionName } from "../../options/options.ts";
import { inFolderOf } from "../../targets/registry.ts";
import type { Call } from "../call.ts";
import type { GivenManifest } from "../context.ts";
import { findConfig, findConnection } from "./find-config.ts";
import { manifestOf } from "./manifest-of.ts";
import { refuseStrays } from "./stray-variables.ts";

/** What a call comes with. */
export interface Given {
  /** That of the process, before the variables of a file. */
  readonly environment: Environment;
  /** The options, with who gives each. */
  readonly layer: OptionLayer;
  readonly config: Config | null;
  readonly manifest: GivenManifest | null;
  /** What is to be said, and is no reason to stop. */
  readonly warnings: readonly string[];
}

/** Told of what must not be shown as soon as it is known. */
export type OnSecrets = (
  urls: readonly (string | null)[],
  environment: Environment,
) => Promise<void>;

/** The commands that write rows or pieces: a plan and a list tell of their options elsewhere, or change nothing. */
const TELLING: ReadonlySet<Call["command"]> = new Set(["load", "run", "split", "finish"]);

/** Reads what the call names. Throws `MANIFEST_*`, `CONFIG_*` and `OPTION_VARIABLE` errors. */
export async function readGiven(
  call: Call,
  ofProcess: Environment,
  onSecrets: OnSecrets,
): Promise<Given> {
  const { raw: typed } = call;
  const file = typed.envFile?.at(-1);
  const environment = file === undefined ? ofProcess : await withFile(file, ofProcess);
  const url = typed.to?.at(-1) ?? null;
  const path = await manifestOf(call);
  const configAt = await findConfig(call, environment);
  if (path !== null || configAt !== null) await onSecrets([url], environment);
  const config = configAt === null ? null : await readConfigAt(configAt, environment);
  const manifest =
    path === null ? null : await readManifestAt(path, { environment, hasTarget: url !== null });
  const strays = await refuseStrays(environment, [path, configAt?.path ?? null]);
  const below = await ambientLayers(call, { environment, config, isRun: manifest !== null });
  const ofRun = manifest === null ? [] : [await layerOf(manifest)];
  const all = layered([typedLayer(typed), ...ofRun, ...below]);
  await readyForNest(all.get("nest")?.texts ?? []);
  const found = await findConnection(
    isAsked(call, all) ? all.get("to") : undefined,
    config,
    environment,
  );
  const { to } = found;
  const urls = [to?.texts.at(-1) ?? null, manifest?.to?.text ?? null];
  await onSecrets([...urls, ...found.secrets], environment);
  const layer: OptionLayer = to === null ? all : new Map([...all, ["to", to]]);
  const variables = TELLING.has(call.command) ? sayVariables(layer) : null;
  return {
    environment,
    layer,
    config,
    manifest: manifest === null ? null : { manifest, typed, below, to },
    warnings: [...strays, ...found.warnings, ...(variables === null ? [] : [variables])],
  };
}

/** A file is inspected without its database, and whatever the surroundings say of it is not looked at. */
function isAsked({ command, sources }: Call, layer: OptionLayer): boolean {
  return command !== "inspect" || sources.length === 0 || layer.get("to")?.from === "flag";
}

async function withFile(path: string, environment: Environment): Promise<Environment> {
  const { readEnvFile } = await import("../../manifest/env-file.ts");
  return { ...(await readEnvFile(path)), ...environment };
}

async function readConfigAt(at: ConfigFile, environment: Environment): Promise<Config> {
  const { readConfig } = await import("../../config/read-config.ts");
  return await readConfig(at, environment);
}

async function readManifestAt(path: string, context: ManifestContext): Promise<Manifest> {
  const { readManifest } = await import("../../manifest/read-manifest.ts");
  return await placed(await readManifest(path, context));
}

async function layerOf(manifest: Manifest): Promise<OptionLayer> {
  const { layerOfRun } = await import("../../manifest/settle.ts");
  return layerOfRun(manifest);
}

/** A database file that is written in the manifest is relative to it; one that a variable names is not. */
async function placed(manifest: Manifest): Promise<Manifest> {
  const { to, folder } = manifest;
  if (to === null || !to.isWritten || folder === "") return manifest;
  return { ...manifest, to: { ...to, text: await inFolderOf(to.text, folder) } };
}

interface Ambience {
  readonly environment: Environment;
  readonly config: Config | null;
  /** There is a manifest. */
  readonly isRun: boolean;
}

/** What the environment and the config say of the options that the command has; a plan of a run has those of a run. */
async function ambientLayers(
  { command, sources, raw }: Call,
  { environment, config, isRun }: Ambience,
): Promise<readonly OptionLayer[]> {
  const isPlan = command === "plan";
  const isRunPlan = isPlan && (isRun || (await areFolders(sources)));
  const isTaken = (name: OptionName): boolean =>
    hasOption(name, command) && (!isRunPlan || hasOption(name, "run"));
  const ofCalls = environmentLayer(environment, command);
  // The loads of a manifest have formats of their own.
  const formats = formatsTold(layered([typedLayer(raw), ofCalls]), isRun ? [] : sources);
  const bearing = isRun ? ofCalls : bearingOnFormats(ofCalls, formats);
  const layers = [bearing, config?.options ?? new Map()];
  return layers.map((layer) => new Map([...layer].filter(([name]) => isTaken(name))));
}

async function areFolders(sources: readonly string[]): Promise<boolean> {
  return await (await import("../../run/plan-run.ts")).areFolders(sources);
}
