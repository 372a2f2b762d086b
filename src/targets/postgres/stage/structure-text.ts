/**
 * JSON arrays and objects in PostgreSQL's own spelling of arrays, composite types and hstore: `[[1],[2]]` becomes `{{1},{2}}`,
 * `{"street":"Elm","no":3}` becomes `("Elm","3")`. What such a type cannot hold is refused with the reason.
 */
import type { ValueForm } from "../../../model/table-shape.ts";
import { quoteElement } from "./array-text.ts";
import { parseJson } from "./json-tree.ts";
import type { JsonNode } from "./json-tree.ts";

/** The text of a JSON array or object for a column of this form. Throws a `RangeError`, whose message follows "the value". */
export function structureText(json: string, form: ValueForm): string {
  return isMade(form) ? textOf(parseJson(json), form) : json;
}

/** Whether values of the form have a spelling of their own for what JSON has arrays and objects for. */
function isMade({ kind }: ValueForm): boolean {
  return kind !== "text" && kind !== "json";
}

/** The text of a value that is not NULL. */
function textOf(node: JsonNode, form: ValueForm): string {
  if (form.kind === "json") return node.raw;
  // Types read their own spelling from a string.
  if (node.kind === "string") return node.text;
  if (node.kind === "literal" || node.kind === "null") return node.raw;
  if (form.kind === "array") return arrayOf(node, form);
  if (form.kind === "composite") return compositeOf(node, form);
  if (form.kind === "map") return mapOf(node);
  if (form.kind === "range")
    throw new RangeError(`is ${nameOf(node)}; a range is a string such as "[1,5)"`);
  if (form.kind === "enum")
    throw new RangeError(`is ${nameOf(node)}; the type takes one of its labels as a string`);
  return node.raw;
}

function arrayOf(node: JsonNode, form: ValueForm & { kind: "array" }): string {
  if (node.kind !== "array") throw new RangeError(`is ${nameOf(node)}, and no array`);
  sizesOf(node);
  return dimension(node, form);
}

function dimension(
  { items }: JsonNode & { kind: "array" },
  form: ValueForm & { kind: "array" },
): string {
  const { element, delimiter } = form;
  const texts = items.map((item) => {
    if (item.kind === "null") return "NULL";
    if (item.kind === "array") return dimension(item, form);
    const text = textOf(item, element);
    return item.kind === "literal" ? text : quoteElement(text);
  });
  return `{${texts.join(delimiter)}}`;
}

/** The lengths of the dimensions; an array of arrays has rows of one length, and no values beside them. */
function sizesOf({ items }: JsonNode & { kind: "array" }): readonly number[] {
  const rows = items.filter((item) => item.kind === "array").map(sizesOf);
  const [first] = rows;
  if (first === undefined) return [items.length];
  if (rows.length < items.length)
    throw new RangeError("has arrays beside values; all elements of an array are alike");
  const other = rows.find((sizes) => sizes.join(" ") !== first.join(" "));
  if (other === undefined) return [items.length, ...first];
  throw new RangeError(
    `has arrays of ${first.join(" by ")} and of ${other.join(" by ")} elements within; they must have the same length`,
  );
}

/** Members by the names of the attributes; one that is not there is NULL. */
function compositeOf(
  node: JsonNode,
  { type, attributes }: ValueForm & { kind: "composite" },
): string {
  const names = attributes.map(({ name }) => name);
  if (node.kind !== "object")
    throw new RangeError(
      `is ${nameOf(node)}; ${type} takes an object with the members ${names.join(", ")}`,
    );
  const unknown = [...node.members.keys()].find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new RangeError(
      `has the member ${JSON.stringify(unknown)}; those of ${type} are ${names.join(", ")}`,
    );
  const texts = attributes.map(({ name, form }) => {
    const member = node.members.get(name);
    if (member === undefined || member.kind === "null") return "";
    return `"${textOf(member, form).replace(/["\\]/g, (char) => char + char)}"`;
  });
  return `(${texts.join(",")})`;
}

/** The text of an hstore. */
function mapOf(node: JsonNode): string {
  if (node.kind !== "object")
    throw new RangeError(`is ${nameOf(node)}; hstore takes an object of texts`);
  const pairs = [...node.members].map(([name, value]) => {
    if (value.kind === "array" || value.kind === "object")
      throw new RangeError(
        `has ${nameOf(value)} as its member ${JSON.stringify(name)}; hstore holds texts alone, jsonb would take it`,
      );
    const text = value.kind === "null" ? "NULL" : quoteElement(textOf(value, { kind: "text" }));
    return `${quoteElement(name)}=>${text}`;
  });
  return pairs.join(",");
}

function nameOf({ kind }: JsonNode): string {
  return kind === "array" || kind === "object" ? `an ${kind}` : `a ${kind}`;
}
