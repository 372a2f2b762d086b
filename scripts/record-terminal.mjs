/**
 * `npm run record-terminal`: runs a few loads with the program as it is built, in a folder with the files of the tour, and
 * draws what a terminal shows of them as docs/terminal.svg. With `--print` the drawing goes to stdout.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Sqlite from "better-sqlite3";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PROGRAM = join(ROOT, "dist/upsurge.js");
const COLUMNS = 100;

const LOAD = "--to shop.db --table parts --key part_no";
const COMMANDS = [
  `upsurge parts.csv ${LOAD}`,
  `upsurge parts-2.csv ${LOAD}`,
  `upsurge parts-3.csv ${LOAD}`,
  `upsurge parts-3.csv ${LOAD} --max-rejects 1`,
  "cat parts-3.csv.rejects.csv",
];

/** The lines that the terminal shows, each not longer than it is wide. */
function recorded() {
  const folder = mkdtempSync(join(tmpdir(), "upsurge-terminal-"));
  try {
    cpSync(join(ROOT, "fixtures/tour"), folder, { recursive: true });
    const database = new Sqlite(join(folder, "shop.db"));
    database.exec(readFileSync(join(folder, "setup.sql"), "utf8"));
    database.close();
    const text = COMMANDS.map((command) => `$ ${command}\n${run(command, folder)}`).join("");
    return `${text}$`.split("\n").flatMap(wrapped);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(command, folder) {
  const [name, ...args] = command.split(" ");
  if (name === "cat") return readFileSync(join(folder, args[0]), "utf8");
  const { stdout, stderr, error } = spawnSync(process.execPath, [PROGRAM, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { NO_COLOR: "1", COLUMNS: String(COLUMNS) },
  });
  if (error !== undefined) throw error;
  return stderr + stdout;
}

/** A long line goes on below, as on a terminal. */
function wrapped(line) {
  return line.match(new RegExp(`.{1,${COLUMNS}}`, "gu")) ?? [""];
}

const FONT = 14;
const LINE = 20;
const MARGIN = 20;
const WIDTH = Math.ceil(COLUMNS * FONT * 0.602) + 2 * MARGIN;

function drawn(lines) {
  const height = lines.length * LINE + 2 * MARGIN;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">
<title>A terminal: loads with upsurge, and what they print</title>
<style>
text { font: ${FONT}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre; fill: #c9d1d9; }
.typed { fill: #ffffff; font-weight: 600; }
.error { fill: #ff7b72; }
</style>
<rect width="${WIDTH}" height="${height}" rx="8" fill="#0d1117"/>
${lines.map(drawnLine).join("\n")}
</svg>
`;
}

function drawnLine(line, index) {
  const y = MARGIN + index * LINE + FONT;
  const kind = line.startsWith("$")
    ? ' class="typed"'
    : line.startsWith("error:")
      ? ' class="error"'
      : "";
  return `<text x="${MARGIN}" y="${y}" xml:space="preserve"${kind}>${escaped(line)}</text>`;
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

const svg = drawn(recorded());
if (process.argv.includes("--print")) process.stdout.write(svg);
else writeFileSync(join(ROOT, "docs/terminal.svg"), svg);
