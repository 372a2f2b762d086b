/** Going on in a source where an earlier run of the load has stopped: what comes before that place is read, and taken apart only where it must be. */
import type { SourceOffset } from "../../model/source-offset.ts";
import type { RecordStream, Span, Splitter } from "./record-stream.ts";

/** How it went: `short`, the stream ends before the place; `cut`, what was the last record has grown since. */
export type SkipResult = "reached" | "short" | "cut";

/** How the lines of a source end. */
export interface LineEnds {
  readonly lineEnd: typeof LF | typeof CR;
  /** A CR that no LF follows is white space; else it is text. */
  readonly crIsBlank: boolean;
}

/** A splitter that can be told where it is. */
interface SeekableSplitter extends Splitter<Span> {
  goTo(pos: number, line: number): void;
}

const LF = 10;
const CR = 13;

/** Goes to a place where an element of a JSON source has ended. */
export async function skipElementsTo<S extends Span>(
  stream: RecordStream<S>,
  splitter: SeekableSplitter,
  place: SourceOffset,
): Promise<SkipResult> {
  return goneTo(await stream.skipTo(place.byte), splitter, place);
}

/** The same where elements are in documents: which of these the place is in, and how deep, is known by going over what comes before. */
export async function walkElementsTo<S extends Span>(
  stream: RecordStream<S>,
  splitter: SeekableSplitter,
  place: SourceOffset,
): Promise<SkipResult> {
  return goneTo(await stream.walkTo(place.byte), splitter, place);
}

function goneTo(at: number | null, splitter: SeekableSplitter, { line }: SourceOffset): SkipResult {
  if (at === null) return "short";
  splitter.goTo(at, line);
  return "reached";
}

/** Goes to a place where a record has ended that ends with its line, or with the source as it was then. */
export async function skipLinesTo<S extends Span>(
  stream: RecordStream<S>,
  splitter: SeekableSplitter,
  { place, ends }: { readonly place: SourceOffset; readonly ends: LineEnds },
): Promise<SkipResult> {
  const at = await stream.skipTo(place.byte);
  if (at === null) return "short";
  const before = stream.byteBefore(at);
  splitter.goTo(at, place.line);
  const isEnd = before === ends.lineEnd || before === LF;
  // Where CR ends lines, the LF that belongs to it may have come since.
  if (before === null || (isEnd && before !== CR)) return "reached";
  let from = place.byte - stream.base;
  while (stream.block.bytes.length - from < 2 && !stream.block.last) {
    await stream.advance();
    from = place.byte - stream.base;
  }
  const { bytes } = stream.block;
  if (from === bytes.length) return "reached";
  if (isEnd) {
    if (bytes[from] === LF) splitter.goTo(from + 1, place.line);
    return "reached";
  }
  // The source has grown: first of all, by the end of the line that was its last.
  const length = endOfLine(bytes, from, ends);
  if (length === null || (before === CR && !ends.crIsBlank)) return "cut";
  splitter.goTo(from + length, place.line);
  return "reached";
}

/** How long the end of line at `from` is; `null` when there is none. */
function endOfLine(bytes: Buffer, from: number, { lineEnd, crIsBlank }: LineEnds): number | null {
  const [first, second] = [bytes[from], bytes[from + 1]];
  if (first === LF) return 1;
  if (first !== CR) return null;
  if (second === LF) return 2;
  if (lineEnd === CR) return 1;
  return crIsBlank && second === undefined ? 1 : null;
}
