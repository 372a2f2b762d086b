/** What `upsurge inspect` says of fields that have no name, or one that other fields have as well. */
import type { HeaderField } from "../model/header.ts";

/** A sentence for every field without a name, and for every name that is repeated; `isEmpty`: the field has no values. */
export function headerNotes(
  numbered: readonly HeaderField[],
  isEmpty: (field: HeaderField) => boolean,
): string[] {
  return numbered.flatMap((field) => {
    if (field.name === "") return [unnamedNote(field, isEmpty(field))];
    return field.twins[0] === field.number ? [repeatedNote(field, numbered)] : [];
  });
}

function unnamedNote({ number, byNumber }: HeaderField, isEmpty: boolean): string {
  const what = `field ${number} has no name${isEmpty ? ", and no value" : ""}`;
  if (!byNumber) return `${what}: --extra-fields ignore drops it`;
  const column = isEmpty ? "" : `, --map '${number}:COLUMN' puts it into a column`;
  return `${what}: --map '${number}:' drops it${column}`;
}

function repeatedNote({ name, twins }: HeaderField, numbered: readonly HeaderField[]): string {
  const what = `the fields ${twins.join(", ")} are all called ${JSON.stringify(name)}`;
  const called = numbered.filter(({ number }) => twins.includes(number));
  if (!called.every(({ byNumber }) => byNumber)) {
    return `${what}: give all fields names of their own with --header --columns a,b,…`;
  }
  const [first = 1, ...others] = twins;
  const drop = others.map((number) => `--map '${number}:'`).join(" ");
  return `${what}: tell them apart by number, for example --map '${first}:COLUMN' ${drop}`;
}
