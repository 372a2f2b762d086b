/** Paths of a manifest or a config are relative to the folder that it is in. */
import { join } from "node:path";

/** A path, as it is from the current folder. */
export function inFolder(folder: string, path: string): string {
  return folder === "" || /^(?:[/\\]|[a-z]:[/\\])/i.test(path) ? path : join(folder, path);
}
