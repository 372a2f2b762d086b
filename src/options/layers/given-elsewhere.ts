/** What a plan tells of the options that no flag gives: where each comes from. Pure. */
import { shellWord } from "../../errors/shell-word.ts";
import type { GivenElsewhere } from "../../model/report/plan-report.ts";
import { flagOf, negationOf, OPTION_NAMES, optionSpec } from "../flag.ts";
import { isOn } from "./layers.ts";
import type { LayerValue, OptionLayer } from "./layers.ts";
import type { OptionName } from "../options.ts";

/** The options of a layer that no flag gives, in the order of the table. */
export function givenElsewhere(layer: OptionLayer): readonly GivenElsewhere[] {
  return OPTION_NAMES.flatMap((name) => {
    const value = layer.get(name);
    if (value === undefined || value.from === "flag") return [];
    const { from, where } = value;
    return [{ ...asTyped(name, value), from, where }];
  });
}

/** How a load goes about it, and where it says so: it comes to the same rows. Those of the output and times do as well. */
const BESIDE_ROWS: ReadonlySet<OptionName> = new Set([
  "to",
  "config",
  "acceptServer",
  "strategy",
  "rowSource",
  "batchRows",
  "writers",
  "ifLocked",
  "rejectFile",
  "rawSql",
]);

/** The options out of the environment that change what is loaded or kept, as one sentence; `null`: there are none. */
export function sayVariables(layer: OptionLayer): string | null {
  const bearing = [...layer].filter(([name, { from }]) => from === "environment" && bears(name));
  const words = givenElsewhere(new Map(bearing)).map(({ flag, values, where }) => {
    const each =
      values.length === 0 ? [flag] : values.map((value) => `${flag} ${shellWord(value)}`);
    return `${each.join(" ")} (${where})`;
  });
  return words.length === 0 ? null : `options come from the environment: ${words.join(", ")}`;
}

function bears(name: OptionName): boolean {
  const { group, kind } = optionSpec(name);
  return !BESIDE_ROWS.has(name) && group !== "output" && kind !== "duration";
}

/** A flag that is off, and has no flag that says so, is shown with the word. */
function asTyped(name: OptionName, value: LayerValue): Pick<GivenElsewhere, "flag" | "values"> {
  const flag = flagOf(name);
  if (optionSpec(name).kind !== "flag") {
    return { flag, values: value.shown === undefined ? value.texts : [value.shown] };
  }
  if (isOn(value)) return { flag, values: [] };
  const negation = negationOf(name);
  return negation === null ? { flag, values: ["false"] } : { flag: negation, values: [] };
}
