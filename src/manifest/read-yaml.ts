/**
 * From the text of a manifest or a config to its nodes. YAML 1.2, and so JSON, in which every scalar is the text that is written: `010`,
 * `NO` and `1.0` stay as they are. What a reader could take for something else is refused.
 */
import { upsurgeError } from "../errors/upsurge-error.ts";
import type { UpsurgeError } from "../errors/upsurge-error.ts";
import { Composer, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, Parser, visit } from "yaml";
import type { Alias, Document, Node, Pair, Scalar } from "yaml";
import type { FileKind } from "./file-kind.ts";
import type { ManifestNode, NamedNode } from "./node.ts";
import { faultOf } from "./yaml-faults.ts";

/** A manifest has three levels; what nests deeper is none, and could exhaust the reader. */
const DEEPEST = 60;

/** The nodes of the file at `path`. Throws `MANIFEST_YAML` or `CONFIG_YAML`. */
export function readYaml(text: string, path: string, kind: FileKind): ManifestNode {
  const lines = new LineCounter();
  const refuse = (offset: number, reason: string, suggestion: string): UpsurgeError =>
    upsurgeError(
      kind.malformed,
      { path, reason, suggestion },
      { where: placeAt(path, lines, offset) },
    );
  const [document, other] = documentsIn(text, lines, { refuse, kind });
  if (document === undefined || document.contents === null) {
    throw refuse(0, "it is empty", kind.empty);
  }
  const [fault] = [...document.errors, ...document.warnings];
  if (fault !== undefined) {
    const { reason, suggestion } = faultOf(fault, text);
    throw refuse(fault.pos[0], reason, suggestion);
  }
  if (other !== undefined) {
    const reason = "it holds several documents, and only one can be meant";
    throw refuse(other.range[0], reason, "keep one of them in the file, without --- before others");
  }
  if (document.directives?.yaml.explicit === true && document.directives.yaml.version !== "1.2") {
    const reason = "it asks for another version of YAML than 1.2, in which words mean other things";
    throw refuse(0, reason, "leave the line that begins with %YAML out");
  }
  const reader = new NodeReader(targetsOf(document), {
    placeAt: (offset) => placeAt(path, lines, offset),
    refuse,
    kind,
  });
  return reader.read(document.contents);
}

/** Throws an error at an offset of the text. */
type Refuse = (offset: number, reason: string, suggestion: string) => UpsurgeError;

function documentsIn(
  text: string,
  lines: LineCounter,
  { refuse, kind }: Pick<Places, "refuse" | "kind">,
): Document.Parsed[] {
  const parser = new Parser(lines.addNewLine);
  const composer = new Composer({ schema: "failsafe", uniqueKeys: true, logLevel: "silent" });
  const tokens: Parameters<typeof composer.next>[0][] = [];
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > DEEPEST) {
      const reason = `it nests lists and mappings deeper than a ${kind.noun} has levels`;
      throw refuse(parser.offset, reason, kind.flat);
    }
  }
  tokens.push(...parser.end());
  return [...composer.compose(tokens)].flatMap((each) => (each === null ? [] : [each]));
}

function placeAt(path: string, lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${path}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
}

/** What each alias stands for: the last node of that name before it. */
function targetsOf(document: Document.Parsed): ReadonlyMap<Alias, Node> {
  const named = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Alias: (_, alias) => {
      const target = named.get(alias.source);
      if (target !== undefined) targets.set(alias, target);
    },
    Value: (_, node) => {
      if (node.anchor !== undefined) named.set(node.anchor, node);
    },
  });
  return targets;
}

interface Places {
  readonly placeAt: (offset: number) => string;
  readonly refuse: Refuse;
  readonly kind: FileKind;
}

/** Makes nodes of YAML's; each of them once, however many aliases stand for it. */
class NodeReader {
  readonly #targets: ReadonlyMap<Alias, Node>;
  readonly #places: Places;
  /** `null`: being read. */
  readonly #read = new Map<Node, ManifestNode | null>();

  constructor(targets: ReadonlyMap<Alias, Node>, places: Places) {
    this.#targets = targets;
    this.#places = places;
  }

  read(node: Node): ManifestNode {
    const known = this.#read.get(node);
    if (known === null) {
      throw this.#refuse(node, "an alias stands for what it is a part of", "leave the alias out");
    }
    if (known !== undefined) return known;
    this.#read.set(node, null);
    const made = this.#make(node);
    this.#read.set(node, made);
    return made;
  }

  #make(node: Node): ManifestNode {
    const place = this.#places.placeAt(offsetOf(node));
    if (isAlias(node)) return this.#aliased(node);
    if (isSeq<Node>(node)) {
      return { kind: "list", items: node.items.map((item) => this.read(item)), place };
    }
    if (isMap<Node, Node | null>(node)) {
      return { kind: "map", entries: node.items.map((pair) => this.#named(pair)), place };
    }
    if (isScalar(node)) return { kind: "text", ...textOf(node), place };
    throw this.#refuse(
      node,
      `it holds what no ${this.#places.kind.noun} has`,
      "write texts, lists and mappings",
    );
  }

  #aliased(alias: Alias): ManifestNode {
    const target = this.#targets.get(alias);
    if (target !== undefined) return this.read(target);
    const reason = `*${alias.source} is an alias, and nothing before it is called &${alias.source}`;
    const suggestion = `a value that begins with * is put in quotes: '*${alias.source}'`;
    throw this.#refuse(alias, reason, suggestion);
  }

  #named({ key, value }: Pair<Node, Node | null>): NamedNode {
    if (!isScalar(key)) {
      const suggestion = "write a plain word before the colon";
      throw this.#refuse(key, "the name of an entry is no text", suggestion);
    }
    const { text } = textOf(key);
    if (text === "<<") {
      const reason = "<< merges mappings in other versions of YAML only";
      throw this.#refuse(key, reason, this.#places.kind.once);
    }
    const place = this.#places.placeAt(offsetOf(key));
    const nothing = { kind: "text", text: "", isPlain: true, place } as const;
    return { name: text, place, value: value === null ? nothing : this.read(value) };
  }

  #refuse(node: Node, reason: string, suggestion: string): UpsurgeError {
    return this.#places.refuse(offsetOf(node), reason, suggestion);
  }
}

function textOf({ value, type }: Scalar): { readonly text: string; readonly isPlain: boolean } {
  return { text: typeof value === "string" ? value : "", isPlain: type === "PLAIN" };
}

function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
