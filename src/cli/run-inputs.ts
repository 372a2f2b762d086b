/** What a run is to load: the folders that were named, or the loads of its manifest with their options. */
import { checkOptions } from "../options/check/check-options.ts";
import type { RunInputs } from "../run/run-load.ts";
import type { CommandContext } from "./context.ts";

/** The folders, or the manifest. Throws `OPTION_*` and `MANIFEST_*` errors. */
export async function runInputs(
  folders: readonly string[],
  { manifest: given }: Pick<CommandContext, "manifest">,
): Promise<RunInputs> {
  if (given === null) return folders;
  const { settleManifest } = await import("../manifest/settle.ts");
  return settleManifest(given.manifest, given);
}

/** Checks what can be known of the options before those of the loads are. Throws as `checkOptions` does. */
export function checkRunOptions(
  sources: readonly string[],
  { options, manifest }: Pick<CommandContext, "options" | "manifest">,
): void {
  // Which of its loads take rows away, a manifest says.
  const known = manifest === null ? options : { ...options, maxDelete: null };
  checkOptions(known, "run", sources);
}
