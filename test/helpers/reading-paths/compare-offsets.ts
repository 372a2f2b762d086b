/** Stops reading at the end of any batch, goes on there with a new source, and compares with one that was read through. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { RecordChunk } from "../../../src/model/record.ts";
import { charsetOf } from "../../../src/read/text/charset.ts";
import { sample } from "../../../src/sources/sample.ts";
import { openSource } from "../../../src/sources/open-source.ts";
import type { Source } from "../../../src/read/source.ts";
import { gatherBatches } from "../../../src/write/batches.ts";
import type { SourceEvent } from "../../../src/model/source-offset.ts";
import { jobSource } from "../../../src/sources/job-source.ts";
import { BEGINNING } from "../../../src/model/source-offset.ts";
import { hold } from "./compare-paths.ts";
import type { PathInput } from "./compare-paths.ts";
import { mapperOf } from "./compare-rows.ts";
import type { PathTarget } from "./compare-rows.ts";
import type { CommittedOffset } from "../../../src/model/source-offset.ts";

/** What was read: records and rejects by their number. */
interface Read {
  readonly items: readonly (readonly [number, unknown])[];
  readonly error: string | null;
}

/** Reads a source through, and on from each place where a batch ended; tells how many places there were. */
export async function compareOffsets(input: PathInput, target: PathTarget): Promise<number> {
  const whole = await readAll(() => openHashed(input));
  if (whole === null) return 0;
  const marks = await marksOf(input, target);
  for (const { offset, prefix } of marks) {
    const before = input.bytes.subarray(0, offset.byte);
    if (isOwn(input)) hold(input, "hash of a prefix", prefix, sha256(before));
    const rest = await readAll(() => openHashed(input), { offset, prefix, input });
    const expected = whole.items.filter(([number]) => number > offset.record);
    hold(input, `records after ${JSON.stringify(offset)}`, rest?.items, expected);
    hold(input, "error", rest?.error, whole.error);
  }
  return marks.length;
}

function openHashed({ bytes, options, blocks }: PathInput): Promise<Source> {
  const stdin = Readable.from([bytes]);
  return openSource("-", options, { ...blocks, stdin, hashed: true });
}

/** Whether places count in the source's own bytes, and not in those of the text that it was turned into. */
function isOwn({ bytes, options }: PathInput): boolean {
  const [first, second] = bytes;
  const isMarked = first !== undefined && second !== undefined && first + second === 0xff + 0xfe;
  return charsetOf(options.encoding).transcoder === null && !isMarked;
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** `null` for a source that cannot be opened. */
async function readAll(
  open: () => Promise<Source>,
  from?: Pick<CommittedOffset, "offset" | "prefix"> & { readonly input: PathInput },
): Promise<Read | null> {
  const items: [number, unknown][] = [];
  let isOpen = false;
  try {
    const source = await open();
    isOpen = true;
    const sampled = await sample(source);
    if (from !== undefined) {
      const passed = await sampled.skipTo(from.offset);
      hold(from.input, "whether a place is reached", passed, "reached");
      hold(from.input, "hash", source.prefix?.digest(from.offset.byte), from.prefix);
    }
    for await (const chunk of sampled.chunks) items.push(...itemsOf(chunk));
    return { items, error: null };
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("the paths differ")) throw error;
    return isOpen ? { items, error: String(error) } : null;
  }
}

function itemsOf({ records, rejects }: RecordChunk): [number, unknown][] {
  const all: [number, unknown][] = [
    ...records.map((each): [number, unknown] => [each.position.record, shown(each)]),
    ...rejects.map((each): [number, unknown] => [each.position.record, shown(each)]),
  ];
  return all.toSorted(([a], [b]) => a - b);
}

function shown(each: RecordChunk["records"][number] | RecordChunk["rejects"][number]): unknown {
  const raw = each.raw === null ? null : Buffer.from(each.raw);
  return { ...each, shape: "shape" in each ? each.shape.fields : null, raw };
}

/** Where batches end, as a checkpoint would keep it; until the error that ends the source. */
async function marksOf(input: PathInput, target: PathTarget): Promise<CommittedOffset[]> {
  const marks: CommittedOffset[] = [];
  try {
    const source = await openHashed(input);
    const mapper = mapperOf(target);
    for await (const { end } of gatherBatches(events(source), mapper, target)) {
      if (end === null) continue;
      end.release();
      marks.push(end.committedOffset());
    }
  } catch (error) {
    if (error instanceof RangeError) throw error;
  }
  return marks;
}

async function* events(source: Source): AsyncGenerator<SourceEvent> {
  if (source.prefix === null) throw new RangeError("the source is not hashed");
  const item = { number: 1, name: "-", from: BEGINNING };
  const from = jobSource(source, item, null);
  for await (const chunk of source.chunks()) yield { kind: "chunk", chunk, source: from };
  yield { kind: "end", source: from };
}
