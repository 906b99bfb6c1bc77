interface Exchange {
  method: string;
  url: string;
  requestHeaders: readonly { name: string; value: string }[];
  requestBody: string | null;
}

/** For a POSIX shell: what is in single quotes stays as it is. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Headers that curl writes by itself. */
const own = new Set(["host", "content-length", "accept-encoding", "connection"]);

/** The same exchange as a command that can be pasted. */
export function asCurl({ method, url, requestHeaders, requestBody }: Exchange): string {
  const lines = [`curl -i ${method === "GET" ? "" : `-X ${method} `}${quote(url)}`];
  for (const { name, value } of requestHeaders) {
    if (!own.has(name.toLowerCase())) lines.push(`-H ${quote(`${name}: ${value}`)}`);
  }
  if (requestBody !== null && requestBody !== "") lines.push(`--data-raw ${quote(requestBody)}`);
  return lines.join(" \\\n  ");
}
