/** The fields that flags name: those that no source has, and numbers that mean several. */
import { shellWord } from "../../errors/shell-word.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import { fieldLabel, shownName } from "../../model/header.ts";
import type { KnownFields } from "../../model/header.ts";
import { sourceLabel } from "../../errors/source-label.ts";
import type { FieldMap } from "../../options/grammar.ts";
import type { Options } from "../../options/options.ts";
import { lookupFields } from "../../options/lookup-fields.ts";
import { noField } from "./mapping-errors.ts";

/** A flag, and the field it names. */
interface NamedField {
  readonly flag:
    | "--map"
    | "--keep-empty"
    | "--null-in"
    | "--default-on-empty"
    | "--delete-when"
    | "--lookup"
    | "--value";
  readonly field: string;
  /** What follows the field in the value of the flag; absent: nothing that fixes need. */
  readonly behind?: string;
}

/** Flags about the values of one field: where several fields have its name, only a number tells which is meant. */
const OF_VALUES: readonly NamedField["flag"][] = [
  "--keep-empty",
  "--null-in",
  "--default-on-empty",
];

/**
 * Refuses flags that name a field no source has. Only for sources whose fields are all known.
 * Throws `PLAN_NO_FIELD`.
 */
export function refuseUnknownFields(
  sources: readonly KnownFields[],
  named: readonly NamedField[],
): void {
  const labels = fieldLabels(sources);
  for (const { flag, field, behind = "" } of named) {
    if (sources.some((known) => hasField(known, flag, field))) continue;
    const twins = sources.flatMap(
      ({ header }) => header?.filter(({ name }) => name === field) ?? [],
    );
    const fix =
      twins.length === 0 || flag === "--lookup"
        ? severalFix(flag, field)
        : `say it by number, for example ${flag} ${shellWord(`${twins[0]?.key ?? ""}${behind}`)}`;
    throw noField(field, labels, { where: flag, ...(fix === null ? {} : { fix }) });
  }
}

/** Several pairs in one value of --map, of which the last colon parts the last. */
function severalFix(flag: NamedField["flag"], field: string): string | null {
  return flag === "--map" && /^[^,:]+:[^,:]*,/.test(field)
    ? "repeat --map for each field: --map 'a:b' --map 'c:d'"
    : null;
}

/** Whether a source has the field that a flag names. */
export function hasField(
  { fields, header }: KnownFields,
  flag: NamedField["flag"],
  field: string,
): boolean {
  if (fields.includes(field)) return true;
  if (OF_VALUES.includes(flag)) return false;
  if (flag === "--value") {
    const names = header?.map(({ name }) => name) ?? fields;
    return names.some((name) => name.toLowerCase() === field.toLowerCase());
  }
  return (header ?? []).some(
    ({ name, number, byNumber }) =>
      name === field || (flag === "--map" && byNumber && String(number) === field),
  );
}

/** All fields of the sources, each once, as people are told of them. */
export function fieldLabels(sources: readonly KnownFields[]): string[] {
  return [
    ...new Set(
      sources.flatMap(({ fields, header }) => header?.map(fieldLabel) ?? fields.map(shownName)),
    ),
  ];
}

/** The options that name fields. */
export type NamingOptions = Pick<
  Options,
  "map" | "keepEmpty" | "nullIn" | "defaultOnEmpty" | "lookup" | "const" | "value"
> &
  Partial<Pick<Options, "deleteWhen">>;

/** The fields that flags name, with the flag that does. */
export function namedFields(options: NamingOptions): NamedField[] {
  const named = (flag: NamedField["flag"], fields: readonly string[]): NamedField[] =>
    fields.map((field) => ({ flag, field }));
  const filled = [...(options.const ?? []), ...(options.value ?? [])].map(({ column }) => column);
  const read = [...lookupFields(options)].filter((field) => !filled.includes(field));
  return [
    ...named("--map", mappedFields(options)),
    ...named("--keep-empty", options.keepEmpty ?? []),
    ...(options.nullIn ?? []).map(({ field, token }) => ({
      flag: "--null-in" as const,
      field,
      behind: `=${token}`,
    })),
    ...named("--default-on-empty", options.defaultOnEmpty ?? []),
    ...named("--delete-when", options.deleteWhen?.map(({ field }) => field) ?? []),
    ...named("--lookup", read),
  ];
}

/** The fields that `--map` names. */
function mappedFields({ map }: { readonly map: readonly FieldMap[] | null }): string[] {
  return (map ?? []).map(({ field }) => field);
}

/** Refuses a number in `--map` that is one field in one source and another in the next. Throws `PLAN_AMBIGUOUS_FIELD`. */
export function refuseMovedNumbers(
  sources: readonly KnownFields[],
  options: { readonly map: readonly FieldMap[] | null },
): void {
  for (const field of mappedFields(options).filter((each) => /^[1-9]\d*$/.test(each))) {
    const found = new Map<string, string>();
    for (const { source, header } of sources) {
      const named = header?.find(({ name }) => name === field);
      const place = named ?? header?.find(({ number }) => String(number) === field);
      if (place === undefined) continue;
      const label = place.name === "" ? "no name" : JSON.stringify(place.name);
      if (!found.has(label))
        found.set(label, `${label} in ${source === null ? "the source" : sourceLabel(source)}`);
    }
    if (found.size < 2) continue;
    throw upsurgeError(
      "PLAN_AMBIGUOUS_FIELD",
      { field, candidates: [...found.values()].join(" or ") },
      {
        why: "a number in --map is the field at that place, and the headers of the sources differ there",
        fix: "load sources with different headers one by one; or say the fields by their names",
        where: "--map",
      },
    );
  }
}
