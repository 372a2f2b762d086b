/** Options: what `upsurge split` makes. Joined with the other groups in `options.ts`. */
import type { OptionSpec } from "../option.ts";

/** The options about pieces, of the group `output`. */
export const SPLIT_OPTIONS = {
  splitOut: {
    group: "output",
    explicit: "it names the folder that one call fills",
    kind: "text",
    spelling: "--out",
    value: "DIR",
    summary: "Write the pieces and their index.json into this folder, which is new or empty.",
    example: "--out pieces",
    commands: ["split"],
  },
  compress: {
    group: "output",
    kind: "choice",
    choices: ["none", "gzip", "zstd"],
    default: "none",
    summary: "Compress the pieces; zstd needs Node 22.15 or later.",
    example: "--compress gzip",
    commands: ["split"],
  },
} as const satisfies Record<string, OptionSpec>;
