/**
 * What is asked of a source as a whole, once its last record was handed out: that it ends in a line end, and that its
 * stored bytes are those that were expected. A producer that died looks like the end of its file.
 */
import { upsurgeError } from "../errors/upsurge-error.ts";
import { sourceLabel } from "../errors/source-label.ts";
import type { BlockFeed } from "../read/bytes/blocks.ts";
import type { FormatReader } from "../read/format-reader.ts";
import type { ReadOptions } from "../read/source.ts";
import type { StoredBytes } from "../read/bytes/stored-bytes.ts";
import type { WatchedBytes } from "../read/bytes/watched-bytes.ts";

const LF = 10;

/** A source whose records have been read. */
export interface WholeSource {
  readonly name: string;
  readonly stored: Pick<StoredBytes, "changed" | "rereadable">;
  readonly watched: WatchedBytes;
  readonly feed: BlockFeed;
  readonly reader: FormatReader;
}

/** Reads what is left and checks it all. Throws `SOURCE_INCOMPLETE`, `SOURCE_CHECKSUM`, and what reading throws. */
export async function checkWhole(source: WholeSource, options: ReadOptions): Promise<void> {
  const { name, watched, feed, reader } = source;
  const { expectSha256 = null, requireFinalNewline = false, followAppend = false } = options;
  if (options.deleteMissing === true) await checkKept(source, options);
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

/** The SHA-256 of the stored bytes, all of which are read. */
export async function hashToEnd({
  feed,
  watched,
}: Pick<WholeSource, "feed" | "watched">): Promise<string | null> {
  await feed.drain();
  return watched.sha256();
}

/** Where rows go that no record has, nothing may be missing of the source itself. */
async function checkKept(
  { name, stored, feed, reader }: WholeSource,
  { expectSha256 = null, expectRows = null }: ReadOptions,
): Promise<void> {
  const refuse = (reason: string): Error =>
    upsurgeError(
      "SOURCE_INCOMPLETE",
      { path: sourceLabel(name), reason },
      {
        where: "--delete-missing",
        fix: "get the source again, whole; or say with --expect-rows N how many records there are in all; nothing was kept",
      },
    );
  await feed.drain();
  if (expectSha256 === null && expectRows === null) {
    const { lastByte } = feed;
    const isOpenEnded = reader.ending().isOpenEnded === true;
    if (isOpenEnded && !stored.rereadable) {
      throw refuse("it is a stream of objects in no array, which would tell its end");
    }
    const lineEnd = reader.lineEnd ?? (isOpenEnded ? LF : null);
    const isCut = lineEnd !== null && lastByte !== lineEnd && lastByte !== LF;
    if (isCut && lastByte !== null) {
      throw refuse("it does not end in a line end: its last record may be cut, and others missing");
    }
  }
  const changed = await stored.changed();
  if (changed === null) return;
  const reason = `${changed}: rows of records that came too late would count as missing`;
  const fix = "load it again once nobody writes to it; nothing was kept";
  const details = { path: sourceLabel(name), reason };
  throw upsurgeError("SOURCE_INCOMPLETE", details, { where: "--delete-missing", fix });
}

function checkLineEnd(path: string, last: number | null, lineEnd: number | null): void {
  if (last === null || lineEnd === null || last === lineEnd || last === LF) return;
  const end = lineEnd === LF ? "a line feed" : "a carriage return, as its other lines do";
  const reason = `it does not end in ${end}: its last record may be cut, and others may be missing`;
  const details = { path: sourceLabel(path), reason };
  throw upsurgeError("SOURCE_INCOMPLETE", details, { where: "--require-final-newline" });
}
