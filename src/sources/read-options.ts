/** The options of reading among all options. */
import type { Options } from "../options/options.ts";
import { lookupFields } from "../options/lookup-fields.ts";
import type { ReadOptions } from "../read/source.ts";

/** What the flags say of how bytes become records. */
export function readOptions(options: Options): ReadOptions {
  const { quote, null: nullTokens, keepEmpty, map, ...rest } = options;
  return {
    ...rest,
    quote: quote === "" ? null : quote,
    nullTokens: nullTokens ?? [],
    keepEmpty: keepEmpty ?? [],
    paths: [
      ...(map ?? []).flatMap(({ field, column }) => (column === null ? [] : [field])),
      ...lookupFields(options),
    ],
  };
}
