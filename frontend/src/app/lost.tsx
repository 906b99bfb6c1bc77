import { type ReactElement, useEffect, useState } from "react";

import { ErrorState } from "@/components/ui/states";

import { askServer, type Server } from "./ask-server";

const messages: Record<Server, string> = {
  away: "The server could not be reached. Check the connection, then try again.",
  same: "Its code did not arrive. Try again.",
  newer: "There is a new version of Postrider. Reload to use it; drafts are kept.",
};

/** The code of a page did not come: says why, and gets it when it can. */
export function Lost(): ReactElement {
  const [server, setServer] = useState<Server | null>(null);
  useEffect(() => {
    let isGone = false;
    void askServer().then((found) => {
      if (!isGone) setServer(found);
    });
    return () => {
      isGone = true;
    };
  }, []);

  const retry = async () => {
    const found = await askServer();
    setServer(found);
    // The document too: browsers remember that a module did not come, and would not ask for it again.
    if (found !== "away") location.reload();
  };

  if (server === "newer") {
    return (
      <ErrorState
        title="This page has changed"
        message={messages.newer}
        retry="Reload"
        onRetry={() => {
          location.reload();
        }}
      />
    );
  }
  return (
    <ErrorState
      title="This page could not be loaded"
      message={server === null ? "" : messages[server]}
      onRetry={() => void retry()}
    />
  );
}
