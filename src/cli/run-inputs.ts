/** What a run is to load: the folders that were named, or the loads of its manifest with their options. */
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
