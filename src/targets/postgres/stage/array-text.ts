/** Turns JSON arrays into PostgreSQL's array text: `[1,[2]]` has no place, `[[1],[2]]` becomes `{{1},{2}}`. */

/** The array text of a JSON array for a column of `type`, numbers as they are spelled, JSON elements verbatim. Throws a `RangeError` when it is none. */
export function arrayText(json: string, type: string): string {
  const verbatim = /^jsonb?\[/.test(type);
  let at = 0;
  const space = (): void => {
    while (/\s/.test(json[at] ?? "")) at += 1;
  };
  const value = (): string => {
    space();
    const start = at;
    const first = json[at];
    if (first === "[") return array();
    if (first === '"') {
      at = endOfString(json, at);
      const literal = json.slice(start, at);
      return quoteElement(verbatim ? literal : String(JSON.parse(literal)));
    }
    if (first === "{") {
      at = endOfObject(json, at);
      return quoteElement(json.slice(start, at));
    }
    while (at < json.length && !/[\s,\]]/.test(json[at] ?? "")) at += 1;
    const literal = json.slice(start, at);
    return literal === "null" ? "NULL" : literal;
  };
  const array = (): string => {
    at += 1;
    const elements: string[] = [];
    for (space(); json[at] !== "]"; space()) {
      if (at >= json.length) throw new RangeError("not a JSON array");
      if (json[at] === ",") at += 1;
      elements.push(value());
    }
    at += 1;
    return `{${elements.join(",")}}`;
  };
  space();
  if (json[at] !== "[") throw new RangeError("not a JSON array");
  return array();
}

/** An element as the text of an array holds it. */
export function quoteElement(text: string): string {
  return `"${text.replace(/["\\]/g, (char) => `\\${char}`)}"`;
}

function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
}

function endOfObject(json: string, start: number): number {
  let depth = 0;
  for (let at = start; at < json.length; at += 1) {
    if (json[at] === '"') at = endOfString(json, at) - 1;
    else if (json[at] === "{") depth += 1;
    else if (json[at] === "}") depth -= 1;
    if (depth === 0) return at + 1;
  }
  return json.length;
}
