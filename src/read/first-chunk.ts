/** Looks at the first records of a source without losing them: planning needs their fields. */
import type { RecordChunk, RecordShape } from "../model/record.ts";
import type { Source } from "./source.ts";

/** How many records planning looks at. */
const SAMPLED = 1000;

/** The fields a source is known to have, and all of its records still to come. */
export interface Sampled {
  readonly fields: readonly string[];
  readonly chunks: AsyncIterable<RecordChunk>;
}

/** The fields of the header, or those of the first 1,000 records. */
export async function sample(source: Source): Promise<Sampled> {
  const iterator = source.chunks()[Symbol.asyncIterator]();
  const seen: RecordChunk[] = [];
  const fields = new Set<string>(source.fields ?? []);
  for (let records = 0; records < SAMPLED && source.fields === null;) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    seen.push(value);
    for (const shape of shapesOf(value)) for (const field of shape.fields) fields.add(field);
    records += (value.packed?.records ?? value.records.length) + value.rejects.length;
  }
  return { fields: [...fields], chunks: replay(seen, iterator) };
}

/** The shapes of a chunk's records, of those that planning looks at: by number, whatever chunks a source comes in. */
function shapesOf(chunk: RecordChunk): readonly RecordShape[] {
  // A packed chunk makes its records when it is asked for them.
  if (chunk.packed !== null) return [chunk.packed.shape];
  const looked = chunk.records.filter(({ position }) => position.record <= SAMPLED);
  return looked.map(({ shape }) => shape);
}

async function* replay(
  seen: RecordChunk[],
  rest: AsyncIterator<RecordChunk>,
): AsyncGenerator<RecordChunk> {
  for (let chunk = seen.shift(); chunk !== undefined; chunk = seen.shift()) yield chunk;
  for (;;) {
    const { done, value } = await rest.next();
    if (done === true) return;
    yield value;
  }
}
