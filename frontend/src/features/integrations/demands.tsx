import { TriangleAlert } from "lucide-react";
import type { ReactElement } from "react";

import { Note } from "@/components/ui/states";
import { Switch } from "@/components/ui/switch";

interface Demands {
  requireHttps: boolean;
  requireToken: boolean;
  requireSignature: boolean;
}

/** What it risks to ask for less. */
function warningOf({ requireHttps, requireToken, requireSignature }: Demands): string | null {
  if (!requireToken && !requireSignature) {
    return "Anybody who learns the URL can report conversions, and be paid for them.";
  }
  if (!requireHttps && requireToken && !requireSignature) {
    return "Over http the token goes over the wire as it is: whoever reads one request can report conversions with it. Leave this off only for a test on your own machine.";
  }
  return null;
}

/** What each request must prove; off only with a warning. */
export function DemandSwitches({
  demands,
  set,
  withSignature = true,
}: {
  demands: Demands;
  set: (change: Partial<Demands>) => void;
  withSignature?: boolean;
}): ReactElement {
  const warning = warningOf(demands);
  return (
    <div className="flex flex-col gap-2">
      <Switch
        isSelected={demands.requireToken}
        onChange={(requireToken) => {
          set({ requireToken });
        }}
      >
        Require a token
      </Switch>
      {withSignature && (
        <Switch
          isSelected={demands.requireSignature}
          onChange={(requireSignature) => {
            set({ requireSignature });
          }}
        >
          Require a signature (HMAC-SHA256)
        </Switch>
      )}
      <Switch
        isSelected={demands.requireHttps}
        onChange={(requireHttps) => {
          set({ requireHttps });
        }}
      >
        Require HTTPS
      </Switch>
      {warning !== null && (
        <Note tone="retrying" icon={TriangleAlert} role="status">
          {warning}
        </Note>
      )}
      {demands.requireHttps && globalThis.location.protocol === "http:" && (
        <p className="text-sm text-muted">
          This installation is open on http here: requests to this address are refused until it is behind
          HTTPS.
        </p>
      )}
    </div>
  );
}
