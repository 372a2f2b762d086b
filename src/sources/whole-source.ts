/**
 * What is asked of a source as a whole, once its last record was handed out: that it ends in a line end, and that its
 * stored bytes are those that were expected. A producer that died looks like the end of its file.
 */
import { upsurgeError } from "../errors/upsurge-error.ts";
import { sourceLabel } from "../errors/source-label.ts";
import type { BlockFeed } from "../read/bytes/blocks.ts";
import type { FormatReader } from "../read/format-reader.ts";
import type { ReadOptions } from "../read/source.ts";
import type { WatchedBytes } from "../read/bytes/watched-bytes.ts";

const LF = 10;

/** A source whose records have been read. */
export interface WholeSource {
  readonly name: string;
  readonly watched: WatchedBytes;
  readonly feed: BlockFeed;
  readonly reader: FormatReader;
}

/** Reads what is left and checks it all. Throws `SOURCE_INCOMPLETE`, `SOURCE_CHECKSUM`, and what reading throws. */
export async function checkWhole(
  { name, watched, feed, reader }: WholeSource,
  { expectSha256 = null, requireFinalNewline = false, followAppend = false }: ReadOptions,
): Promise<void> {
  // Of a followed source, a last line without its end is not read.
  const needsLineEnd = requireFinalNewline && !followAppend;
  if (expectSha256 === null && !needsLineEnd) return;
  await feed.drain();
  if (needsLineEnd) checkLineEnd(name, feed.lastByte, reader.lineEnd);
  if (expectSha256 === null) return;
  // Decompressors read to the end of the stored bytes, so these have passed as well.
  const found = watched.sha256() ?? "";
  const expected = expectSha256.toLowerCase();
  if (found === expected) return;
  const details = { path: sourceLabel(name), found, expected };
  throw upsurgeError("SOURCE_CHECKSUM", details, { where: "--expect-sha256" });
}

function checkLineEnd(path: string, last: number | null, lineEnd: number | null): void {
  if (last === null || lineEnd === null || last === lineEnd || last === LF) return;
  const end = lineEnd === LF ? "a line feed" : "a carriage return, as its other lines do";
  const reason = `it does not end in ${end}: its last record may be cut, and others may be missing`;
  const details = { path: sourceLabel(path), reason };
  throw upsurgeError("SOURCE_INCOMPLETE", details, { where: "--require-final-newline" });
}
