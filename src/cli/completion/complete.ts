/**
 * `upsurge __complete SHELL …`: what the scripts of the shells ask. It prints candidates and nothing else: no error, no secret,
 * no question, and it ends in time, whatever a database does.
 */
import { text } from "node:stream/consumers";
import type { Io } from "../io.ts";
import { candidatesFor } from "./candidates.ts";
import { finderFor } from "./find-names.ts";
import { replyTo } from "./reply.ts";
import type { CursorWord } from "./reply.ts";
import { meaningOf, SHELLS, splitLine } from "./shell-words.ts";
import type { Shell } from "./shell-words.ts";
import { readTyped } from "./typed-line.ts";

/** Prints the candidates for the words that the script of a shell has passed on. Never throws. */
export async function completeCommand(args: readonly string[], io: Io): Promise<number> {
  const reply = await replyFor(args, io).catch(() => "");
  await new Promise<void>((resolve) => {
    io.stdout.write(reply, () => resolve());
  });
  // A connection that nobody waits for any more would keep the process.
  io.signals?.exit(0);
  return 0;
}

async function replyFor([name, ...args]: readonly string[], io: Io): Promise<string> {
  const shell = SHELLS.find((each) => each === name);
  if (shell === undefined) return "";
  const { words, piece } = await wordsOf(shell, args, io);
  const [, ...raw] = words;
  const meanings = raw.map((word, at) => {
    // fish has taken the quotes off all but the last.
    const isBare = shell === "fish" && at < raw.length - 1;
    return isBare ? word : meaningOf(word, shell, io.env);
  });
  const line = readTyped(meanings);
  const candidates = await candidatesFor(line, finderFor(line, io.env));
  const typed = raw.at(-1) ?? "";
  const cursor: CursorWord = { raw: typed, text: meanings.at(-1) ?? "", piece: piece ?? typed };
  return replyTo(shell, candidates, cursor);
}

interface PassedWords {
  /** The program, and what is behind it up to the cursor. */
  readonly words: readonly string[];
  /** What bash takes for the word. */
  readonly piece: string | null;
}

/** bash cuts words at = and :, so that it passes its line; PowerShell drops empty words, so that it passes lines. */
async function wordsOf(shell: Shell, args: readonly string[], io: Io): Promise<PassedWords> {
  if (shell === "bash") {
    const [line = "", piece = ""] = args;
    const words = splitLine(line);
    const at = words.findIndex((word) => !/^\w+=/.test(word));
    return { words: words.slice(Math.max(at, 0)), piece };
  }
  if (shell !== "powershell") return { words: args, piece: null };
  const lines = (await text(io.stdin)).replace(/\r?\n$/, "").split(/\r?\n/);
  return { words: lines, piece: null };
}
