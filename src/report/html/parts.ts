/** What pages are made of: the page itself, tables, facts, a row of figures. */
import { formatCount, plural } from "../../errors/format.ts";
import { html, NOTHING } from "./markup.ts";
import type { Content, Html } from "./markup.ts";
import { STYLE } from "./style.ts";

/** How much of a screen a page takes: `broad` has room for tables with many columns, and is printed across. */
export type PageWidth = "text" | "broad";

/** A whole page. It runs no script and fetches nothing, and says so to the browser. */
export function page(
  title: string,
  body: readonly Content[],
  version: string,
  width: PageWidth = "text",
): string {
  const head = html`<meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta
      http-equiv="Content-Security-Policy"
      content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    />
    <meta name="referrer" content="no-referrer" /><title>${title}</title>
    <style>
      ${{ html: STYLE }}
    </style>`;
  const foot = html`<footer>Made by upsurge ${version}. Times of day are UTC.</footer>`;
  return `<!doctype html>\n${
    html`<html lang="en">
      <head>
        ${head}
      </head>
      <body class="${width}">
        <main>${body}</main>
        ${foot}
      </body>
    </html>`.html
  }\n`;
}

/** A column of a table; `number`: aligned to the right; `text` and `drawing` take the room that is left. */
export interface TableColumn {
  readonly title: string;
  readonly kind?: "number" | "text" | "drawing" | "short";
}

const CLASSES = { number: "n", text: "text", drawing: "drawing", short: "short" } as const;

/** A table whose first cell of each row says what the row is about; nothing without rows. */
export function table(
  caption: string,
  columns: readonly TableColumn[],
  rows: readonly Html[],
): Html {
  if (rows.length === 0) return NOTHING;
  const heads = columns.map(
    ({ title, kind }) => html`<th scope="col" ${classOf(kind)}>${title}</th>`,
  );
  // What is too wide for the screen moves by itself, by keys as well.
  return html`<div class="wide" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${heads}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

/** A row of a table with these columns. Where the screen is narrow, its cells stand below each other, each with its title. */
export function row(columns: readonly TableColumn[], cells: readonly Content[]): Html {
  return html`<tr>
    ${cells.map((cell, index) => {
      const { title = "", kind } = columns[index] ?? {};
      return index === 0
        ? html`<th scope="row" ${classOf(kind)}>${cell}</th>`
        : html`<td data-of="${title}" ${classOf(kind)}>${cell}</td>`;
    })}
  </tr>`;
}

function classOf(kind: TableColumn["kind"]): Html {
  return kind === undefined ? NOTHING : html`class="${CLASSES[kind]}"`;
}

/** A count with its thousands apart; a zero steps back. */
export function count(value: number): Html {
  return value === 0 ? html`<span class="zero">0</span>` : html`${formatCount(value)}`;
}

/** Names and what they are; an empty list is nothing. */
export function facts(pairs: readonly (readonly [string, Content])[]): Html {
  if (pairs.length === 0) return NOTHING;
  return html`<dl class="facts">
    ${pairs.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

/** A figure, and whether it is of what nobody wants. */
export type Tile = readonly [name: string, value: string, isBad?: boolean];

/** Figures side by side. */
export function tiles(all: readonly Tile[]): Html {
  return html`<dl class="tiles">
    ${all.map(
      ([name, value, isBad]) =>
        html`<div>
          <dt>${name}</dt>
          <dd${isBad === true ? html` class="unwanted"` : NOTHING}>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

/** A heading and what is below it; nothing where that is nothing. */
export function section(title: string, parts: readonly Html[]): Html {
  const there = parts.filter((part) => part.html !== "");
  return there.length === 0
    ? NOTHING
    : html`<section>
        <h2>${title}</h2>
        ${there}
      </section>`;
}

/** Sentences, one below the other; so many of them. */
export function list(texts: readonly string[], most: number): Html {
  if (texts.length === 0) return NOTHING;
  const more = texts.length > most ? [`and ${formatCount(texts.length - most)} more`] : [];
  const shown = [...texts.slice(0, most), ...more];
  return html`<ul>
    ${shown.map((text) => html`<li>${text}</li>`)}
  </ul>`;
}

/** A time of day, for people and for programs. */
export function moment(iso: string): Html {
  const shown = iso.replace("T", " ").replace(/(?:\.\d+)?Z$/, "");
  return html`<time datetime="${iso}">${shown}</time>`;
}

/** That the page has no room for all of them. */
export function leftOut(left: number, noun: string): Html {
  return left === 0
    ? NOTHING
    : html`<p class="soft">
        ${plural(left, `more ${noun}`)} ${left === 1 ? "is" : "are"} in the JSON report.
      </p>`;
}
