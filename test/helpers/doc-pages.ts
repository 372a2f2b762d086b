/** The pages of the project as tests read them: their fences, their headings, and the calls of upsurge in them. */
import { readdirSync, readFileSync } from "node:fs";
import { commandsOf } from "./page-shell.ts";

/** A page: its path from the root of the project, and its text. */
export interface DocPage {
  readonly path: string;
  readonly text: string;
}

/** A block of code: its language and what it holds. */
export interface Fence {
  readonly language: string;
  readonly body: string;
}

/** Every page, those in folders of the code too. */
export const PAGES: readonly DocPage[] = [
  "README.md",
  "SECURITY.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  ...below("docs"),
  ...below("src"),
].map((path) => ({ path, text: readFileSync(path, "utf8") }));

/** The pages that a user reads to use the program. */
export const USER_PAGES = PAGES.filter(
  ({ path }) =>
    path === "README.md" ||
    /^docs\/(?:README|tutorial)\.md$|^docs\/(?:howto|reference|explanation)\//.test(path),
);

function below(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => `${folder}/${path.replaceAll("\\", "/")}`)
    .toSorted();
}

/** The page at a path. */
export function pageAt(path: string): DocPage {
  const page = PAGES.find((each) => each.path === path);
  if (page === undefined) throw new Error(`there is no page ${path}`);
  return page;
}

/** The blocks of code of a text that say their language. */
export function fencesOf(text: string): readonly Fence[] {
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = "", body = ""]) => ({
    language,
    body,
  }));
}

/** A text without its blocks of code. */
export function withoutFences(text: string): string {
  return text.replace(/^```.*?^```$/gms, "");
}

/** The anchors of a page's headings, as they are made from titles: words in lower case, joined by hyphens. */
export function anchorsOf(text: string): readonly string[] {
  const titles = [...withoutFences(text).matchAll(/^#{1,6} (.*)$/gm)].map(
    ([, title = ""]) => title,
  );
  const seen = new Map<string, number>();
  return titles.map((title) => {
    const anchor = title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-");
    const times = seen.get(anchor) ?? 0;
    seen.set(anchor, times + 1);
    return times === 0 ? anchor : `${anchor}-${times}`;
  });
}

/** The rows of a text's tables, as cells; headings and rules are left out. */
export function tableRows(text: string): readonly (readonly string[])[] {
  const lines = withoutFences(text).split("\n");
  return lines
    .filter(
      (line, at) => /^\|(?![\s:|-]+$)/.test(line) && !/^\|[\s:|-]+$/.test(lines[at + 1] ?? ""),
    )
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim().replaceAll("\\|", "|")));
}

/** The calls of upsurge in a script: its lines, its pipes and what follows `run:` in YAML. */
export function callsOf(script: string): string[][] {
  const lines = script.replace(/\\\n/g, " ").split("\n");
  const simple = lines.map((line) => line.replace(/(^|\s)#.*$/, "")).flatMap(commandsOf);
  return simple.flatMap((all) => {
    const at = all.indexOf("upsurge");
    const before = all.slice(0, Math.max(at, 0));
    // What another command prints is a hash.
    const words = all.slice(at + 1).map((word) => (word.startsWith("$(") ? "0".repeat(64) : word));
    return at >= 0 && before.every((word) => /^(?:\w+=.*|run:|-|if|!|until)$/.test(word))
      ? [words]
      : [];
  });
}
