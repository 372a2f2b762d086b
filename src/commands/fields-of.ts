/** The names of the fields of a file, for whoever completes them: of a CSV those of its header. */
import { Readable } from "node:stream";
import type { Options } from "../options/options.ts";
import { openAsSeen } from "./open-as-seen.ts";

/** The names; none where records have their own. Throws where the file cannot be read. */
export async function fieldsOf(path: string, options: Options): Promise<readonly string[]> {
  const { source } = await openAsSeen(path, options, {
    stdin: Readable.from([]),
    environment: {},
  });
  try {
    return source.fields ?? [];
  } finally {
    await source.close();
  }
}
