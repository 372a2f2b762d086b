/** An error about options that were not typed: where they come from, which is where they can be changed. Pure. */
import { flagBefore, flagsIn } from "../../errors/flags-in.ts";
import { UpsurgeError, upsurgeError } from "../../errors/upsurge-error.ts";
import { flagOf } from "../flag.ts";
import { placeOfValue } from "./layers.ts";
import type { LayerValue, OptionLayer } from "./layers.ts";
import type { OptionName } from "../options.ts";

/** The error, with the places of the options that it names and the environment or a config gives. */
export function blamed(error: unknown, layer: OptionLayer): unknown {
  if (!(error instanceof UpsurgeError) || !error.code.startsWith("OPTION_")) return error;
  const { code, details, message: title, why, cause } = error;
  const named = flagsIn(`${details["flag"] ?? ""} ${details["other"] ?? ""}`);
  const ambient = [...layer].filter(
    ([name, { from }]) =>
      (from === "environment" || from === "config") &&
      named.includes(flagOf(name)) &&
      // Whoever has pinned it does not want it taken back.
      name !== "rawSql",
  );
  const isPlaced = error.where !== null && flagBefore(error.where) !== error.where;
  if (ambient.length === 0 || isPlaced) return error;
  const where = ambient.map(([name, value]) => placeOfValue(name, value)).join("; ");
  const fix = [error.fix, ...ambient.map(([name, value]) => undo(name, value))].join("; ");
  return upsurgeError(code, details, { title, why, fix, where, cause });
}

function undo(name: OptionName, { from, where }: LayerValue): string {
  return from === "environment"
    ? `${flagOf(name)} is left out with: unset ${where.slice(1)}`
    : `${flagOf(name)} is given at ${where}`;
}
