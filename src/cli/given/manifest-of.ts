/** Which of the files that a call names is the manifest of a run. */
import { open, stat } from "node:fs/promises";
import { shellWord } from "../../errors/shell-word.ts";
import { upsurgeError } from "../../errors/upsurge-error.ts";
import type { UpsurgeError } from "../../errors/upsurge-error.ts";
import type { Call } from "../call.ts";

const YAML = /\.ya?ml$/i;
const JSON_FILE = /\.json$/i;

/** The manifest that the call names; `null` for folders and files of data. Throws `MANIFEST_MIXED`. */
export async function manifestOf({ command, sources, raw }: Call): Promise<string | null> {
  for (const path of sources) {
    const isNamed = YAML.test(path) || (JSON_FILE.test(path) && command === "run");
    const isPlanned = JSON_FILE.test(path) && sources.length === 1 && raw.table === undefined;
    if (!isNamed && !(isPlanned && (await holdsLoads(path)))) continue;
    if (await isFolder(path)) continue;
    if (sources.length > 1) throw mixed(path, sources);
    return path;
  }
  return null;
}

function mixed(path: string, sources: readonly string[]): UpsurgeError {
  const others = sources.filter((each) => each !== path);
  const isSame = others.length === 0;
  const other = isSame ? "itself" : others.join(", ");
  const suggestion = `name ${shellWord(path)} alone, and list the files of the others in its loads`;
  return upsurgeError("MANIFEST_MIXED", { other, suggestion }, { where: path });
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

const PEEKED = 65_536;

/** Whether a file of JSON is a manifest, and no data: an object that has loads. */
async function holdsLoads(path: string): Promise<boolean> {
  try {
    const file = await open(path, "r");
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(PEEKED), 0, PEEKED, 0);
      return /^\uFEFF?\s*\{[^]*"loads"\s*:\s*\[/.test(buffer.toString("utf8", 0, bytesRead));
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}
