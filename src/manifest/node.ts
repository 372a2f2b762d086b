/** A manifest as its reader sees it: texts, lists and mappings with their places. Nothing of YAML is left but where things are. */

/** A text: every scalar is one, as it is written. */
export interface TextNode {
  readonly kind: "text";
  readonly text: string;
  /** Without quotes. */
  readonly isPlain: boolean;
  /** `file:line:column`. */
  readonly place: string;
}

/** A list. */
export interface ListNode {
  readonly kind: "list";
  readonly items: readonly ManifestNode[];
  readonly place: string;
}

/** A name of a mapping and what it has. */
export interface NamedNode {
  readonly name: string;
  readonly place: string;
  readonly value: ManifestNode;
}

/** A mapping, in the order in which it is written. */
export interface MapNode {
  readonly kind: "map";
  readonly entries: readonly NamedNode[];
  readonly place: string;
}

/** What stands at one place. */
export type ManifestNode = TextNode | ListNode | MapNode;

/** What is read of a manifest: a text and its place. */
export type PlacedText = Pick<TextNode, "text" | "place">;

/** Whether nothing is written there: no text, and no quotes. */
export function isNothing(node: ManifestNode): boolean {
  return node.kind === "text" && node.isPlain && node.text === "";
}

/** What stands there, as messages call it. */
export function foundText(node: ManifestNode): string {
  if (node.kind === "list") return "a list";
  if (node.kind === "map") return "a mapping";
  return isNothing(node) ? "empty" : `'${shortened(node.text)}'`;
}

const SHOWN = 80;

function shortened(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
