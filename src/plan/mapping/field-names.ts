/** What a field is called: to people, and by `--map`. Its key is for the program alone. */
import { fieldLabel, shownName } from "../../model/header.ts";
import type { HeaderField, KnownFields } from "../../model/header.ts";

/** The names of fields by their key. */
export interface FieldNames {
  /** For messages. */
  readonly told: (key: string) => string;
  /** For `--map`. */
  readonly flag: (key: string) => string;
}

/** The names of the fields of these sources; a field that none of them has is called by its key. */
export function fieldNames(sources: readonly KnownFields[]): FieldNames {
  const find = (key: string): HeaderField | undefined =>
    sources.flatMap(({ header }) => header ?? []).find((each) => each.key === key);
  return {
    told: (key) => {
      const place = find(key);
      return place === undefined ? shownName(key) : fieldLabel(place);
    },
    flag: (key) => {
      const place = find(key);
      return place === undefined ? key : flagName(place);
    },
  };
}

/** What `--map` calls a field: its number where its name does not tell it from others. */
function flagName({ name, number, key, byNumber }: HeaderField): string {
  return key !== name && byNumber ? String(number) : name;
}
