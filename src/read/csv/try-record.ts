/** Reads one record under another dialect, to find the flag that helps. */
import { charsetOf } from "../text/charset.ts";
import type { ReadOptions } from "../source.ts";
import { csvDialect, LF } from "./dialect.ts";
import { CsvFields } from "./fields.ts";
import { CsvSplitter } from "./splitter.ts";

/** What a record is read with. */
export type RecordDialect = Pick<
  ReadOptions,
  "delimiter" | "quote" | "escape" | "trim" | "comment"
>;

/** The fields of the one record that `text` is; `null` when it cannot be read so, or is more than one. */
export function fieldsUnder(text: string, dialect: RecordDialect): readonly string[] | null {
  const charset = charsetOf("utf-8");
  const bytes = Buffer.from(`${text.replace(/[\r\n]+$/, "")}\n`);
  const csv = csvDialect(dialect, ",", charset, LF);
  const splitter = new CsvSplitter(
    csv,
    { bytes: bytes.length, lines: Infinity },
    { skipLines: 0, header: false, headerLimit: bytes.length },
  );
  const spans = splitter.take({ bytes, last: true }, 2);
  const [texts] = new CsvFields(csv, charset).texts({ bytes, base: 0, spans });
  return spans.length === 1 && Array.isArray(texts) ? texts : null;
}
