/** Looks at the first records of a source without losing them: planning needs their fields. */
import type { RecordChunk } from "../model/record.ts";
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
    for (const record of value.records.slice(0, SAMPLED - records)) {
      for (const field of record.shape.fields) fields.add(field);
    }
    records += value.records.length + value.rejects.length;
  }
  return { fields: [...fields], chunks: replay(seen, iterator) };
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
