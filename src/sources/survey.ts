/**
 * Reads records for what their values are, before there is a plan: all of a source that can be read again; of a stream that
 * comes first so many, which are kept for its turn. A stream that comes later is left alone.
 */
import type { KnownFields } from "../model/header.ts";
import { recordsIn } from "../model/record.ts";
import type { RecordChunk, RecordShape } from "../model/record.ts";
import type { Source } from "../read/source.ts";
import { shapesOf } from "./sample.ts";
import type { BegunSource } from "./sample.ts";
import { isFile } from "./stored-files.ts";

/** Records of a stream that are held back, and their bytes. */
const HELD_RECORDS = 100_000;
const HELD_BYTES = 64 * 1024 * 1024;

/** What a survey takes, and how it opens sources. */
export interface SurveyRequest {
  readonly see: (chunk: RecordChunk) => void;
  /** Whether the records of a source are to be read, given its fields; `null`: they are not known yet. */
  readonly wants: (
    source: Pick<KnownFields, "header"> & { readonly fields: readonly string[] | null },
  ) => boolean;
  readonly signal?: AbortSignal | undefined;
}

/** What was read. */
export interface Survey {
  /** Those of every source that was read. */
  readonly fields: readonly KnownFields[];
  /** Every record of every source was seen. */
  readonly isWhole: boolean;
}

/** A survey, and the stream that was begun. */
export interface SurveyResult {
  readonly survey: Survey;
  readonly begun: BegunSource | null;
}

/** Surveys the sources of these paths. Throws what reading throws; a stream that was begun stays open. */
export async function surveySources(
  paths: readonly string[],
  open: (path: string) => Promise<Source>,
  request: SurveyRequest,
): Promise<SurveyResult> {
  const fields: KnownFields[] = [];
  let begun: BegunStream | null = null;
  let isWhole = true;
  try {
    for (const [index, path] of paths.entries()) {
      if (index > 0 && !(await isFile(path))) {
        isWhole = false;
        continue;
      }
      const source = await open(path);
      const shapes = new Set<RecordShape>();
      const isWanted = request.wants({ fields: source.fields, header: source.headerFields });
      const see = (chunk: RecordChunk): void => {
        request.signal?.throwIfAborted();
        if (source.fields === null) for (const shape of shapesOf(chunk)) shapes.add(shape);
        request.see(chunk);
      };
      if (source.rereadable) await readAll(source, isWanted ? see : null);
      else begun = await holdBack(source, isWanted ? see : null);
      const together = [...shapes].map((shape) => shape.fields);
      const names = source.fields ?? [...new Set(together.flat())];
      const { name, headerFields: header } = source;
      fields.push({ source: name, fields: names, header, shapes: together });
    }
  } catch (error) {
    await begun?.source.close();
    throw error;
  }
  return { survey: { fields, isWhole: isWhole && begun?.isAll !== false }, begun };
}

/** A stream of which some records were read, or all. */
interface BegunStream extends BegunSource {
  readonly isAll: boolean;
}

type See = (chunk: RecordChunk) => void;

async function readAll(source: Source, see: See | null): Promise<void> {
  try {
    if (see === null) return;
    for await (const chunk of source.chunks()) see(chunk);
  } finally {
    await source.close();
  }
}

/** Reads the beginning of a stream, and keeps it. */
async function holdBack(source: Source, see: See | null): Promise<BegunStream> {
  const iterator = source.chunks()[Symbol.asyncIterator]();
  const seen: RecordChunk[] = [];
  let records = 0;
  let bytes = 0;
  if (see === null) return { source, iterator, seen, isAll: true };
  while (records < HELD_RECORDS && bytes < HELD_BYTES) {
    const { done, value } = await iterator.next();
    if (done === true) return { source, iterator, seen, isAll: true };
    seen.push(value);
    see(value);
    records += recordsIn(value);
    bytes += bytesOf(value);
  }
  return { source, iterator, seen, isAll: false };
}

function bytesOf(chunk: RecordChunk): number {
  const found = chunk.packed ?? chunk.mixed;
  return found?.length ?? chunk.records.reduce((sum, { raw }) => sum + raw.length, 0);
}
