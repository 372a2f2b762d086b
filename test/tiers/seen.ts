/**
 * Notes what the tests of a run have made the program do: commands, options and their choices, codes of errors and rejects,
 * exit codes, and the ways rows went into which database. `complete.test.ts` holds the notes against what there is.
 */
import { appendFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { COMMANDS } from "../../src/cli/help.ts";
import { parseCommandLine } from "../../src/cli/program.ts";
import { OPTION_NAMES, optionSpec } from "../../src/options/flag.ts";
import type { OptionName } from "../../src/options/options.ts";
import { isByChance } from "./by-chance.ts";

/** Where a run notes what it sees; nothing is noted without it. */
const FOLDER = process.env["UPSURGE_TEST_SEEN"] ?? "";

/** What came of a run of the program. */
export interface SeenRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The folder that its paths are taken from. */
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

const noted = new Set<string>();

/** Notes one run of the program with `args`, except where they were drawn at random. */
export function noteRun(args: readonly string[], run: SeenRun): void {
  if (FOLDER === "" || isByChance()) return;
  const words = [...wordsOfCommand(args, run.env ?? {}), ...wordsOfOutcome(args, run)];
  const fresh = words.filter((word) => !noted.has(word));
  if (fresh.length === 0) return;
  for (const word of fresh) noted.add(word);
  appendFileSync(join(FOLDER, `${process.pid}.txt`), fresh.map((word) => `${word}\n`).join(""));
}

/** Everything that was noted in a folder. */
export function readSeen(folder: string): ReadonlySet<string> {
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
  return new Set(texts.flatMap((text) => text.split("\n")));
}

/** The word for a command, an option, a choice of one, a code, an exit code. */
export const seenWord = {
  command: (name: string) => `command ${name}`,
  option: (name: string) => `option ${name}`,
  choice: (name: string, choice: string) => `choice ${name} ${choice}`,
  code: (code: string) => `code ${code}`,
  exit: (code: number) => `exit ${code}`,
  way: (target: string, strategy: string, rowSource: string) =>
    `way ${target} ${strategy} ${rowSource}`,
};

/** The words of a command line that bear on what is noted of it. */
const TELLING = new Set([
  ...COMMANDS.map(({ name }) => name),
  ...OPTION_NAMES.flatMap((name) => optionSpec(name).choices ?? []),
]);

/** What a command line has in common with others of which the same is noted: all but its names, places and numbers. */
function kindOfCommand(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): string {
  const target = targetOf(env["UPSURGE_TO"] ?? env["DATABASE_URL"]);
  const told = args.map((word) => {
    if (TELLING.has(word) || word.startsWith("-")) return word;
    return targetOf(word) === "sqlite" ? "." : `${targetOf(word)}:`;
  });
  return [target, ...told].join(" ");
}

/** The kinds of which all is noted. */
const known = new Set<string>();

function wordsOfCommand(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const kind = kindOfCommand(args, env);
  if (known.has(kind)) return [];
  const call = callOf(args);
  if (call === null) return [];
  known.add(kind);
  const { command, raw } = call;
  const words = [seenWord.command(command)];
  for (const [name, values] of Object.entries(raw) as [OptionName, string[]][]) {
    words.push(seenWord.option(name));
    const { choices = [] } = optionSpec(name);
    words.push(
      ...values
        .filter((value) => choices.includes(value))
        .map((value) => seenWord.choice(name, value)),
    );
  }
  const target = targetOf(raw.to?.at(-1) ?? env["UPSURGE_TO"] ?? env["DATABASE_URL"]);
  const [strategy, rowSource] = [raw.strategy?.at(-1), raw.rowSource?.at(-1)];
  if (target !== null && strategy !== undefined && rowSource !== undefined) {
    words.push(seenWord.way(target, strategy, rowSource));
  }
  return words;
}

function callOf(args: readonly string[]) {
  try {
    const line = parseCommandLine(args, "0");
    return line.kind === "call" ? line.call : null;
  } catch {
    // What was typed wrong on purpose is seen by its code.
    return null;
  }
}

function targetOf(url: string | undefined): string | null {
  if (url === undefined) return null;
  if (/^(?:sqlserver|mssql):/.test(url)) return "sqlserver";
  return /^postgres(?:ql)?:/.test(url) ? "postgres" : "sqlite";
}

function wordsOfOutcome(
  args: readonly string[],
  { exitCode, stdout, stderr, cwd }: SeenRun,
): string[] {
  const words = exitCode === null ? [] : [seenWord.exit(exitCode)];
  const codes = [
    ...stderr.matchAll(/^error: .* {2}([A-Z]+(?:_[A-Z]+)*)$/gm),
    ...stdout.matchAll(/"code":"([A-Z]+(?:_[A-Z]+)*)"/g),
    ...rejectReport(args, stdout, cwd).matchAll(/"code":"(ROW_[A-Z_]+)"/g),
  ];
  return [...words, ...codes.map(([, code = ""]) => seenWord.code(code))];
}

/** The report of rejects that a run has left. */
function rejectReport(args: readonly string[], stdout: string, cwd: string | undefined): string {
  const [, named] = /(?:"rejectReport":"|; why: )([^"\n]+)/.exec(stdout) ?? [];
  const given = args[args.indexOf("--reject-file") + 1];
  const path = named ?? (args.includes("--reject-file") ? `${given}.jsonl` : null);
  if (path === null) return "";
  const place = path.startsWith("/") || cwd === undefined ? path : join(cwd, path);
  return existsSync(place) ? readFileSync(place, "utf8") : "";
}
