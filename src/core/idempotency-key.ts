/** What an idempotency key may be where it comes in the header of a request. What is done with it: service/issue.ts. */

/** 1 to 200 printable characters of ASCII without space or comma: a comma would be two headers that were joined. */
export const HEADER_KEY = /^[!-+\--~]{1,200}$/
