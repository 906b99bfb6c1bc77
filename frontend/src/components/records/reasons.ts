// The API names reasons by code; a delivery explains its own in a sentence. Where only the code is at hand, these are
// its words.

const words: Record<string, string> = {
  BAD_TEMPLATE: "the URL template is not valid",
  TOO_LONG: "the URL is too long",
  BLOCKED_TARGET: "the address is not allowed",
  DNS: "the host name does not resolve",
  CONNECTION_REFUSED: "the connection was refused",
  UNREACHABLE: "the network is unreachable",
  CONNECTION_RESET: "the connection was reset",
  NO_ANSWER: "the connection was closed without a response",
  BAD_ANSWER: "the response is not valid HTTP",
  TLS_CERTIFICATE: "the TLS certificate is not valid",
  TLS_HANDSHAKE: "the TLS handshake failed",
  TIMEOUT_DNS: "timeout during the DNS lookup",
  TIMEOUT_CONNECT: "timeout while connecting",
  TIMEOUT_TLS: "timeout during the TLS handshake",
  TIMEOUT_HEADERS: "timeout waiting for a response",
  TIMEOUT_BODY: "timeout reading the response",
  INTERRUPTED: "interrupted by Postrider",
  REDIRECT: "your tracker redirects",
  RATE_LIMITED: "your tracker limits the rate of requests",
  SERVER_ERROR: "server error at the tracker",
  GONE: "your tracker answers 410 Gone",
  REFUSED_BY_TRACKER: "the response does not meet the success rule",
  EXHAUSTED: "every attempt failed",
  CIRCUIT_OPEN: "the tracker is unavailable",
  POSTBACK_HELD: "the postback has to be changed",
  POSTBACK_DELETED: "the postback was deleted",
  INTERNAL: "internal error",
};

/** A code in words, without a capital and without a full stop; a code that is not known is at least readable. */
export function reasonInWords(code: string): string {
  if (code.startsWith("HTTP_")) return `your tracker answers ${code.slice(5)}`;
  return words[code] ?? (/^[A-Z][A-Z0-9_]*$/.test(code) ? code.toLowerCase().replaceAll("_", " ") : code);
}

/** Why a postback is held, as a sentence with what happens meanwhile. */
export function holdInWords(code: string): string {
  const reason = reasonInWords(code);
  return `Waiting: ${reason}. Postbacks wait until you change it; none are lost.`;
}
