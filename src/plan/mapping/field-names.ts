/** What a field is called: to people, and by `--map`. Its key is for the program alone. */
import { dropFlag } from "../../errors/shell-word.ts";
import { fieldLabel, shownName } from "../../model/header.ts";
import type { HeaderField, KnownFields } from "../../model/header.ts";
import type { FieldMap } from "../../options/grammar.ts";

/** The names of fields by their key. */
export interface FieldNames {
  /** For messages. */
  readonly told: (key: string) => string;
  /** For `--map`. */
  readonly flag: (key: string) => string;
  /** What keeps a field out of its column, as a fix: the flag that drops it does not go with one that puts it there. */
  readonly keptOut: (key: string) => string;
}

/** The names of the fields of these sources; a field that none of them has is called by its key. `map`: what `--map` says. */
export function fieldNames(
  sources: readonly KnownFields[],
  map: readonly FieldMap[] | null,
): FieldNames {
  const find = (key: string): HeaderField | undefined =>
    sources.flatMap(({ header }) => header ?? []).find((each) => each.key === key);
  const flag = (key: string): string => {
    const place = find(key);
    return place === undefined ? key : flagName(place);
  };
  const isPut = (key: string): boolean => {
    const named = [flag(key), find(key)?.name ?? key];
    return map?.some(({ field, column }) => column !== null && named.includes(field)) ?? false;
  };
  return {
    told: (key) => {
      const place = find(key);
      return place === undefined ? shownName(key) : fieldLabel(place);
    },
    flag,
    keptOut: (key) =>
      isPut(key)
        ? `leave the --map of ${flag(key)} out`
        : `drop the field with ${dropFlag(flag(key))}`,
  };
}

/** What `--map` calls a field: its number where its name does not tell it from others. */
function flagName({ name, number, key, byNumber }: HeaderField): string {
  return key !== name && byNumber ? String(number) : name;
}
