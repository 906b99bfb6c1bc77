import { ChevronDown } from "lucide-react";
import type { ReactElement } from "react";

import { Button, IconButton } from "@/components/ui/button";
import { CopyButton, copyText } from "@/components/ui/copy-button";
import { Menu } from "@/components/ui/menu";

/** Copies a tracking link with the tokens of its tracker; the bare link stands behind a menu. */
export function CopyLink({
  link,
  what,
  words,
  tracker = "",
}: {
  link: { url: string; urlWithToken: string };
  /** Whose tokens they are, where that is known. */
  tracker?: string;
  /** Completes "Copy …". */
  what: string;
  words?: boolean;
}): ReactElement {
  const { url, urlWithToken } = link;
  if (url === urlWithToken) return <CopyButton text={url} what={what} words={words ?? false} />;
  const token = /param_1=([^&]*)/.exec(urlWithToken)?.[1] ?? "";
  const more = `Other ways to copy ${what}`;
  return (
    <span className="inline-flex shrink-0 items-center">
      <CopyButton text={urlWithToken} what={what} words={words ?? false} />
      <Menu
        label={more}
        trigger={
          words === true ? (
            <Button size="sm" look="quiet" icon={ChevronDown} aria-label={more}>
              <span className="sr-only">{more}</span>
            </Button>
          ) : (
            <IconButton label={more} icon={ChevronDown} size="sm" />
          )
        }
        actions={[
          {
            id: "token",
            label: `Copy with ${tracker === "" ? "" : `${tracker}'s `}${token} in param_1`,
            run: () => {
              void copyText(urlWithToken, what);
            },
          },
          {
            id: "bare",
            label: "Copy without params",
            run: () => {
              void copyText(url, `${what}, without params`);
            },
          },
        ]}
      />
    </span>
  );
}
