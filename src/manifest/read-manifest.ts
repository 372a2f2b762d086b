/** Reads the manifest of a run: its names and what they hold. Values are those of the command line, with variables replaced. */
import { dirname } from "node:path";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { UpsurgeError } from "../errors/upsurge-error.ts";
import type { Environment } from "../model/environment.ts";
import { loadMappings } from "../options/nest/nest-grammar.ts";
import type { OptionName } from "../options/options.ts";
import { refuseName, ownerOf } from "./refuse-name.ts";
import type { Level } from "./refuse-name.ts";
import type { Manifest, ManifestLoad, ManifestTarget } from "./manifest.ts";
import { isNothing } from "./node.ts";
import type { ManifestNode, MapNode, NamedNode, PlacedText } from "./node.ts";
import { OPTION_BY_NAME, runScopeOf } from "../options/of-run.ts";
import { readOption, readTexts, readValue, wrongType } from "./read-options.ts";
import type { ManifestOption, ManifestOptions } from "./read-options.ts";
import { readHosts } from "./read-hosts.ts";
import { readText } from "./read-text.ts";
import { readYaml } from "./read-yaml.ts";
import { MANIFEST } from "./file-kind.ts";
import { holdsVariable } from "./variables.ts";

/** What a manifest is read with. */
export interface ManifestContext {
  /** The variables that its values may have. */
  readonly environment: Environment;
  /** The command line names another database: what the manifest's would need is not asked for. */
  readonly hasTarget: boolean;
}

/** The manifest at `path`. Throws `MANIFEST_*` errors. */
export async function readManifest(path: string, context: ManifestContext): Promise<Manifest> {
  const root = readYaml(await readText(path, MANIFEST), path, MANIFEST);
  if (root.kind !== "map") throw noManifest(path, root);
  await loadMappings();
  return new ManifestReader(path, context).read(root);
}

function noManifest(path: string, root: ManifestNode): UpsurgeError {
  const found = root.kind === "list" ? "a list" : "a text";
  const details = {
    path,
    reason: `it holds ${found}, and a manifest is a mapping that has \`loads\``,
    suggestion:
      "begin it with loads: and list the loads below; data is loaded by itself, with --table",
  };
  return upsurgeError("MANIFEST_YAML", details, { where: root.place });
}

const FILES = "a file, a pattern, or a list of them";

/** Reads one manifest. */
class ManifestReader {
  readonly #path: string;
  readonly #environment: Environment;
  readonly #hasTarget: boolean;
  #to: ManifestTarget | null = null;
  readonly #ofRun = new Map<OptionName, ManifestOption>();
  #refuseHosts: readonly PlacedText[] = [];
  #defaults: ManifestOptions = new Map();
  #loads: readonly ManifestLoad[] | null = null;

  constructor(path: string, { environment, hasTarget }: ManifestContext) {
    this.#path = path;
    this.#environment = environment;
    this.#hasTarget = hasTarget;
  }

  read({ entries, place }: MapNode): Manifest {
    for (const entry of entries) this.#top(entry);
    if (this.#loads === null) {
      const details = { path: this.#path, reason: "nothing is listed below `loads`" };
      throw upsurgeError("MANIFEST_EMPTY", details, { where: place });
    }
    const folder = dirname(this.#path);
    return {
      path: this.#path,
      folder: folder === "." ? "" : folder,
      to: this.#to,
      top: this.#ofRun,
      refuseHosts: this.#refuseHosts,
      defaults: this.#defaults,
      loads: this.#loads,
    };
  }

  /** One entry at the top: every name that is known there. */
  #top(entry: NamedNode): void {
    const { name, value } = entry;
    switch (name) {
      case "to":
        this.#to = this.#target(value);
        return;
      case "refuse-hosts":
        this.#refuseHosts = readHosts(entry, this.#environment);
        return;
      case "defaults":
        this.#defaults = this.#options(this.#mapping(entry).entries, "defaults");
        return;
      case "loads":
        this.#loads = this.#list(entry);
        return;
      default:
        this.#topOption(entry);
    }
  }

  #topOption(entry: NamedNode): void {
    const named = OPTION_BY_NAME.get(entry.name);
    if (named === undefined || runScopeOf(named.option) !== "top") throw refuseName(entry, "top");
    this.#ofRun.set(named.option, readOption(entry, named, this.#environment));
  }

  #target(node: ManifestNode): ManifestTarget | null {
    const isWritten = node.kind === "text" && !holdsVariable(node.text);
    if (this.#hasTarget && !isWritten) return null;
    const text = readValue("to", node, this.#environment);
    return { text, place: node.place, isWritten };
  }

  #mapping({ name, value }: NamedNode): MapNode {
    if (value.kind === "map") return value;
    throw wrongType(name, value, "a mapping of names and values");
  }

  #list({ value }: NamedNode): readonly ManifestLoad[] {
    const isEmpty = isNothing(value) || (value.kind === "list" && value.items.length === 0);
    if (isEmpty) {
      const details = { path: this.#path, reason: "nothing is listed below `loads`" };
      throw upsurgeError("MANIFEST_EMPTY", details, { where: value.place });
    }
    if (value.kind !== "list") throw wrongType("loads", value, "a list, each load behind a -");
    return value.items.map((item) => this.#load(item));
  }

  #load(node: ManifestNode): ManifestLoad {
    if (node.kind !== "map") throw wrongType("a load", node, "a mapping such as { from: a.csv }");
    const { place } = node;
    const from = node.entries.find(({ name }) => name === "from");
    if (from === undefined) {
      const unknown = node.entries.find(({ name }) => !OPTION_BY_NAME.has(name));
      // What nobody knows may be meant for it.
      if (unknown !== undefined) throw refuseName(unknown, "load");
      const reason = "a load reads files, and nothing says which";
      const suggestion = "add from: FILE, relative to the folder of the manifest";
      throw upsurgeError(
        "MANIFEST_MISSING",
        { name: "from", reason, suggestion },
        { where: place },
      );
    }
    const sources = readTexts(from, FILES, this.#environment);
    for (const source of sources) refuseStream(source);
    const others = node.entries.filter((entry) => entry !== from);
    const options = this.#options(others, "load");
    return { label: sources.map(({ text }) => text).join(", "), from: sources, options, place };
  }

  #options(entries: readonly NamedNode[], level: Level): ManifestOptions {
    const options = new Map<OptionName, ManifestOption>();
    for (const entry of entries) {
      const named = OPTION_BY_NAME.get(entry.name);
      if (named === undefined) throw refuseName(entry, level);
      const scope = runScopeOf(named.option);
      const isTaken = scope === "load" || (scope === "run" && level === "defaults");
      if (!isTaken) throw refuseName(entry, level);
      if (level === "defaults" && named.option === "table") throw refuseName(entry, level);
      const other = options.get(named.option);
      if (other !== undefined) {
        const reason = `${ownerOf(level)} has ${other.name} already, and it is about the same`;
        const details = { name: entry.name, owner: ownerOf(level), reason };
        const suggestion = "leave one of the two out";
        throw upsurgeError("MANIFEST_NAME", { ...details, suggestion }, { where: entry.place });
      }
      options.set(named.option, readOption(entry, named, this.#environment));
    }
    return options;
  }
}

/** Standard input is there once, and a run may have to be tried again. */
function refuseStream({ text, place }: PlacedText): void {
  if (text !== "-") return;
  const expected = "files and patterns: standard input is of no load of a run by itself";
  const suggestion = "write the stream to a file first, or load it by itself";
  const details = { name: "from", value: "'-'", expected, suggestion };
  throw upsurgeError("MANIFEST_VALUE", details, { where: place });
}
