/** What `upsurge inspect` says of fields that have no name, or one that other fields have as well. */
import type { HeaderField } from "../../model/header.ts";
import { asRecord, isAllValues } from "./data-line.ts";
import { columnFlag, dropFlags, FLAGS_SHOWN } from "../by-number.ts";

/** Sentences for the fields without a name, and for every name that is repeated; `isEmpty`: the field has no values. */
export function headerNotes(
  numbered: readonly HeaderField[],
  isEmpty: (field: HeaderField) => boolean,
): string[] {
  const unnamed = numbered.filter(({ name }) => name === "");
  const firsts = numbered.filter(({ name, number, twins }) => name !== "" && twins[0] === number);
  return [
    ...unnamedNotes(
      unnamed.filter((field) => !isEmpty(field)),
      "",
    ),
    ...unnamedNotes(unnamed.filter(isEmpty), ", and no value"),
    ...firsts.map(repeatedNote),
  ];
}

/** A sentence for a header that holds nothing but values. */
export function valueNotes(header: readonly HeaderField[]): string[] {
  if (!isAllValues({ header })) return [];
  return [`line 1 holds values and no names: ${asRecord(header.length, null)}`];
}

function unnamedNotes(fields: readonly HeaderField[], more: string): string[] {
  const [first] = fields;
  if (first === undefined) return [];
  const numbers = fields.map(({ number }) => number);
  const list = numbers.join(", ");
  const [what, it] =
    fields.length === 1
      ? [`field ${list} has no name${more}`, "it"]
      : [`the fields ${list} have no name${more}`, "them"];
  if (fields.length > FLAGS_SHOWN || !fields.every(({ byNumber }) => byNumber)) {
    return [`${what}: --map ':' drops all fields without a name`];
  }
  const column =
    more === "" ? `, ${columnFlag(first.number)} puts field ${first.number} into a column` : "";
  return [`${what}: ${dropFlags(numbers)} drops ${it}${column}`];
}

function repeatedNote({ name, twins, callable }: HeaderField): string {
  const what = `the fields ${twins.join(", ")} are all called ${JSON.stringify(name)}`;
  if (twins.length > FLAGS_SHOWN || callable.length < twins.length) {
    return `${what}: give all fields names of their own with --header --columns a,b,…`;
  }
  const [first = 1, ...others] = twins;
  return `${what}: tell them apart by number, for example ${columnFlag(first)} ${dropFlags(others)}`;
}
