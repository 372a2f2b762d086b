/** What looks at the values of fields before their columns are there. Pure. */
import { Profile } from "../../infer/profile.ts";
import type { Options } from "../../options/options.ts";
import { ValueSketch } from "../../values/value-sketch.ts";

/** A profile of the values as the flags read them. */
export function profileFor(
  options: Pick<Options, "map" | "decimal" | "thousands" | "dateFormat">,
): Profile {
  const mapped = new Map(options.map?.map(({ field, column }) => [field, column ?? field]));
  return new Profile(ValueSketch.of(options), (field) => mapped.get(field) ?? field);
}
