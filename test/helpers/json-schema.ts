/** Holds a value against a JSON Schema: as much of draft 7 as the project's own schemas use. What it does not know it refuses. */

/** A schema. */
export type Schema = Readonly<Record<string, unknown>>;

const ANNOTATIONS = ["$schema", "$comment", "title", "description"];

/** What is wrong with the value, each with its path. */
export function faultsIn(value: unknown, schema: Schema, path = ""): string[] {
  return Object.entries(schema).flatMap(([keyword, given]) => {
    if (ANNOTATIONS.includes(keyword)) return [];
    const check = KEYWORDS[keyword];
    if (check === undefined) throw new Error(`the keyword ${keyword} is not known`);
    return check(value, given, { schema, path });
  });
}

interface Context {
  readonly schema: Schema;
  readonly path: string;
}

type Check = (value: unknown, given: unknown, context: Context) => string[];

const KEYWORDS: Readonly<Record<string, Check>> = {
  type: (value, given, { path }) => {
    const types = Array.isArray(given) ? given : [given];
    return types.some((type) => isOf(value, type)) ? [] : [`${path}: no ${types.join(" or ")}`];
  },
  enum: (value, given, { path }) => {
    return Array.isArray(given) && given.includes(value) ? [] : [`${path}: none of the choices`];
  },
  anyOf: (value, given, { path }) => {
    const schemas = given as Schema[];
    return schemas.some((each) => faultsIn(value, each, path).length === 0)
      ? []
      : [`${path}: none of the forms`];
  },
  pattern: (value, given, { path }) => {
    if (typeof value !== "string" || new RegExp(String(given)).test(value)) return [];
    return [`${path}: not of the pattern`];
  },
  minLength: (value, given, { path }) =>
    typeof value === "string" && value.length < Number(given) ? [`${path}: too short`] : [],
  minimum: (value, given, { path }) =>
    typeof value === "number" && value < Number(given) ? [`${path}: too small`] : [],
  minItems: (value, given, { path }) =>
    Array.isArray(value) && value.length < Number(given) ? [`${path}: too few`] : [],
  minProperties: (value, given, { path }) =>
    isObject(value) && Object.keys(value).length < Number(given) ? [`${path}: too few`] : [],
  items: (value, given, { path }) =>
    Array.isArray(value)
      ? value.flatMap((item, at) => faultsIn(item, given as Schema, `${path}/${at}`))
      : [],
  required: (value, given, { path }) =>
    isObject(value)
      ? (given as string[]).flatMap((name) => (name in value ? [] : [`${path}: no ${name}`]))
      : [],
  properties: (value, given, { path }) => {
    const known = given as Readonly<Record<string, Schema>>;
    if (!isObject(value)) return [];
    return Object.entries(value).flatMap(([name, each]) => {
      const schema = known[name];
      return schema === undefined ? [] : faultsIn(each, schema, `${path}/${name}`);
    });
  },
  propertyNames: (value, given, { path }) =>
    isObject(value)
      ? Object.keys(value).flatMap((name) => faultsIn(name, given as Schema, `${path}/${name}`))
      : [],
  additionalProperties: (value, given, { schema, path }) => {
    if (!isObject(value)) return [];
    const known = (schema["properties"] ?? {}) as Readonly<Record<string, Schema>>;
    const others = Object.entries(value).filter(([name]) => !(name in known));
    if (given === false) return others.map(([name]) => `${path}/${name}: not known`);
    return others.flatMap(([name, each]) => faultsIn(each, given as Schema, `${path}/${name}`));
  },
};

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isOf(value: unknown, type: unknown): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isObject(value);
  if (type === "integer") return Number.isInteger(value);
  return typeof value === type;
}
