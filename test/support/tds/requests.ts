/** Reads what a client asks for out of its messages. Running it is left to the connection. */
import { TYPE as TOKEN } from "tedious/lib/token/token.js";
import { TdsError } from "./backend.ts";
import type { TdsBulk, TdsParameter } from "./backend.ts";
import { ByteReader } from "./bytes.ts";
import { readType } from "./types.ts";

/** What a client says of itself when it logs in. */
export interface Login {
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly application: string;
  readonly packetSize: number;
  /** The token of Entra ID, where the client logs in with one. */
  readonly token?: string;
}

const FEDERATED = 0x02;
const NO_MORE_FEATURES = 0xff;

/** True for a LOGIN7 message that announces a token of Entra ID (MS-TDS 2.2.6.4, the feature FEDAUTH). */
export function announcesToken(data: Buffer): boolean {
  const hasFeatures = (data.readUInt8(27) & 0x10) !== 0;
  if (!hasFeatures) return false;
  let at = data.readUInt32LE(data.readUInt16LE(56));
  for (let id = data.readUInt8(at); id !== NO_MORE_FEATURES; id = data.readUInt8(at)) {
    if (id === FEDERATED) return true;
    at += 5 + data.readUInt32LE(at + 1);
  }
  return false;
}

/** Reads the message with the token. */
export function readToken(data: Buffer): string {
  return data.subarray(8).toString("utf16le");
}

/** Reads a LOGIN7 message. */
export function readLogin(data: Buffer): Login {
  const field = (at: number): Buffer => {
    const start = data.readUInt16LE(at);
    return data.subarray(start, start + data.readUInt16LE(at + 2) * 2);
  };
  return {
    packetSize: data.readUInt32LE(8),
    user: field(40).toString("utf16le"),
    password: unscramble(field(44)).toString("utf16le"),
    application: field(48).toString("utf16le"),
    database: field(68).toString("utf16le"),
  };
}

function unscramble(password: Buffer): Buffer {
  return Buffer.from(
    password.map((byte) => {
      const swapped = byte ^ 0xa5;
      return ((swapped << 4) | (swapped >> 4)) & 0xff;
    }),
  );
}

/** Reads the text of a batch. */
export function readBatch(data: Buffer): string {
  return data.toString("utf16le", data.readUInt32LE(0));
}

/** A call of `sp_executesql`. */
export interface Call {
  readonly sql: string;
  readonly parameters: readonly TdsParameter[];
}

const BY_ID = 0xffff;
const SP_EXECUTESQL = 10;

/** Reads a remote call; refuses every procedure other than `sp_executesql`. */
export function readCall(data: Buffer): Call {
  const reader = afterHeaders(data);
  const length = reader.u16();
  const procedure = length === BY_ID ? reader.u16() : reader.text(length);
  if (procedure !== SP_EXECUTESQL && !/^(?:sys\.)?sp_executesql$/i.test(String(procedure))) {
    throw new TdsError(2812, `Could not find stored procedure '${procedure}'.`, 16);
  }
  reader.skip(2);
  const parameters: TdsParameter[] = [];
  while (!reader.atEnd) {
    const name = reader.text(reader.u8());
    reader.skip(1);
    parameters.push({ name, value: readType(reader)(reader) });
  }
  // The statement comes first, then the declaration of its parameters, which their types repeat.
  const [statement, , ...values] = parameters;
  return { sql: statement?.value ?? "", parameters: values };
}

/** The part of a bulk load that its `insert bulk` statement names. */
export type BulkTarget = Pick<TdsBulk, "table" | "options">;

const INSERT_BULK = /^\s*insert\s+bulk\s+((?:\[(?:[^\]]|\]\])*\]|"(?:[^"]|"")*"|[^("[])+)\(/i;
const BULK_OPTIONS = /\)\s*with\s*\((.*)\)\s*$/is;

/** Reads `insert bulk table (columns) with (options)`; any other statement is none. */
export function readInsertBulk(sql: string): BulkTarget | undefined {
  const table = INSERT_BULK.exec(sql)?.[1]?.trim();
  if (table === undefined) return undefined;
  const options = BULK_OPTIONS.exec(sql)?.[1]?.split(",") ?? [];
  return { table, options: options.map((option) => option.trim().toUpperCase()) };
}

/** Reads the columns and rows of a bulk load. */
export function readBulkRows(data: Buffer): Pick<TdsBulk, "columns" | "rows"> {
  const reader = new ByteReader(data);
  if (reader.u8() !== TOKEN.COLMETADATA) throw new Error("a bulk load begins with its columns");
  const columns = Array.from({ length: reader.u16() }, () => {
    const userTypeAndFlags = 6;
    reader.skip(userTypeAndFlags);
    const read = readType(reader);
    return { name: reader.text(reader.u8()), read };
  });
  const rows: (string | null)[][] = [];
  while (reader.u8() === TOKEN.ROW) rows.push(columns.map(({ read }) => read(reader)));
  return { columns: columns.map(({ name }) => name), rows };
}

/** A request of the transaction manager. */
export interface TransactionRequest {
  readonly kind: "begin" | "commit" | "rollback" | "save";
  readonly name: string;
}

const TRANSACTION_KINDS = new Map<number, TransactionRequest["kind"]>([
  [5, "begin"],
  [7, "commit"],
  [8, "rollback"],
  [9, "save"],
]);

/** Reads a request of the transaction manager. */
export function readTransactionRequest(data: Buffer): TransactionRequest {
  const reader = afterHeaders(data);
  const code = reader.u16();
  const kind = TRANSACTION_KINDS.get(code);
  if (kind === undefined) throw new TdsError(3949, `Transaction request ${code} is unknown.`, 16);
  const isolationLevelLength = kind === "begin" ? 1 : 0;
  reader.skip(isolationLevelLength);
  return { kind, name: reader.bytes(reader.u8()).toString("utf16le") };
}

function afterHeaders(data: Buffer): ByteReader {
  return new ByteReader(data.subarray(data.readUInt32LE(0)));
}
