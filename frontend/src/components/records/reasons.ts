// The API names reasons by code; a delivery explains its own in a sentence. Where only the code is at hand, these are
// its words.

const words: Record<string, string> = {
  BAD_TEMPLATE: "the URL template cannot be read",
  TOO_LONG: "the URL is longer than what is sent",
  BLOCKED_TARGET: "the address is one that we do not call",
  DNS: "the host name does not resolve",
  CONNECTION_REFUSED: "nothing listens there",
  UNREACHABLE: "the network cannot be reached",
  CONNECTION_RESET: "the connection was cut before an answer",
  NO_ANSWER: "the connection was closed without an answer",
  BAD_ANSWER: "what came back is no HTTP answer",
  TLS_CERTIFICATE: "the certificate is not valid",
  TLS_HANDSHAKE: "no secure connection could be agreed on",
  TIMEOUT_DNS: "looking up the name took too long",
  TIMEOUT_CONNECT: "connecting took too long",
  TIMEOUT_TLS: "the secure connection took too long",
  TIMEOUT_HEADERS: "no answer came in time",
  TIMEOUT_BODY: "the answer did not end in time",
  INTERRUPTED: "we stopped it ourselves",
  REDIRECT: "your tracker redirects",
  RATE_LIMITED: "your tracker asks us to slow down",
  SERVER_ERROR: "your tracker answers with an error of its own",
  GONE: "your tracker says that the address is gone",
  REFUSED_BY_TRACKER: "your tracker's answer says no",
  EXHAUSTED: "every attempt failed",
  CIRCUIT_OPEN: "the host keeps failing",
  POSTBACK_HELD: "the postback waits for you",
  POSTBACK_DELETED: "the postback was deleted",
  INTERNAL: "our own fault",
};

/** A code in words, without a capital and without a full stop; a code that is not known is at least readable. */
export function reasonInWords(code: string): string {
  if (code.startsWith("HTTP_")) return `your tracker answers ${code.slice(5)}`;
  return words[code] ?? (/^[A-Z][A-Z0-9_]*$/.test(code) ? code.toLowerCase().replaceAll("_", " ") : code);
}

/** Why a postback is held, as a sentence with what happens meanwhile. */
export function holdInWords(code: string): string {
  const reason = reasonInWords(code);
  return `Held: ${reason}. Its deliveries wait until you change the postback; none is lost.`;
}
