/** What reading the sources of a load brings, one after the other. */
import type { JobSource } from "./source-offset.ts";
import type { RecordChunk } from "./record.ts";

/**
 * Records, or the end of a source. Where the load remembers how far it has come, each says of which source it is; then no
 * batch holds records of two, and every source has its end.
 */
export type SourceEvent =
  | { readonly kind: "chunk"; readonly chunk: RecordChunk; readonly source: JobSource | null }
  | { readonly kind: "end"; readonly source: JobSource };
