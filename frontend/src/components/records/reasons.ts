// The API names reasons by code; a delivery explains its own in a sentence. Where only the code is at hand, these are
// its words.

const words: Record<string, string> = {
  BAD_TEMPLATE: "invalid URL template",
  TOO_LONG: "the URL is too long",
  BLOCKED_TARGET: "the address is not allowed",
  DNS: "the host name does not resolve",
  CONNECTION_REFUSED: "connection refused",
  UNREACHABLE: "network unreachable",
  CONNECTION_RESET: "connection reset",
  NO_ANSWER: "connection closed without a response",
  BAD_ANSWER: "invalid HTTP response",
  TLS_CERTIFICATE: "invalid TLS certificate",
  TLS_HANDSHAKE: "TLS handshake failed",
  TIMEOUT_DNS: "DNS lookup timeout",
  TIMEOUT_CONNECT: "connection timeout",
  TIMEOUT_TLS: "TLS handshake timeout",
  TIMEOUT_HEADERS: "response timeout",
  TIMEOUT_BODY: "response body timeout",
  INTERRUPTED: "interrupted by Postrider",
  REDIRECT: "your tracker redirects",
  RATE_LIMITED: "your tracker limits the request rate",
  SERVER_ERROR: "server error at the tracker",
  GONE: "your tracker answers 410 Gone",
  REFUSED_BY_TRACKER: "the response does not meet the success rule",
  EXHAUSTED: "every attempt failed",
  CIRCUIT_OPEN: "tracker unavailable",
  POSTBACK_HELD: "the postback must be changed",
  POSTBACK_DELETED: "the postback was deleted",
  INTERNAL: "internal error",
  HTTP_OTHER: "your tracker answers an unexpected status",
};

/** A code in words, without a capital and without a full stop; a code that is not known is at least readable. */
export function reasonInWords(code: string): string {
  if (/^HTTP_\d/.test(code)) return `your tracker answers ${code.slice(5)}`;
  return words[code] ?? (/^[A-Z][A-Z0-9_]*$/.test(code) ? code.toLowerCase().replaceAll("_", " ") : code);
}

/** Why a postback is held, as a sentence with what happens meanwhile. */
export function holdInWords(code: string): string {
  const reason = reasonInWords(code);
  return `Waiting: ${reason}. Postbacks wait until you change it; none are lost.`;
}
