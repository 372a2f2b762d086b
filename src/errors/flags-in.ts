/** The flags that a text names: how a flag looks is known here alone. */

const FLAG = /--[a-z][a-z0-9-]*/g;

/** The flags of a text in their order, each as often as it is there. */
export function flagsIn(text: string): readonly string[] {
  return text.match(FLAG) ?? [];
}

/** The flag that a text begins with; `null` for none. */
export function flagBefore(text: string): string | null {
  const [flag] = flagsIn(text);
  return flag !== undefined && text.startsWith(flag) ? flag : null;
}
