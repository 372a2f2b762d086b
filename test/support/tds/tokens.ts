/** Writes the tokens that answers are made of. Which tokens an answer needs is left to the reply. */
import { TYPE as TOKEN } from "tedious/lib/token/token.js";
import type { TdsColumn, TdsMessage } from "./backend.ts";
import { ByteWriter } from "./bytes.ts";

const TDS_7_4 = 0x74000004;
const SERVER_NAME = "localhost";
/** What the real server cuts its messages to. */
const LONGEST_MESSAGE = 2047;
const INT_N = 0x26;
const BIT_N = 0x68;
const NVARCHAR = 0xe7;
const MAX_LENGTH = 0xffff;
const PLP_NULL = -1n;
const NULLABLE = 0x01;

/** SQL_Latin1_General_CP1_CI_AS. */
const COLLATION = Buffer.from([0x09, 0x04, 0xd0, 0x00, 0x34]);

/** How a statement, or all of an answer, ended. */
export interface Done {
  readonly token: "DONE" | "DONEINPROC" | "DONEPROC";
  readonly more?: boolean;
  readonly error?: boolean;
  readonly attention?: boolean;
  readonly rowCount?: number | null;
}

/** What changes about a transaction, under the code that tells the client. */
export const TRANSACTION_CHANGE = { begin: 8, commit: 9, rollback: 10 } as const;

/** The tokens of one answer. */
export class TokenWriter extends ByteWriter {
  columns(columns: readonly TdsColumn[]): void {
    this.u8(TOKEN.COLMETADATA);
    this.u16(columns.length);
    for (const column of columns) {
      this.u32(0);
      this.u16(NULLABLE);
      this.#type(column.type);
      this.shortText(column.name);
    }
  }

  row(columns: readonly TdsColumn[], values: readonly (string | null)[]): void {
    this.u8(TOKEN.ROW);
    for (const [index, column] of columns.entries())
      this.#value(column.type, values[index] ?? null);
  }

  error(message: TdsMessage): void {
    const text = message.message.slice(0, LONGEST_MESSAGE);
    const fixedLength = 14;
    this.u8(TOKEN.ERROR);
    this.u16(fixedLength + (text.length + SERVER_NAME.length) * 2);
    this.u32(message.number);
    this.u8(1);
    this.u8(message.severity);
    this.u16(text.length);
    this.text(text);
    this.shortText(SERVER_NAME);
    this.shortText("");
    this.u32(1);
  }

  done(done: Done): void {
    const counted = done.rowCount ?? null;
    this.u8(TOKEN[done.token]);
    this.u16(
      (done.more ? 0x01 : 0) |
        (done.error ? 0x02 : 0) |
        (counted === null ? 0 : 0x10) |
        (done.attention ? 0x20 : 0),
    );
    this.u16(0);
    this.i64(BigInt(counted ?? 0));
  }

  returnStatus(status: number): void {
    this.u8(TOKEN.RETURNSTATUS);
    this.i32(status);
  }

  loginAck(): void {
    const product = "Microsoft SQL Server";
    const tsql = 1;
    this.u8(TOKEN.LOGINACK);
    this.u16(10 + product.length * 2);
    this.u8(tsql);
    this.u32be(TDS_7_4);
    this.shortText(product);
    this.bytes(Buffer.from([16, 0, 0x03, 0xe8]));
  }

  /** Where the client gets a token, and for what. */
  fedAuthInfo(authority: string, resource: string): void {
    const texts = [authority, resource].map((text) => Buffer.from(text, "utf16le"));
    const head = 4 + texts.length * 9;
    this.u8(TOKEN.FEDAUTHINFO);
    this.u32(head + texts.reduce((sum, text) => sum + text.length, 0));
    this.u32(texts.length);
    let offset = head;
    for (const [index, text] of texts.entries()) {
      this.u8(index + 1);
      this.u32(text.length);
      this.u32(offset);
      offset += text.length;
    }
    for (const text of texts) this.bytes(text);
  }

  /** That the token was taken. */
  fedAuthAck(): void {
    const fedAuth = 0x02;
    const end = 0xff;
    this.u8(TOKEN.FEATUREEXTACK);
    this.u8(fedAuth);
    this.u32(0);
    this.u8(end);
  }

  databaseChange(name: string): void {
    this.#textChange(1, name, "master");
  }

  packetSizeChange(size: number): void {
    this.#textChange(4, String(size), "4096");
  }

  collationChange(): void {
    this.#bytesChange(7, COLLATION, Buffer.alloc(0));
  }

  transactionChange(change: keyof typeof TRANSACTION_CHANGE, descriptor: bigint): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(descriptor);
    const none = Buffer.alloc(0);
    if (change === "begin") this.#bytesChange(TRANSACTION_CHANGE.begin, bytes, none);
    else this.#bytesChange(TRANSACTION_CHANGE[change], none, bytes);
  }

  #textChange(code: number, now: string, before: string): void {
    this.u8(TOKEN.ENVCHANGE);
    this.u16(3 + (now.length + before.length) * 2);
    this.u8(code);
    this.shortText(now);
    this.shortText(before);
  }

  #bytesChange(code: number, now: Buffer, before: Buffer): void {
    this.u8(TOKEN.ENVCHANGE);
    this.u16(3 + now.length + before.length);
    this.u8(code);
    for (const bytes of [now, before]) {
      this.u8(bytes.length);
      this.bytes(bytes);
    }
  }

  #type(type: TdsColumn["type"]): void {
    switch (type) {
      case "int":
      case "bigint":
        this.u8(INT_N);
        this.u8(type === "int" ? 4 : 8);
        break;
      case "bit":
        this.u8(BIT_N);
        this.u8(1);
        break;
      case "nvarchar":
        this.u8(NVARCHAR);
        this.u16(MAX_LENGTH);
        this.bytes(COLLATION);
        break;
    }
  }

  #value(type: TdsColumn["type"], value: string | null): void {
    if (type === "nvarchar") this.#longText(value);
    else if (value === null) this.u8(0);
    else this.#number(type, value);
  }

  #number(type: "int" | "bigint" | "bit", value: string): void {
    if (type === "bit") {
      this.u8(1);
      this.u8(value === "1" ? 1 : 0);
    } else if (type === "int") {
      this.u8(4);
      this.i32(Number(value));
    } else {
      this.u8(8);
      this.i64(BigInt(value));
    }
  }

  /** As `nvarchar(max)`: any length goes, in one part. */
  #longText(value: string | null): void {
    if (value === null) {
      this.i64(PLP_NULL);
      return;
    }
    this.i64(BigInt(value.length * 2));
    if (value.length > 0) {
      this.u32(value.length * 2);
      this.text(value);
    }
    this.u32(0);
  }
}
