/** What --nest does not go with, and levels whose own options do not go together. Needs no database. */
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { flagOf, optionSpec, OPTION_NAMES } from "../flag.ts";
import type { OptionName, Options } from "../options.ts";
import { conflict } from "../wrong-options.ts";
import { ofLevel } from "./level-error.ts";
import { levelName, levelsOf } from "./nest-levels.ts";
import type { LevelOptions } from "./nest-levels.ts";

/** Options that nested records do not go with, and why, as a clause. */
const NOT_WITH: readonly (readonly [OptionName, string])[] = [
  ["deleteMissing", "it would look at the table of the records alone"],
  ["create", "the tables of nested records are there before them, with their foreign keys"],
  ["alter", "the tables of nested records are there before them, with their foreign keys"],
  ["columns", "only JSON records hold others, and it is about CSV"],
  ["delimiter", "only JSON records hold others, and it is about CSV"],
];

/** Throws `OPTION_CONFLICT`, `OPTION_VALUE`, `OPTION_MISSING`; `check` is what holds for the options of any load. */
export function checkNest(options: Options, check: (level: Options) => void): void {
  if (options.nest === null) return;
  for (const [name, reason] of NOT_WITH) {
    const value = options[name];
    if (value !== null && value !== false) conflict("nest", flagOf(name), reason);
  }
  const { format } = options;
  if (format === "csv" || format === "tsv")
    conflict("nest", `--format ${format}`, "only JSON records hold others");
  for (const level of levelsOf(options)) {
    const where = `--nest ${levelName(level.path)}`;
    refuseSql(level, where);
    try {
      check(level.options);
    } catch (error) {
      throw ofLevel(error, level.path);
    }
  }
}

function refuseSql({ options, missing }: LevelOptions, where: string): void {
  if (options.rawSql) return;
  const given = OPTION_NAMES.filter(
    (name) => optionSpec(name).sql === true && options[name] !== null,
  ).map((name) => flagOf(name).slice(2));
  for (const name of [...given, ...(missing?.kind === "set" ? ["missing: set"] : [])]) {
    const flag = `${where}: ${name}`;
    const reason = "its value is SQL, and this run takes none";
    throw upsurgeError("OPTION_CONFLICT", { flag, other: "--no-raw-sql", reason }, { where });
  }
}
