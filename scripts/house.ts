/**
 * The rooms of the source code and how they import each other, read from the imports themselves, type imports included.
 * `npm run house` prints the table; `test/house.test.ts` holds it against the directions that are allowed.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { pathToFileURL } from "node:url";

/** A file of the source code. */
export interface SourceFile {
  /** In the project, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly room: string;
  /** The files of the project that it imports. */
  readonly imports: readonly string[];
}

const IMPORT =
  /^(?:import|export)\b[^;"]*?\bfrom "(\.[^"]+)"|^import "(\.[^"]+)"|\bimport\("(\.[^"]+)"\)|\bnew URL\(\s*"(\.[^"]+\.ts)"/gm;

/**
 * The room of a file: the folder under `src/`, each database by itself, `targets` for what they share, `registry` for the
 * one file that names them, and `formats` for the one list of formats.
 */
function roomOf(path: string): string {
  const [top, room = "", name = "", ...deeper] = path.split("/");
  if (top !== "src") return top ?? "";
  if (name === "") return "library";
  if (room === "read" && /^formats\.ts$/.test(name)) return "formats";
  if (room !== "targets") return room;
  if (deeper.length > 0) return name;
  return name === "registry.ts" ? "registry" : "targets";
}

/** Every file of `bin/` and `src/`. */
export function readHouse(): readonly SourceFile[] {
  return ["bin", "src"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => sourceFile(`${folder}/${name.replaceAll("\\", "/")}`)),
  );
}

function sourceFile(path: string): SourceFile {
  const text = readFileSync(path, "utf8");
  const imports = [...text.matchAll(IMPORT)].map((match) => {
    const specifier = match.slice(1).find((each) => each !== undefined) ?? "";
    return normalize(join(dirname(path), specifier)).replaceAll("\\", "/");
  });
  return { path, text, room: roomOf(path), imports };
}

/** How many imports lead from each room into each other one. */
export function importTable(files: readonly SourceFile[]): Map<string, Map<string, number>> {
  const table = new Map<string, Map<string, number>>();
  for (const { room, imports } of files) {
    const row = table.get(room) ?? new Map<string, number>();
    table.set(room, row);
    for (const to of imports.map(roomOf).filter((each) => each !== room)) {
      row.set(to, (row.get(to) ?? 0) + 1);
    }
  }
  return table;
}

/** Rooms that any other may use; a map of the house leaves the arrows to them out. */
export const EVERYWHERE: readonly string[] = ["errors", "model", "testing"];

/** The arrows of the map: `room --> room`, in order. */
export function arrowsOf(table: Map<string, Map<string, number>>): string[] {
  const arrows = [...table].flatMap(([from, row]) =>
    [...row.keys()].map((to) => [from, to] as const),
  );
  return arrows
    .filter(([from, to]) => !EVERYWHERE.includes(from) && !EVERYWHERE.includes(to))
    .map(([from, to]) => `${from} --> ${to}`)
    .toSorted();
}

/** The table as text: a room a line, the rooms that it imports behind it. */
export function printTable(table: Map<string, Map<string, number>>): string {
  const width = Math.max(...[...table.keys()].map((room) => room.length));
  const lines = [...table]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([room, row]) => {
      const others = [...row].toSorted(([a], [b]) => (a < b ? -1 : 1));
      return `${room.padEnd(width)}  ${others.map(([to, count]) => `${to} ${count}`).join(", ")}`;
    });
  return `${lines.join("\n")}\n`;
}

/** Files and lines by folder, as text. */
export function printLines(files: readonly SourceFile[]): string {
  const folders = new Map<string, { files: number; lines: number }>();
  for (const { path, text } of files) {
    const folder = dirname(path);
    const { files: count, lines } = folders.get(folder) ?? { files: 0, lines: 0 };
    folders.set(folder, { files: count + 1, lines: lines + text.split("\n").length - 1 });
  }
  const rows = [...folders].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return rows
    .map(([folder, each]) => `${folder}  ${each.files} files, ${each.lines} lines\n`)
    .join("");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const house = readHouse();
  const asked = process.argv.includes("--lines");
  process.stdout.write(asked ? printLines(house) : printTable(importTable(house)));
}
