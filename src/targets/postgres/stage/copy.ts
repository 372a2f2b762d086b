/**
 * COPY … FROM STDIN in the driver's query queue: text format, one buffer a call.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY
 */
import type { Writable } from "node:stream";
import type { Client, Submittable } from "pg";

/** The driver's connection, as far as COPY needs it. */
export interface CopyConnection {
  readonly stream: Writable;
  query(sql: string): void;
  endCopyFrom(): void;
}

/** Bytes of a CopyData message: the server reads one as a whole before it looks at it. */
const MESSAGE_BYTES = 128 * 1024;
const COPY_DATA = 0x64;

/** The data of one COPY: bytes, or pieces of them that follow one another. */
export type DataToCopy = Buffer | readonly Buffer[];

/** Writes data in CopyData messages. The driver's own way would copy all of it once more. */
export function sendData(stream: Writable, data: DataToCopy): void {
  stream.cork();
  for (const each of Buffer.isBuffer(data) ? [data] : data) sendBytes(stream, each);
  stream.uncork();
}

function sendBytes(stream: Writable, data: Buffer): void {
  for (let at = 0; at < data.length; at += MESSAGE_BYTES) {
    const piece = data.subarray(at, at + MESSAGE_BYTES);
    const head = Buffer.allocUnsafe(5);
    head[0] = COPY_DATA;
    head.writeUInt32BE(piece.length + 4, 1);
    stream.write(head);
    stream.write(piece);
  }
}

/** One COPY; the driver calls its methods as the server answers. */
class CopyIn implements Submittable {
  readonly #sql: string;
  readonly #data: DataToCopy;
  readonly #settle: (error: Error | null, rows: number) => void;
  #rows = 0;

  constructor(sql: string, data: DataToCopy, settle: (error: Error | null, rows: number) => void) {
    this.#sql = sql;
    this.#data = data;
    this.#settle = settle;
  }

  submit(connection: unknown): void {
    (connection as CopyConnection).query(this.#sql);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    sendData(connection.stream, this.#data);
    connection.endCopyFrom();
  }

  handleError(error: Error): void {
    // The driver forgets a query that failed, and starts the next one when the server is ready.
    this.#settle(error, 0);
  }

  handleReadyForQuery(): void {
    this.#settle(null, this.#rows);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#rows = Number(/^COPY (\d+)/.exec(text)?.[1] ?? 0);
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
}

/** Runs `sql` (a COPY … FROM STDIN) with `data`; tells the rows that came in. Throws what the server answers. */
export function copyIn(client: Client, sql: string, data: DataToCopy): Promise<number> {
  return new Promise((resolve, reject) => {
    const settle = (error: Error | null, rows: number): void =>
      error === null ? resolve(rows) : reject(error);
    client.query(new CopyIn(sql, data, settle));
  });
}

const SPECIAL = /[\\\n\r\t]/;
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** A value in COPY's text format. */
export function copyText(value: string | null): string {
  if (value === null) return "\\N";
  return SPECIAL.test(value)
    ? value.replace(/[\\\n\r\t]/g, (char) => ESCAPES[char] ?? char)
    : value;
}
