/** How a load ended, in words that stand out. */
import type { Report, Status } from "../report.ts";
import { html } from "./markup.ts";
import type { Html } from "./markup.ts";

type Kind = "good" | "warn" | "bad";

/** How each status is said, and how it looks. */
const VERDICTS: Readonly<Record<Status, readonly [text: string, kind: Kind]>> = {
  ok: ["Done", "good"],
  rejects: ["Done, with rejects", "warn"],
  changes: ["Changes found", "warn"],
  skipped: ["Skipped", "warn"],
  failed: ["Failed", "bad"],
  interrupted: ["Interrupted", "bad"],
};

/** The verdict, as a word that stands out. */
export function verdict({ status, dryRun }: Pick<Report, "status" | "dryRun">): Html {
  const [text, kind] = VERDICTS[status];
  return pill(dryRun ? `Dry run: ${text.toLowerCase()}` : text, kind);
}

/** A word that stands out. */
export function pill(text: string, kind: Kind): Html {
  return html`<span class="verdict ${kind}">${text}</span>`;
}
