/** The names of a config, and the error for one that it does not have. Pure. */
import { nearest } from "../errors/edit-distance.ts";
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { UpsurgeError } from "../errors/upsurge-error.ts";
import type { NamedNode } from "../manifest/node.ts";
import { notInConfig, variablesOf } from "../options/layers/ambient.ts";
import { OPTION_NAMES, spellingsOf } from "../options/flag.ts";
import { manifestName, OPTION_BY_NAME } from "../options/of-run.ts";
import type { OptionName } from "../options/options.ts";

/** The options that a config may have, in the order of the table. */
export const CONFIG_OPTIONS: readonly OptionName[] = OPTION_NAMES.filter(
  (name) => notInConfig(name) === null,
);

/** Every name at the top of a config. */
export const CONFIG_NAMES: readonly string[] = [
  "connections",
  "refuse-hosts",
  ...CONFIG_OPTIONS.map(manifestName),
];

/** The error. */
export function refuseConfigName({ name, place }: NamedNode): UpsurgeError {
  const [reason, suggestion] = whyNot(name);
  return upsurgeError("CONFIG_NAME", { name, reason, suggestion }, { where: place });
}

function whyNot(name: string): readonly [reason: string, suggestion: string] {
  if (name === "to") {
    const reason = "which database is meant is said by the call, and not by the folder it is in";
    return [reason, "give it a name below `connections`, and pass that: --to @NAME"];
  }
  const option = OPTION_BY_NAME.get(name)?.option;
  const reason = option === undefined ? null : notInConfig(option);
  if (option !== undefined && reason !== null) {
    const [variable] = variablesOf(option);
    const also = variable === undefined ? "" : `, or set ${variable}`;
    return [reason, `leave it out, and pass --${name} to the load that is meant${also}`];
  }
  const bare = name.replace(/^-+/, "").replaceAll("_", "-").toLowerCase();
  const alias = CONFIG_OPTIONS.find((each) => spellingsOf(each).includes(`--${bare}`));
  const near = alias === undefined ? nearest(bare, CONFIG_NAMES) : manifestName(alias);
  const names = `its names are ${CONFIG_NAMES.join(", ")}`;
  return [names, near === null ? "leave it out" : `did you mean ${near}?`];
}
