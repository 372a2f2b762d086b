/**
 * What the ordinary lines of a run have in common: the names of the members, in order, and how they are written. It is
 * learned from one line.
 */
import { isUtf8 } from "node:buffer";
import type { RecordShape } from "../../model/record.ts";
import { MOST_MEMBERS } from "./members.ts";
import { CLOSE, COMMA, IRREGULAR, MORE, OPEN } from "./scan.ts";
import type { JsonScan } from "./scan.ts";
import type { JsonShapes } from "./shapes.ts";
import { NullStrings } from "../text/null-rule.ts";
import type { NullOptions, NullRule } from "../text/null-rule.ts";

/** The common parts of lines. */
export interface JsonTemplate {
  readonly shape: RecordShape;
  /**
   * For each member, what is between the value before it and its own: `,"name":`; for the first, `{"name":`. At
   * least four bytes each, so that they can be compared four at a time.
   */
  readonly leads: DataView;
  /** Where each of them begins in `leads`, and where the last one ends. */
  readonly leadAt: Int32Array;
  /** The names as they are written, quotes included. */
  readonly names: readonly Buffer[];
  /** By member: 1 where an empty string is NULL. */
  readonly emptyIsNull: Uint8Array;
  /** By member: 1 where an empty string makes a record without it. */
  readonly emptyIsAbsent: Uint8Array;
  /** Which other strings are NULL. */
  readonly nulls: NullStrings;
}

/** What templates are made with. */
export interface TemplateParts {
  readonly scan: JsonScan;
  readonly shapes: JsonShapes;
  readonly nulls: NullRule;
  readonly options: NullOptions;
}

/** The template of the line that begins at `start`; `IRREGULAR` or `MORE` where it has none. */
export function learnTemplate(
  { scan, shapes, nulls, options }: TemplateParts,
  start: number,
): JsonTemplate | typeof IRREGULAR | typeof MORE {
  const { bytes } = scan;
  const leads: Buffer[] = [];
  const names: Buffer[] = [];
  let from = start;
  let at = scan.blank(start);
  if (bytes[at] !== OPEN) return at < bytes.length ? IRREGULAR : MORE;
  for (;;) {
    const name = scan.blank(at + 1);
    const place = scan.name(name);
    if (place < 0) return place === MORE ? MORE : IRREGULAR;
    names.push(bytes.subarray(name, scan.string(name)));
    // Which of them are kept is for the slow path to say.
    if (names.length > MOST_MEMBERS) return IRREGULAR;
    leads.push(bytes.subarray(from, place));
    from = scan.value(place);
    if (from < 0) return from === MORE ? MORE : IRREGULAR;
    at = scan.blank(from);
    if (bytes[at] === CLOSE) break;
    if (bytes[at] !== COMMA) return at < bytes.length ? IRREGULAR : MORE;
  }
  const shape = names.every((name) => isUtf8(name)) ? shapeOf(names, shapes) : null;
  if (shape === null) return IRREGULAR;
  const all = Buffer.concat(leads);
  let end = 0;
  return {
    shape,
    leads: new DataView(all.buffer, all.byteOffset, all.length),
    leadAt: Int32Array.from([0, ...leads.map(({ length }) => (end += length))]),
    // Not a part of a block that would be kept for as long as the template.
    names: names.map((name) => Buffer.from(name)),
    emptyIsNull: Uint8Array.from(shape.fields, (field) =>
      nulls.ofString(field, "") === null ? 1 : 0,
    ),
    emptyIsAbsent: Uint8Array.from(shape.fields, (field) =>
      nulls.isAbsentWhenEmpty(field) ? 1 : 0,
    ),
    nulls: new NullStrings(options, shape.fields),
  };
}

/** `null` when a name is there twice. */
function shapeOf(names: readonly Buffer[], shapes: JsonShapes): RecordShape | null {
  const decoded = names.map((name) => JSON.parse(name.toString()) as string);
  if (new Set(decoded).size < decoded.length) return null;
  return shapes.shaped({ names: decoded, values: [], kinds: [] }).shape;
}
