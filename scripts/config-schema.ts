/** The JSON Schema of a config, for editors: made from the option table, as the reader of configs is. Pure. */
import { CONFIG_OPTIONS } from "../src/config/names.ts";
import { manifestName, OPTION_BY_NAME } from "../src/options/of-run.ts";
import { propertyOf, severalOf } from "./manifest-schema.ts";
import type { Schema } from "./manifest-schema.ts";

const CONNECTIONS = "Databases by name, each as --to takes it: --to @NAME.";
const HOSTS = "Hosts that are never loaded into; * is any text.";

/** The schema, as a file. */
export function configSchema(): string {
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Config of upsurge",
    $comment: "Made by `npm run docs` from the code; do not edit.",
    type: "object",
    additionalProperties: false,
    properties: {
      connections: {
        type: "object",
        description: CONNECTIONS,
        propertyNames: { pattern: "^[A-Za-z_][A-Za-z0-9_-]*$" },
        additionalProperties: { type: "string", minLength: 1 },
      },
      "refuse-hosts": { ...severalOf({ type: "string" }), description: HOSTS },
      ...optionProperties(),
    },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function optionProperties(): Readonly<Record<string, Schema>> {
  const named = CONFIG_OPTIONS.map(manifestName).flatMap((name) => {
    const option = OPTION_BY_NAME.get(name);
    return option === undefined ? [] : [[name, propertyOf(option)] as const];
  });
  return Object.fromEntries(named);
}
