/**
 * Reads a config: YAML as that of manifests, with the same variables. It holds nothing that decides what a load does: no SQL,
 * nothing that deletes, truncates, creates or resets.
 */
import { dirname, isAbsolute, relative, sep } from "node:path";
import { upsurgeError } from "../errors/upsurge-error.ts";
import { CONFIG } from "../manifest/file-kind.ts";
import { inFolder } from "../manifest/in-folder.ts";
import type { MapNode, NamedNode, TextNode } from "../manifest/node.ts";
import { isNothing } from "../manifest/node.ts";
import { readHosts } from "../manifest/read-hosts.ts";
import { readOption, wrongType } from "../manifest/read-options.ts";
import { readText } from "../manifest/read-text.ts";
import { readYaml } from "../manifest/read-yaml.ts";
import type { Environment } from "../model/environment.ts";
import { takesFile } from "../options/flag.ts";
import type { LayerValue } from "../options/layers/layers.ts";
import { OPTION_BY_NAME } from "../options/of-run.ts";
import type { OptionName } from "../options/options.ts";
import { asConfig } from "./config-error.ts";
import type { Config } from "./config.ts";
import { CONFIG_OPTIONS, refuseConfigName } from "./names.ts";

/** Where a config is. One that nobody named, but is in this folder, may come from anybody: it names no file outside of it. */
export interface ConfigFile {
  readonly path: string;
  readonly isNamed: boolean;
}

/** The config of a file. Throws `CONFIG_*` errors. */
export async function readConfig(file: ConfigFile, environment: Environment): Promise<Config> {
  const { path } = file;
  const text = await readText(path, CONFIG);
  const reader = new ConfigReader(file, environment);
  // A file with nothing in it says nothing; so does /dev/null.
  if (text.split("\n").every((line) => /^\s*(?:#|$)/.test(line))) return reader.config(path);
  const root = readYaml(text, path, CONFIG);
  if (root.kind === "map") return asConfig(() => reader.read(root).config(path));
  const reason = "it holds no mapping, and a config is one: `connections` and names of options";
  const suggestion = "begin it with connections: and write NAME: URL below";
  throw upsurgeError("CONFIG_YAML", { path, reason, suggestion }, { where: root.place });
}

/** Reads one config. */
class ConfigReader {
  readonly #folder: string;
  readonly #isNamed: boolean;
  readonly #environment: Environment;
  #connections: Config["connections"] = new Map();
  #refuseHosts: Config["refuseHosts"] = [];
  readonly #options = new Map<OptionName, LayerValue>();

  constructor({ path, isNamed }: ConfigFile, environment: Environment) {
    const folder = dirname(path);
    this.#folder = folder === "." ? "" : folder;
    this.#isNamed = isNamed;
    this.#environment = environment;
  }

  read({ entries }: MapNode): this {
    for (const entry of entries) {
      if (entry.name === "connections") this.#connections = connectionsIn(entry);
      else if (entry.name === "refuse-hosts")
        this.#refuseHosts = readHosts(entry, this.#environment);
      else this.#option(entry);
    }
    return this;
  }

  config(path: string): Config {
    const [folder, connections] = [this.#folder, this.#connections];
    return { path, folder, connections, refuseHosts: this.#refuseHosts, options: this.#options };
  }

  #option(entry: NamedNode): void {
    const named = OPTION_BY_NAME.get(entry.name);
    if (named === undefined || !CONFIG_OPTIONS.includes(named.option)) {
      throw refuseConfigName(entry);
    }
    const { texts, place: where } = readOption(entry, named, this.#environment);
    if (texts === null) return;
    const isFile = takesFile(named.option);
    const outer = isFile && !this.#isNamed ? texts.find(isOutside) : undefined;
    if (outer !== undefined) throw outside(entry, outer);
    const placed = isFile ? texts.map((text) => inFolder(this.#folder, text)) : texts;
    this.#options.set(named.option, { texts: placed, from: "config", where });
  }
}

function isOutside(path: string): boolean {
  const way = relative("", path);
  return isAbsolute(path) || isAbsolute(way) || way.split(sep)[0] === "..";
}

function outside({ name, value }: NamedNode, path: string): Error {
  const expected = "a file of this folder, in a config that nobody named";
  const suggestion = "name the config if it is yours: --config upsurge.config.yaml";
  const details = { name, value: `'${path}'`, expected, suggestion };
  return upsurgeError("CONFIG_VALUE", details, { where: value.place });
}

/** What is taken for the name of a connection, and not for that of a file. */
const NAME = /^[a-z_][\w-]*$/i;

function connectionsIn({ name, value }: NamedNode): Config["connections"] {
  if (value.kind !== "map") throw wrongType(name, value, "a mapping such as { prod: URL }");
  const connections = new Map<string, TextNode>();
  for (const entry of value.entries) {
    const { name: own, value: url } = entry;
    if (!NAME.test(own)) {
      const expected = "a word of letters, digits, _ and -, that begins with a letter";
      const details = { name: "the name of a connection", value: `'${own}'`, expected };
      const suggestion = `write ${own.replace(/\W+/g, "-").replace(/^[-\d]+/, "") || "prod"}:`;
      throw upsurgeError("CONFIG_VALUE", { ...details, suggestion }, { where: entry.place });
    }
    if (url.kind !== "text" || isNothing(url) || url.text === "")
      throw wrongType(own, url, "one URL, as --to takes it");
    connections.set(own, url);
  }
  return connections;
}
