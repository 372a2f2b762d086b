/**
 * Texts of the fields that the splitter found: records without quotes by their offsets, all others by csv-parse.
 * NULLs, names and counts are `records.ts`.
 */
import { createRequire } from "node:module";
import type * as CsvParseSync from "csv-parse/sync";
import { messageOf } from "../../errors/message-of.ts";
import type { Charset } from "../text/charset.ts";
import { LF } from "./dialect.ts";
import type { CsvDialect } from "./dialect.ts";
import type { CsvSpan } from "./span.ts";
import type { RecordFault, RecordRun } from "../text/record-stream.ts";

type CsvParse = typeof CsvParseSync;

/** The texts of a record's fields, or why there are none. */
export type CsvTexts = string[] | RecordFault;

/** Makes texts of runs of one source. */
export class CsvFields {
  readonly #dialect: CsvDialect;
  readonly #charset: Charset;

  constructor(dialect: CsvDialect, charset: Charset) {
    this.#dialect = dialect;
    this.#charset = charset;
  }

  /** The texts of each span, in order; at most `maxFields` of a record without quotes, or with very many fields. */
  texts(run: RecordRun<CsvSpan>): CsvTexts[] {
    const even = this.#evenText(run);
    const results: CsvTexts[] = [];
    const withQuotes: { at: number; text: string; span: CsvSpan }[] = [];
    for (const span of run.spans) {
      if (span.fault !== null) {
        results.push(span.fault);
        continue;
      }
      const text =
        even === null
          ? this.#charset.decode(run.bytes.subarray(span.start, span.contentEnd))
          : null;
      if (even !== null && span.quoted === null) {
        results.push(this.#slices(even.text, span.start - even.from, span));
      } else if (even === null && text === null) results.push(this.#undecodable());
      else if (span.quoted === null) results.push(this.#direct(text ?? "", span));
      else {
        const end = keptEnd(span);
        const short =
          text === null || end === span.contentEnd
            ? text
            : this.#charset.decode(run.bytes.subarray(span.start, end));
        const whole = short ?? even?.text.slice(span.start - even.from, end - even.from);
        withQuotes.push({ at: results.length, text: whole ?? "", span });
        results.push([]);
      }
    }
    if (withQuotes.length > 0) {
      const parsed = this.#parseAll(withQuotes);
      withQuotes.forEach(({ at, span }, index) => {
        results[at] = this.#unquotedTrimmed(parsed[index] ?? [], span);
      });
    }
    return results;
  }

  /** The run as text with a character for each byte, which makes byte offsets good for slicing. */
  #evenText(run: RecordRun<CsvSpan>): { text: string; from: number } | null {
    const good = run.spans.filter((span) => span.fault?.code !== "ROW_TOO_LARGE");
    const from = good[0]?.start ?? 0;
    const to = good.at(-1)?.contentEnd ?? from;
    const text = this.#charset.decodeEvenly(run.bytes.subarray(from, to));
    return text === null ? null : { text, from };
  }

  #direct(text: string, span: CsvSpan): string[] {
    // As many characters as bytes: every one is ASCII.
    if (text.length === span.contentEnd - span.start) return this.#slices(text, 0, span);
    const texts = text.split(this.#dialect.delimiter, span.ends.length);
    return this.#dialect.trim ? texts.map((each) => each.trim()) : texts;
  }

  #slices(text: string, start: number, span: CsvSpan): string[] {
    const texts: string[] = [];
    const step = this.#dialect.delimiter.length;
    let from = start;
    for (const end of span.ends) {
      texts.push(text.slice(from, start + end));
      from = start + end + step;
    }
    return this.#dialect.trim ? texts.map((each) => each.trim()) : texts;
  }

  /** csv-parse takes fewer characters off the left of a field than off its right. */
  #unquotedTrimmed(texts: CsvTexts, { quoted, ends }: CsvSpan): CsvTexts {
    if (!this.#dialect.trim || !Array.isArray(texts)) return texts;
    const inQuotes = new Set(quoted);
    const isKept = (at: number): boolean => at >= ends.length || inQuotes.has(at);
    return texts.map((text, at) => (isKept(at) ? text : text.trim()));
  }

  #parseAll(found: readonly { text: string; span: CsvSpan }[]): CsvTexts[] {
    const between = this.#dialect.lineEnd === LF ? "\n" : "\r";
    const all = this.#parse(found.map(({ text }) => text + between).join(""));
    if (
      Array.isArray(all) &&
      all.length === found.length &&
      found.every(({ span }, index) => all[index]?.length === keptCount(span))
    ) {
      return all;
    }
    return found.map(({ text, span }) => {
      const one = this.#parse(text + between);
      if (!Array.isArray(one)) return one;
      const [texts] = one;
      if (one.length === 1 && texts?.length === keptCount(span)) return texts;
      return quoteFault("the quotes do not add up");
    });
  }

  #parse(text: string): string[][] | RecordFault {
    const { delimiter, quote, escape, trim, lineEnd } = this.#dialect;
    const { parse } = csvParse();
    try {
      return parse(text, {
        delimiter,
        quote,
        escape: escape ?? quote,
        record_delimiter: lineEnd === LF ? "\n" : "\r",
        relax_column_count: true,
        trim,
      });
    } catch (error) {
      return quoteFault(messageOf(error));
    }
  }

  #undecodable(): RecordFault {
    return {
      code: "ROW_ENCODING",
      message: `the record is not valid ${this.#charset.name}`,
    };
  }
}

let loaded: CsvParse | null = null;

/** csv-parse, loaded for the first record with quotes that is out of the ordinary. */
function csvParse(): CsvParse {
  return (loaded ??= createRequire(import.meta.url)("csv-parse/sync") as CsvParse);
}

/** So many fields more than there are names for, and no texts are made of them: the splitter has counted them. */
const CROWDED = 4096;

function isCrowded({ count, ends }: CsvSpan): boolean {
  return count > ends.length + CROWDED;
}

function keptEnd(span: CsvSpan): number {
  return isCrowded(span) ? span.start + (span.ends.at(-1) ?? 0) : span.contentEnd;
}

function keptCount(span: CsvSpan): number {
  return isCrowded(span) ? span.ends.length : span.count;
}

function quoteFault(message: string): RecordFault {
  return { code: "ROW_QUOTES", message };
}
