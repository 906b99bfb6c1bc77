import { Check, Copy } from "lucide-react";
import { type ReactElement, useEffect, useState } from "react";

import { Button, IconButton } from "./button";
import { toClipboard } from "./to-clipboard";
import { toast } from "./toast";

/** Copies `text` and says so. Gives back whether it worked. */
export async function copyText(text: string, what: string): Promise<boolean> {
  const done = await toClipboard(text);
  if (done) toast(`Copied ${what}`);
  else toast(`The browser did not allow copying ${what}; copy it manually`, "failed");
  return done;
}

/** Copies `text`. `what` completes "Copy …". With `words` it is a button with words, else a picture. */
export function CopyButton({
  text,
  what,
  words,
  primary,
}: {
  text: string;
  what: string;
  words?: boolean;
  primary?: boolean;
}): ReactElement {
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => {
      setCopied(false);
    }, 1600);
    return () => {
      clearTimeout(timer);
    };
  }, [copied]);

  const onPress = () => {
    void copyText(text, what).then(setCopied);
  };

  if (words === true) {
    return (
      <Button
        icon={copied ? Check : Copy}
        size={primary === true ? "md" : "sm"}
        look={primary === true ? "primary" : "plain"}
        onPress={onPress}
      >
        Copy {what}
      </Button>
    );
  }
  return <IconButton label={`Copy ${what}`} icon={copied ? Check : Copy} size="sm" onPress={onPress} />;
}
