/**
 * An address of this app in full, as the browser reads it; undefined where it leads to another site. What counts is the
 * address that comes out: browsers drop tabs and line breaks, and take a backslash for a slash.
 */
export function ownAddress(to: string): string | undefined {
  const { origin, protocol } = location;
  try {
    const url = new URL(to, origin);
    return url.origin === origin && url.protocol === protocol ? url.href : undefined;
  } catch {
    return undefined;
  }
}
