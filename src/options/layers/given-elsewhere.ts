/** What a plan tells of the options that no flag gives: where each comes from. Pure. */
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
