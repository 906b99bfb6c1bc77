import type { ReactElement } from "react";
import { encode } from "uqr";

/** A text as a QR code: dark on light in both themes, because cameras expect it so. */
export function Qr({ text, label }: { text: string; label: string }): ReactElement {
  const { data, size } = encode(text, { border: 2 });
  const path = data
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${String(x)} ${String(y)}h1v1h-1z` : "")))
    .join("");
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${String(size)} ${String(size)}`}
      className="size-44 rounded-md border bg-[#fff]"
      shapeRendering="crispEdges"
    >
      <path d={path} fill="#000" />
    </svg>
  );
}
