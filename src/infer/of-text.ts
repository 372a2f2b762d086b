/** What one text looks like, as a field of CSV would. */
import type { ColumnFacts } from "../model/column-facts.ts";
import { Profile } from "./profile.ts";

const SHAPE = { fields: ["text"] };

/** The facts of a column that holds nothing but this text. */
export function factsOfText(text: string): ColumnFacts {
  const profile = new Profile();
  const position = { source: "", record: 1, line: [1, 1], byte: [0, 0] } as const;
  const record = { shape: SHAPE, values: [text], kinds: null, position, raw: new Uint8Array() };
  profile.see({ records: [record], rejects: [], packed: null, offsetAfter: null });
  const [facts] = profile.fields.values();
  if (facts === undefined) throw new Error("a record has a field");
  return facts;
}
