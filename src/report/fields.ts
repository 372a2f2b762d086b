/** An object of JSON whose fields are read one by one, none of them trusted. */

/** Reads fields; what is missing or of another type is `null`, 0 or empty. */
export interface JsonFields {
  readonly names: readonly string[];
  value(name: string): unknown;
  text(name: string): string | null;
  number(name: string): number;
  isTrue(name: string): boolean;
  choice<T extends string>(name: string, of: readonly T[]): T | null;
  list(name: string): readonly unknown[] | null;
  texts(name: string): readonly string[];
  record(name: string): JsonFields | null;
  records(name: string): readonly JsonFields[];
}

/** The fields of an object; `null` for any other value. */
export function asFields(value: unknown): JsonFields | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const entries = new Map<string, unknown>(Object.entries(value));
  const list = (name: string): readonly unknown[] | null => {
    const found = entries.get(name);
    return Array.isArray(found) ? found : null;
  };
  const text = (name: string): string | null => {
    const found = entries.get(name);
    return typeof found === "string" ? found : null;
  };
  return {
    names: [...entries.keys()],
    value: (name) => entries.get(name),
    text,
    number: (name) => {
      const found = entries.get(name);
      return typeof found === "number" && Number.isFinite(found) ? found : 0;
    },
    isTrue: (name) => entries.get(name) === true,
    choice: (name, of) => of.find((each) => each === text(name)) ?? null,
    list,
    texts: (name) => (list(name) ?? []).filter((each) => typeof each === "string"),
    record: (name) => asFields(entries.get(name)),
    records: (name) =>
      (list(name) ?? []).flatMap((each) => {
        const fields = asFields(each);
        return fields === null ? [] : [fields];
      }),
  };
}
