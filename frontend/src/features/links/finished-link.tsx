import { Link2, QrCode } from "lucide-react";
import { type ReactElement, useState } from "react";

import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Panel } from "@/components/ui/page";
import { Skeleton } from "@/components/ui/skeleton";
import { Note } from "@/components/ui/states";
import { UrlText } from "@/components/ui/url-text";

import { paramMarks } from "./param-marks";
import { Qr } from "./qr";
import { TestClick } from "./test-click";

interface Built {
  url: string | null;
  destination: string | null;
}

/** The link as it goes into the tracker, where it leads, and a way to try it. */
export function FinishedLink({
  built,
  error,
  hasParam1,
  carried,
  own,
}: {
  built: Built | undefined;
  /** What keeps it from being built and belongs to no field. */
  error: string | null;
  hasParam1: boolean;
  /** The trackers that its clicks belong to, by name, and those of them whose tokens it carries. */
  own: readonly string[];
  carried: readonly string[];
}): ReactElement {
  return (
    <div className="flex min-w-0 flex-col gap-4 lg:sticky lg:top-4">
      <Panel title="Your tracking link">
        <div role="status" className="flex flex-col gap-3">
          {error !== null ? (
            <p className="text-failed">{error}</p>
          ) : built === undefined ? (
            <Skeleton className="my-2" />
          ) : built.url === null ? (
            <p className="text-muted">Fix the marked values to get the link.</p>
          ) : (
            <LinkText url={built.url} />
          )}
        </div>
        <WhoseTokens own={own} carried={carried} isShown={hasParam1} />
        {!hasParam1 && (
          <Note tone="retrying" className="mt-3">
            Without param_1, your tracker cannot match the postback to a click.
          </Note>
        )}
      </Panel>
      {built?.destination != null && (
        <Panel title="Destination">
          <p className="leading-6">
            <UrlText url={built.destination} />
          </p>
          <p className="mt-2 text-muted">With a sample click id.</p>
        </Panel>
      )}
      {built?.url != null && <TestClick link={built.url} />}
      <Note tone="queued" icon={Link2}>
        Set this link as the offer URL in your tracker. What it passes in param_1 is returned as{" "}
        <span translate="no" className="font-mono text-sm">
          {"{param_1}"}
        </span>{" "}
        in your postback.
      </Note>
    </div>
  );
}

/** Whose tokens the link carries; a warning where its conversions go to another tracker. */
function WhoseTokens({
  own,
  carried,
  isShown,
}: {
  own: readonly string[];
  carried: readonly string[];
  isShown: boolean;
}): ReactElement | null {
  if (!isShown || own.length === 0) return null;
  if (carried.length > 0) return <p className="mt-3 text-muted">With the tokens of {carried.join(", ")}.</p>;
  return (
    <Note tone="retrying" className="mt-3">
      Its conversions go to {own.join(" and ")}: these are not the tokens of that tracker.
    </Note>
  );
}

/** The link, to copy or to scan. */
function LinkText({ url }: { url: string }): ReactElement {
  const [showsQr, setShowsQr] = useState(false);
  return (
    <>
      <p className="rounded-md border bg-sunken px-3 py-2 leading-6">
        <UrlText url={url} parts={paramMarks(url)} />
      </p>
      <div className="flex flex-wrap gap-2">
        <CopyButton text={url} what="the link" words primary />
        <Button
          icon={QrCode}
          aria-expanded={showsQr}
          onPress={() => {
            setShowsQr(!showsQr);
          }}
        >
          QR code
        </Button>
      </div>
      {showsQr && <Qr text={url} label="The link as a QR code" />}
    </>
  );
}
