/**
 * The names of lines whose members change from one to the next, as a tree: a node has for each name that was seen behind it what
 * stands between the value before and its own. What follows a value is compared with these, and no string is made. It is learned from
 * the lines themselves.
 */
import { isUtf8 } from "node:buffer";
import type { RecordShape } from "../../model/record.ts";
import { MOST_MEMBERS } from "./members.ts";
import { COMMA, IRREGULAR, MORE, OPEN } from "./scan.ts";
import type { TemplateParts } from "./template.ts";
import { NullStrings } from "../text/null-rule.ts";

/** So many nodes are kept: names that are all different would fill the memory, and take longer to compare than to read. */
const MOST_NODES = 4096;

/** So many names are compared with what follows a value. */
const MOST_NEXT = 64;

/** What is known of the values of one name. */
interface NameRule {
  readonly emptyIsNull: boolean;
  readonly emptyIsAbsent: boolean;
  readonly nulls: NullStrings;
}

/** The names that a line has had so far. */
export interface NameNode {
  /** What stands between the value before and the one of the last name; a blank may follow it. */
  readonly lead: DataView;
  readonly name: string;
  readonly rule: NameRule;
  /** All names, the last one included. */
  readonly names: readonly string[];
  /** Those that came behind them, the usual ones first. */
  readonly next: NameNode[];
  /** What lines have that end here; `null`: none did. */
  shape: RecordShape | null;
}

/** The names of one source's lines. */
export class NameTree {
  readonly #parts: TemplateParts;
  readonly #rules = new Map<string, NameRule>();
  #root: NameNode;
  #nodes = 0;

  constructor(parts: TemplateParts) {
    this.#parts = parts;
    this.#root = this.#node([], "", new DataView(new ArrayBuffer(0)));
  }

  /** Where lines begin. */
  get root(): NameNode {
    return this.#root;
  }

  /** The shape of lines with the names of this node. */
  shapeOf(node: NameNode): RecordShape {
    node.shape ??= this.#parts.shapes.shaped({
      names: [...node.names],
      values: [],
      kinds: [],
    }).shape;
    return node.shape;
  }

  /** The node whose lead stands at `at`, behind `node`; `null` where none does. */
  follow(node: NameNode, at: number): NameNode | null {
    const { view } = this.#parts.scan;
    const { next } = node;
    for (let place = 0; place < next.length; place += 1) {
      const each = next[place] as NameNode;
      if (!standsAt(view, at, each.lead)) continue;
      if (place > 0) {
        // What is met often comes to the front.
        next[place] = next[place - 1] as NameNode;
        next[place - 1] = each;
      }
      return each;
    }
    return null;
  }

  /** Learns the name that stands at `at`, behind `node`. */
  learn(node: NameNode, at: number): NameNode | typeof IRREGULAR | typeof MORE {
    const { scan } = this.#parts;
    const { bytes } = scan;
    const open = scan.blank(at);
    if (open >= bytes.length) return MORE;
    if (bytes[open] !== (node === this.#root ? OPEN : COMMA)) return IRREGULAR;
    const start = scan.blank(open + 1);
    const place = scan.name(start);
    if (place < 0) return place === MORE ? MORE : IRREGULAR;
    if (place >= bytes.length) return MORE;
    const written = bytes.subarray(start, scan.string(start));
    if (!isUtf8(written) || this.#isFull(node)) return IRREGULAR;
    const name = JSON.parse(written.toString()) as string;
    // Which of two values counts is for the slow path to say.
    if (node.names.includes(name)) return IRREGULAR;
    // Not a part of a block that would be kept for as long as the tree.
    const lead = Uint8Array.from(bytes.subarray(at, place));
    const learned = this.#node([...node.names, name], name, new DataView(lead.buffer));
    node.next.push(learned);
    return learned;
  }

  #isFull({ names, next }: NameNode): boolean {
    const isLong = names.length === MOST_MEMBERS;
    return isLong || next.length === MOST_NEXT || this.#nodes === MOST_NODES;
  }

  #node(names: readonly string[], name: string, lead: DataView): NameNode {
    this.#nodes += 1;
    return { lead, name, names, rule: this.#ruleOf(name), next: [], shape: null };
  }

  #ruleOf(name: string): NameRule {
    let rule = this.#rules.get(name);
    if (rule === undefined) {
      const { nulls, options } = this.#parts;
      rule = {
        emptyIsNull: nulls.ofString(name, "") === null,
        emptyIsAbsent: nulls.isAbsentWhenEmpty(name),
        nulls: new NullStrings(options, [name]),
      };
      this.#rules.set(name, rule);
    }
    return rule;
  }
}

/** Whether `lead` stands at `start`; it has at least four bytes. */
function standsAt(view: DataView, start: number, lead: DataView): boolean {
  const length = lead.byteLength;
  if (start + length > view.byteLength) return false;
  // The last four bytes overlap those before them, as a rule. They differ most, and are looked at first.
  const tail = length - 4;
  if (view.getInt32(start + tail, true) !== lead.getInt32(tail, true)) return false;
  for (let at = 0; at < tail; at += 4)
    if (view.getInt32(start + at, true) !== lead.getInt32(at, true)) return false;
  return true;
}
