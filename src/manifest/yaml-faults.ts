/** What is wrong with a text that is no YAML, in words of a manifest, and what to do. Pure. */
import type { YAMLError } from "yaml";

/** What is wrong, and what helps. */
interface YamlFault {
  readonly reason: string;
  readonly suggestion: string;
}

const FAULTS: Readonly<Partial<Record<YAMLError["code"], YamlFault>>> = {
  TAB_AS_INDENT: {
    reason: "a line is indented with a tab",
    suggestion: "indent with spaces",
  },
  DUPLICATE_KEY: {
    reason: "a name is there twice in one mapping",
    suggestion: "keep one of the two; several values are a list: [a, b]",
  },
  TAG_RESOLVE_FAILED: {
    reason: "a value has a tag, a word that begins with !",
    suggestion: "leave the tag out: every value is taken as the text that is written",
  },
  BAD_DQ_ESCAPE: {
    reason: "between double quotes, \\ begins an escape, and this is none",
    suggestion: "use single quotes, or / in paths",
  },
  BLOCK_AS_IMPLICIT_KEY: {
    reason: "a value holds a colon and a blank, and reads as another name",
    suggestion: "put the value in quotes",
  },
  BAD_SCALAR_START: {
    reason: "a value begins with a character that YAML keeps for itself",
    suggestion: "put the value in quotes",
  },
};

/** The fault. */
export function faultOf({ code, message, pos }: YAMLError, text: string): YamlFault {
  const known = FAULTS[code];
  if (known !== undefined) return known;
  const line = lineAround(text, pos[0]);
  // Within { } and [ ], these end a value.
  const isCut = /[[{].*\$\{/.test(line);
  if (isCut) {
    const suggestion = "put a value that holds ${…} in quotes there";
    return { reason: "within { } and [ ], a brace is no part of a value", suggestion };
  }
  const suggestion = "correct the line; a value with special characters is put in single quotes";
  return { reason: `${message.charAt(0).toLowerCase()}${message.slice(1)}`, suggestion };
}

function lineAround(text: string, offset: number): string {
  const from = text.lastIndexOf("\n", Math.max(0, offset - 1)) + 1;
  const end = text.indexOf("\n", offset);
  return text.slice(from, end < 0 ? undefined : end);
}
