/** Filters of jq that fixes have in them. */

/** An object of the names in `$names` and an array of values. */
export const OBJECT_OF_NAMES = "[$names, .] | transpose | map({(.[0]): .[1]}) | add";
