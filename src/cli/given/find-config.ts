/** Where the config of a call is, what `@NAME` stands for in it, and which hosts it refuses. */
import { stat } from "node:fs/promises";
import { nameIn } from "../../config/connection-name.ts";
import { CONFIG_NAME } from "../../config/config.ts";
import type { Config } from "../../config/config.ts";
import type { ConfigFile } from "../../config/read-config.ts";
import type { Environment } from "../../model/environment.ts";
import type { Command } from "../../options/option.ts";
import { hasOption, placeOfValue } from "../../options/layers/layers.ts";
import type { LayerValue } from "../../options/layers/layers.ts";
import type { Options } from "../../options/options.ts";
import { wrong } from "../../options/wrong-options.ts";
import { secretsOf } from "../../secrets/redact.ts";
import { findTarget, inFolderOf } from "../../targets/registry.ts";
import type { Call } from "../call.ts";

/** The file that is named, or the one in this folder; `null` where there is none. Throws `OPTION_VALUE` for an empty name. */
export async function findConfig(
  { command, raw }: Call,
  environment: Environment,
): Promise<ConfigFile | null> {
  if (!hasOption("config", command)) return null;
  const typed = raw.config?.at(-1);
  // A variable of the shell that is not set: another config would refuse other hosts.
  if (typed === "") wrong("config", typed, "the name of a file");
  const named = typed ?? environment["UPSURGE_CONFIG"] ?? "";
  if (named !== "") return { path: named, isNamed: true };
  return await stat(CONFIG_NAME).then(
    (found) => (found.isFile() ? { path: CONFIG_NAME, isNamed: false } : null),
    () => null,
  );
}

/** The database of a call. */
export interface FoundConnection {
  /** With the URL in place of a name. */
  readonly to: LayerValue | null;
  readonly warnings: readonly string[];
  /** As they are written in the config. */
  readonly secrets: readonly string[];
}

/** What `--to` comes to, whoever gives it. Throws `CONFIG_CONNECTION` and `CONFIG_VALUE`. */
export async function findConnection(
  value: LayerValue | undefined,
  config: Config | null,
  environment: Environment,
): Promise<FoundConnection> {
  const name = nameIn(value?.texts.at(-1));
  if (value === undefined || name === null) return { to: value ?? null, warnings: [], secrets: [] };
  const { connectionOf } = await import("../../config/connection.ts");
  const { url, place, written } = connectionOf(name, {
    config,
    environment,
    where: placeOfValue("to", value),
  });
  const isVariable = written !== url;
  const placed = isVariable ? url : await inFolderOf(url, config?.folder ?? "");
  const isOpen = secretsOf(written, {}).some((secret) => !secret.includes("${"));
  const variable = `\${${name.replaceAll("-", "_").toUpperCase()}_PASSWORD}`;
  const warning = `${place}: the connection ${name} holds its password; write ${variable} in its place, and keep that in the environment or a file for --env-file`;
  return {
    to: { texts: [placed], from: "config", where: place, shown: `@${name}` },
    warnings: isOpen ? [warning] : [],
    secrets: [written],
  };
}

/** Throws `RUN_HOST_REFUSED` where a load would go to a host that the config refuses. */
export async function refuseConfigHosts(
  config: Config | null,
  { command, options, environment }: Destined,
): Promise<void> {
  if (config === null || config.refuseHosts.length === 0 || (options.to ?? "") === "") return;
  if (!["load", "run", "plan"].includes(command)) return;
  const { refuseHosts } = await import("../../run/refuse-hosts.ts");
  const target = await findTarget(options.to ?? "");
  refuseHosts(config.refuseHosts, { owner: "config", target, options, environment });
}

/** A call and the database it goes to. */
export interface Destined {
  readonly command: Command;
  readonly options: Pick<Options, "to">;
  readonly environment: Environment;
}
