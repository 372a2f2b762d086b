/** What `upsurge inspect` says of fields that have no name, or one that other fields have as well. */
import type { HeaderField } from "../model/header.ts";

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

/** Flags that are shown for so many fields. */
const SHOWN = 10;

function unnamedNotes(fields: readonly HeaderField[], more: string): string[] {
  const [first] = fields;
  if (first === undefined) return [];
  const numbers = fields.map(({ number }) => number).join(", ");
  const [what, it] =
    fields.length === 1
      ? [`field ${numbers} has no name${more}`, "it"]
      : [`the fields ${numbers} have no name${more}`, "them"];
  if (fields.length > SHOWN || !fields.every(({ byNumber }) => byNumber)) {
    return [`${what}: --map ':' drops all fields without a name`];
  }
  const drop = fields.map(({ number }) => `--map '${number}:'`).join(" ");
  const column =
    more === "" ? `, --map '${first.number}:COLUMN' puts field ${first.number} into a column` : "";
  return [`${what}: ${drop} drops ${it}${column}`];
}

function repeatedNote({ name, twins, callable }: HeaderField): string {
  const what = `the fields ${twins.join(", ")} are all called ${JSON.stringify(name)}`;
  if (twins.length > SHOWN || callable.length < twins.length) {
    return `${what}: give all fields names of their own with --header --columns a,b,…`;
  }
  const [first = 1, ...others] = twins;
  const drop = others.map((number) => `--map '${number}:'`).join(" ");
  return `${what}: tell them apart by number, for example --map '${first}:COLUMN' ${drop}`;
}
