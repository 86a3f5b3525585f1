/** Where one link of a pasted text ends: at white space, and at a comma unless it is a character of the link's own. */

/**
 * One link of a text, whatever it is. A comma in its query or fragment is its own where what follows is no link, since no slash is in
 * it: `?viewport=241,48,0.19` of a prototype, which some programs decode. Linear in the text.
 */
export const ONE_LINK = /(?=[^\s,])[^\s,?#]*(?:[?#][^\s,]*(?:,[^\s,/]+(?![^\s,]))*)?/g
