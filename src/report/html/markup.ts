/** HTML as values: texts are escaped where they become markup, and nothing else makes markup. */
import { visible, visibleLine } from "../../errors/visible.ts";

/** Markup that is safe to put into a page. */
export interface Html {
  readonly html: string;
}

/** What stands between tags, or in an attribute. */
export type Content = Html | string | number | readonly Content[];

/** Nothing. */
export const NOTHING: Html = { html: "" };

/** So many characters of one text are shown: a name or a message may be as long as a file. */
const MOST = 400;

/** Markup of a template; what is put into it is escaped, unless it is markup. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  const text = parts.map((written, index) => {
    const content = contents[index];
    // How the code is indented is no part of the page.
    const part = written.replace(/\n\s*/g, "\n");
    return content === undefined ? part : part + textOf(content);
  });
  return { html: text.join("") };
}

function textOf(content: Content): string {
  if (typeof content === "string") return escapeLine(content);
  if (typeof content === "number") return String(content);
  return "html" in content ? content.html : content.map(textOf).join("");
}

/** A text of several lines, with at most so many characters. */
export function lines(text: string, most: number): Html {
  return { html: escaped(visible(cut(text, most))) };
}

function escapeLine(text: string): string {
  return escaped(visibleLine(cut(text, MOST)));
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** The parts of a page that may be long take their room from one budget, so that the page stays small. */
export class Room {
  #left: number;

  /** So many bytes of markup. */
  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** As many of the parts as there is room for, each made when its turn comes, and how many are left out. */
  take<T>(
    items: readonly T[],
    make: (item: T) => Html,
  ): { readonly taken: readonly Html[]; readonly left: number } {
    const taken: Html[] = [];
    for (const item of items) {
      if (this.#left <= 0) break;
      const part = make(item);
      const size = Buffer.byteLength(part.html);
      // What comes after it would be out of order.
      if (size > this.#left) {
        this.#left = 0;
        break;
      }
      this.#left -= size;
      taken.push(part);
    }
    return { taken, left: items.length - taken.length };
  }
}
