/**
 * The hashes of keys in unusual spellings: the database reads them as it would to write them, and its binary form of each
 * value is what `key-hash.ts` makes of the usual spelling.
 */
import type { Client } from "pg";
import type { TablePlan } from "../../../model/load-plan.ts";
import type { Column } from "../../../model/table-shape.ts";
import { classifyError, isServerError } from "../errors.ts";
import { fromText } from "../types.ts";
import { textArray } from "./array-text.ts";
import { hashOfParts, keyColumns } from "./key-hash.ts";

/** The functions that give the binary form, by the types whose keys are hashed. */
const SEND: Readonly<Record<string, string>> = {
  smallint: "int2send",
  integer: "int4send",
  bigint: "int8send",
  uuid: "uuid_send",
  date: "date_send",
  boolean: "boolsend",
  text: "textsend",
  "character varying": "textsend",
  "timestamp without time zone": "timestamp_send",
  "timestamp with time zone": "timestamptz_send",
};

/** Values of the key's columns in the order of `columns`, one list a row. */
export type UnusualKeys = readonly (readonly (string | null)[])[];

/** `select encode(int4send((v0)::integer), 'hex') as k0 from unnest($1::text[]) with ordinality as u(v0, at) order by at` */
function unusualKeysSql(columns: readonly Column[]): string {
  const values = columns.map((column, at) => {
    const read = fromText(`v${at}`, column);
    return `encode(${SEND[column.type] ?? "textsend"}(${read}), 'hex') as k${at}`;
  });
  const arrays = columns.map((_, at) => `$${at + 1}::text[]`);
  const names = columns.map((_, at) => `v${at}`);
  return `select ${values.join(", ")} from unnest(${arrays.join(", ")}) with ordinality as u(${names.join(", ")}, at) order by at`;
}

/** The hash of each key; `null` for one that the database does not take. `ask` runs in a transaction of its own. */
export async function unusualKeyHashes(
  plan: TablePlan,
  { columns, keys }: { readonly columns: readonly string[]; readonly keys: UnusualKeys },
  ask: <T>(work: (client: Client) => Promise<T>) => Promise<T>,
): Promise<(number | null)[]> {
  const key = keyColumns(plan);
  const places = key.map(({ name }) => columns.indexOf(name));
  const sql = unusualKeysSql(key);
  const hashes = async (some: UnusualKeys): Promise<(number | null)[]> => {
    const values = places.map((place) => textArray(some.map((each) => each[place] ?? null)));
    const found = await ask(async (client) => await rowsOrNull(client, sql, values));
    if (found !== null)
      return found.map((row) => hashOfParts(key.map((_, at) => bytesOf(row[`k${at}`]))));
    if (some.length < 2) return [null];
    const half = Math.ceil(some.length / 2);
    return [...(await hashes(some.slice(0, half))), ...(await hashes(some.slice(half)))];
  };
  return await hashes(keys);
}

type HexRow = Readonly<Record<string, string | null>>;

/** `null` where one of the values is none of its type. */
async function rowsOrNull(
  client: Client,
  sql: string,
  values: readonly string[],
): Promise<readonly HexRow[] | null> {
  try {
    return (await client.query<HexRow>(sql, [...values])).rows;
  } catch (error) {
    if (isServerError(error) && classifyError(error) === "row") return null;
    throw error;
  }
}

function bytesOf(hex: string | null | undefined): Buffer | null {
  return hex === null || hex === undefined ? null : Buffer.from(hex, "hex");
}
