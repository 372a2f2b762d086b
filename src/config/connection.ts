/** The connection that `@NAME` stands for. */
import { nearest } from "../errors/edit-distance.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import { readValue } from "../manifest/read-options.ts";
import type { Environment } from "../model/environment.ts";
import { asConfig } from "./config-error.ts";
import type { Config } from "./config.ts";
import { CONFIG_NAME } from "./config.ts";

/** A connection of a config. */
export interface Connection {
  readonly name: string;
  readonly url: string;
  readonly place: string;
  /** As the config has it, with its variables. */
  readonly written: string;
}

/** What a name is looked up in, and who gives it. */
export interface NameContext {
  readonly config: Config | null;
  readonly environment: Environment;
  readonly where: string;
}

/** The connection of that name. Throws `CONFIG_CONNECTION`, and `CONFIG_VALUE` for its variables. */
export function connectionOf(
  name: string,
  { config, environment, where }: NameContext,
): Connection {
  const node = config?.connections.get(name);
  if (node === undefined) throw noConnection(name, config, where);
  const url = asConfig(() => readValue(name, node, environment));
  return { name, url, place: node.place, written: node.text };
}

function noConnection(name: string, config: Config | null, where: string): Error {
  if (config === null) {
    const reason = `connections are read from ${CONFIG_NAME}, and this folder has none`;
    const suggestion = "pass a URL, or name the file: --config FILE";
    return upsurgeError("CONFIG_CONNECTION", { name, reason, suggestion }, { where });
  }
  const names = [...config.connections.keys()];
  const near = nearest(name, names);
  const known = names.length === 0 ? "no connection" : names.map((each) => `@${each}`).join(", ");
  const reason = `${config.path} has ${known}`;
  const suggestion =
    near === null ? `write ${name}: URL below its connections` : `did you mean --to @${near}?`;
  return upsurgeError("CONFIG_CONNECTION", { name, reason, suggestion }, { where });
}
