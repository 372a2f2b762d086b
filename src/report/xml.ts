/** Texts as XML 1.0 may hold them. */
import { visible } from "../errors/visible.ts";

/** A tag with attributes. */
export function openTag(name: string, attributes: Readonly<Record<string, string>>): string {
  const all = Object.entries(attributes).map(([key, value]) => ` ${key}="${xmlText(value)}"`);
  return `<${name}${all.join("")}>`;
}

/** Good in an element and in an attribute. What XML cannot hold at all is spelled as JSON spells it. */
export function xmlText(text: string): string {
  return visible(text)
    .replace(/[\p{Cs}\uFFFE\uFFFF]/gu, (found) => `\\u${found.charCodeAt(0).toString(16)}`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\n", "&#10;")
    .replaceAll("\t", "&#9;");
}
