/** The version of the program: the build writes it into the bundle; elsewhere package.json has it. */
import { readFile } from "node:fs/promises";

declare const UPSURGE_VERSION: string | undefined;

/** As it was read before. */
let known: string | null = null;

/** `1.2.3` */
export async function readVersion(): Promise<string> {
  if (typeof UPSURGE_VERSION === "string") return UPSURGE_VERSION;
  known ??= await versionOfPackage();
  return known;
}

async function versionOfPackage(): Promise<string> {
  // It is above src/ and above dist/src/ alike.
  for (const place of ["../../package.json", "../../../package.json"]) {
    const text = await readFile(new URL(place, import.meta.url), "utf8").catch(() => null);
    const version: unknown = text === null ? null : Object(JSON.parse(text)).version;
    if (typeof version === "string") return version;
  }
  return "(unknown version)";
}
