/** A strict reader of the pages that are made of reports: every tag is closed, every attribute quoted, nothing fetched or run. */

const VOID = new Set(["meta", "path", "rect", "br"]);
const TAG = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z][a-zA-Z-]*(?:="[^"<>]*")?)*)\s*(\/?)>/y;
/** What a page may be made of. */
const TAGS = new Set(
  `html head body meta title style main header section footer h1 h2 h3 p dl dt dd div span table caption thead tbody tr th td
   figure figcaption svg path rect strong code ul li pre details summary del ins time a bdi`.split(
    /\s+/,
  ),
);
const ENTITY = /&(?!(?:amp|lt|gt|quot|#39);)/;

/** What is wrong with a page; nothing of one that is well-formed and harmless. */
export function faultsOf(page: string): string[] {
  const faults: string[] = [];
  const open: string[] = [];
  const start = "<!doctype html>";
  if (!page.startsWith(start)) faults.push("it has no doctype");
  let at = start.length;
  while (at < page.length) {
    const next = page.indexOf("<", at);
    const text = page.slice(at, next === -1 ? page.length : next);
    if (open.at(-1) !== "style" && (text.includes(">") || ENTITY.test(text))) {
      faults.push(`not escaped: ${text.slice(0, 60)}`);
    }
    if (next === -1) break;
    TAG.lastIndex = next;
    const found = TAG.exec(page);
    if (found === null) return [...faults, `no tag: ${page.slice(next, next + 60)}`];
    const [whole, close, name = "", attributes = "", isEmpty] = found;
    at = next + whole.length;
    if (!TAGS.has(name)) faults.push(`a tag <${name}>`);
    faults.push(...attributeFaults(attributes));
    if (close === "/") {
      const last = open.pop();
      if (last !== name) faults.push(`</${name}> closes <${last}>`);
    } else if (isEmpty === "" && !VOID.has(name)) open.push(name);
  }
  if (open.length > 0) faults.push(`left open: ${open.join(", ")}`);
  if (/url\(|@import|\b(?:https?|data|javascript):/.test(outsideOfText(page))) {
    faults.push("it names something to fetch");
  }
  return faults;
}

function attributeFaults(attributes: string): string[] {
  const names = [...attributes.matchAll(/\s([a-zA-Z-]+)(?:="([^"]*)")?/g)];
  return names.flatMap(([, name = "", value = ""]) => {
    if (/^(?:on|src|style$|srcset|action)/.test(name)) return [`an attribute ${name}`];
    return ENTITY.test(value) ? [`not escaped: ${value}`] : [];
  });
}

/** The tags, and what they have between them that is no text to read. */
function outsideOfText(page: string): string {
  const styles = [...page.matchAll(/<style>([^]*?)<\/style>/g)].map(([, css]) => css);
  const targets = [...page.matchAll(/\s(?:href|src)="([^"]*)"/g)].map(([, target]) => target);
  return [...styles, ...targets].join("\n");
}

/** What a person reads of a page. */
export function textOf(page: string): string {
  return page
    .replace(/<(style|title)>[^]*?<\/\1>/g, "")
    .replace(/<[^>]*>/g, (tag) => (/^<\/?(?:del|ins|span|code|a|time|bdi)\b/.test(tag) ? "" : "\n"))
    .replace(/\s+/g, " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
