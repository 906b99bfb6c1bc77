import { Link } from "@tanstack/react-router";
import { CircleAlert, CircleCheck, TriangleAlert, X } from "lucide-react";
import { type ReactElement, useEffect } from "react";
import { useMutation, useQuery } from "urql";

import { IconButton } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { RelativeTime } from "@/components/ui/time";
import { toast } from "@/components/ui/toast";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";
import { subscribeLive } from "@/graphql/live";

const AlertsQuery = graphql(`
  query Alerts {
    alerts(first: 20, filter: { open: true }) {
      edges {
        node {
          id
          kind
          severity
          message
          raisedAt
          resolvedAt
          postback {
            id
            name
            host
            goal {
              id
              name
            }
          }
          campaign {
            id
            name
          }
          link {
            id
            offer {
              id
              name
            }
          }
        }
      }
    }
  }
`);

const Changes = graphql(`
  subscription AlertChanged {
    alertChanged {
      id
    }
  }
`);

const Dismiss = mutation(
  graphql(`
    mutation DismissAlert($input: DismissAlertInput!) {
      dismissAlert(input: $input) {
        alert {
          id
          dismissedAt
        }
        userErrors {
          message
        }
      }
    }
  `),
);

type Alert = ResultOf<typeof AlertsQuery>["alerts"]["edges"][number]["node"];

/** What the viewer is told without asking: raised, over and dismissed while the page is open. */
export function Alerts(): ReactElement | null {
  const [{ data }, refetch] = useQuery({ query: AlertsQuery, requestPolicy: "cache-and-network" });
  useEffect(
    () =>
      subscribeLive(
        Changes,
        {},
        {
          next: () => {
            refetch({ requestPolicy: "network-only" });
          },
        },
      ),
    [refetch],
  );
  const alerts = (data?.alerts.edges ?? []).map((edge) => edge.node);
  if (alerts.length === 0) return null;
  return (
    <section aria-label="Alerts">
      <ul className="flex flex-col gap-2">
        {alerts.map((alert) => (
          <Line
            key={alert.id}
            alert={alert}
            onDismissed={() => {
              refetch({ requestPolicy: "network-only" });
            }}
          />
        ))}
      </ul>
    </section>
  );
}

/** What it is about, in the alert's own colour. */
const nameClass = "font-medium text-current underline underline-offset-2";

function Line({ alert, onDismissed }: { alert: Alert; onDismissed: () => void }): ReactElement {
  const [{ fetching }, dismiss] = useMutation(Dismiss);
  const isGood = alert.kind === "POSTBACK_RECOVERED";
  const Icon = isGood ? CircleCheck : alert.severity === "ERROR" ? CircleAlert : TriangleAlert;
  return (
    <li
      className={cx(
        "flex items-start gap-2 rounded-md border px-3 py-2",
        isGood
          ? "border-delivered/30 bg-delivered-soft text-delivered"
          : alert.severity === "ERROR"
            ? "border-failed/30 bg-failed-soft text-failed"
            : "border-retrying/30 bg-retrying-soft text-retrying",
      )}
    >
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <p className="min-w-0 flex-1 text-pretty">
        {alert.postback !== null && (
          <Link
            to="/postbacks/$id"
            params={{ id: alert.postback.id }}
            search={{ tab: "health" }}
            className={nameClass}
          >
            {alert.postback.name || `${alert.postback.goal.name} to ${alert.postback.host}`}
          </Link>
        )}
        {alert.campaign !== null && (
          <Link to="/campaigns/$id" params={{ id: alert.campaign.id }} className={nameClass}>
            {alert.campaign.name}
          </Link>
        )}
        {alert.link !== null && (
          <Link to="/links" search={{ offer: alert.link.offer.id }} className={nameClass}>
            Default link of {alert.link.offer.name}
          </Link>
        )}
        : {alert.message}{" "}
        <span className="text-sm opacity-90">
          <RelativeTime at={alert.raisedAt} />
        </span>
      </p>
      <IconButton
        label="Dismiss the alert"
        icon={X}
        size="sm"
        isDisabled={fetching}
        className="text-current"
        onPress={() => {
          void dismiss({ input: { id: alert.id } }).then(({ error }) => {
            if (error) toast(explain(error), "failed");
            else onDismissed();
          });
        }}
      />
    </li>
  );
}
