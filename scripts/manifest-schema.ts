/** The JSON Schema of a manifest, for editors: made from the option table, as the reader of manifests is. Pure. */
import { optionSpec } from "../src/options/flag.ts";
import { OPTION_BY_NAME } from "../src/options/of-run.ts";
import type { NamedOption } from "../src/options/of-run.ts";
import { namesAt } from "../src/manifest/refuse-name.ts";
import type { Level } from "../src/manifest/refuse-name.ts";

type Schema = Readonly<Record<string, unknown>>;

/** A scalar is taken as it is written, whatever YAML or JSON would make of it. */
const SCALAR: Schema = { type: ["string", "number", "boolean"] };
/** Where the word NULL is meant as a text, and where nothing means something. */
const SCALAR_OR_NULL: Schema = { type: ["string", "number", "boolean", "null"] };
const VARIABLE: Schema = { type: "string", pattern: "\\$\\{" };
const FILES = "Files and patterns, relative to the folder of the manifest.";
const HOSTS = "Hosts that are never loaded into; * is any text.";

/** The schema, as a file. */
export function manifestSchema(): string {
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Manifest of upsurge run",
    $comment: "Made by `npm run docs` from the code; do not edit.",
    type: "object",
    additionalProperties: false,
    required: ["loads"],
    properties: {
      ...propertiesOf("top"),
      "refuse-hosts": { ...severalOf({ type: "string" }), description: HOSTS },
      defaults: {
        type: "object",
        description: "Options of every load, and of the run as a whole.",
        additionalProperties: false,
        properties: propertiesOf("defaults"),
      },
      loads: {
        type: "array",
        minItems: 1,
        description: "In this order where no foreign key decides.",
        items: {
          type: "object",
          additionalProperties: false,
          required: ["from"],
          properties: {
            from: { ...severalOf({ type: "string" }), description: FILES },
            ...propertiesOf("load"),
          },
        },
      },
    },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function propertiesOf(level: Level): Readonly<Record<string, Schema>> {
  const named = namesAt(level).flatMap((name) => {
    const option = OPTION_BY_NAME.get(name);
    return option === undefined ? [] : [[name, propertyOf(option)] as const];
  });
  return Object.fromEntries(named);
}

function propertyOf({ option, isNegation }: NamedOption): Schema {
  const { summary, default: standard } = optionSpec(option);
  const usual = standard === undefined ? "" : ` Default: ${standard}.`;
  const description = `${isNegation ? "The opposite: " : ""}${summary}${usual}`;
  return { ...valueOf(option), description };
}

function valueOf(option: NamedOption["option"]): Schema {
  const { kind, choices, pairs, tree, sql, removes, least = 0 } = optionSpec(option);
  const isFixed = sql === true || removes === true;
  const orVariable = (schema: Schema): Schema => (isFixed ? schema : { anyOf: [schema, VARIABLE] });
  switch (kind) {
    case "flag":
      return orVariable({ type: "boolean" });
    case "choice":
      return orVariable({ enum: choices });
    case "count":
      return { anyOf: [{ type: "integer", minimum: least }, { type: "string" }] };
    case "list":
      return severalOf(SCALAR);
    case "many":
      if (pairs !== undefined) return pairsOf(option);
      if (tree === true) return treeOf();
      return severalOf(option === "null" ? SCALAR_OR_NULL : SCALAR);
    case "text":
    case "size":
    case "duration":
      break;
  }
  return SCALAR;
}

function severalOf(schema: Schema): Schema {
  return { anyOf: [schema, { type: "array", minItems: 1, items: schema }] };
}

/** A mapping with mappings in it as well. */
function treeOf(): Schema {
  const mapping = { type: "object", minProperties: 1 };
  return { anyOf: [SCALAR, { type: "array", minItems: 1, items: SCALAR }, mapping] };
}

/** A mapping of names and values as well; a field that is mapped to nothing is dropped. */
function pairsOf(option: NamedOption["option"]): Schema {
  const value = option === "map" ? SCALAR_OR_NULL : SCALAR;
  const mapping = { type: "object", minProperties: 1, additionalProperties: value };
  return { anyOf: [SCALAR, { type: "array", minItems: 1, items: SCALAR }, mapping] };
}
