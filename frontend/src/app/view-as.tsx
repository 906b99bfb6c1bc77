import { Link, useNavigate } from "@tanstack/react-router";
import { Eye, Lock } from "lucide-react";
import type { ReactElement } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useQuery } from "urql";

import { Button, buttonClass } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Menu } from "@/components/ui/menu";
import { readOnlyReasonId } from "@/components/ui/read-only";
import { EmptyState } from "@/components/ui/states";
import { graphql } from "@/graphql/graphql";
import { viewAs } from "@/graphql/looking";

const AffiliatesQuery = graphql(`
  query ViewAsChoices {
    affiliates(first: 100) {
      edges {
        node {
          id
          name
        }
      }
      pageInfo {
        hasNextPage
      }
    }
  }
`);

/** The switcher: staff choose whose pages they look at. */
export function ViewAs({ wide }: { wide?: boolean }): ReactElement {
  const navigate = useNavigate();
  const [{ data }] = useQuery({ query: AffiliatesQuery });
  return (
    <Menu
      label="View as an affiliate"
      trigger={
        <AriaButton
          className={cx(
            "flex min-h-8 items-center gap-2 rounded-md border border-dashed px-2 text-left text-muted hover:border-edge hover:text-ink",
            wide === true ? "min-h-11 w-full text-base" : "max-lg:justify-center max-lg:px-0",
          )}
        >
          <Eye aria-hidden className="size-4 shrink-0" />
          <span className={cx(wide !== true && "max-lg:sr-only")}>View as…</span>
        </AriaButton>
      }
      actions={[
        ...(data?.affiliates?.edges ?? []).map(({ node }) => ({
          id: node.id,
          label: node.name,
          run: () => {
            viewAs(node.id);
          },
        })),
        ...(data?.affiliates?.pageInfo.hasNextPage === true
          ? [{ id: "all", label: "All affiliates…", run: () => void navigate({ to: "/staff/affiliates" }) }]
          : []),
      ]}
    />
  );
}

/** Stands over every page while somebody of the staff looks at an affiliate's. */
export function LookingBanner({ name }: { name: string }): ReactElement {
  return (
    <div
      role="status"
      className="flex shrink-0 flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b border-held bg-held-soft px-4 py-1.5 text-held"
    >
      <span className="flex min-w-0 items-center gap-2">
        <Eye aria-hidden className="size-4 shrink-0" />
        <span className="min-w-0" id={readOnlyReasonId}>
          Viewing as <strong>{name}</strong>. This view is read-only.
        </span>
      </span>
      <Button
        size="sm"
        onPress={() => {
          viewAs(null);
        }}
      >
        Back to staff pages
      </Button>
    </div>
  );
}

/** Instead of a staff page, to whom it is not for. */
export function StaffOnly({ looking, page }: { looking: boolean; page: string }): ReactElement {
  return (
    <EmptyState
      icon={Lock}
      title="A page of the network’s staff"
      action={
        looking ? (
          <Button
            look="primary"
            onPress={() => {
              viewAs(null, page);
            }}
          >
            Back to staff pages
          </Button>
        ) : (
          <Link to="/" className={buttonClass("primary")}>
            Go to Home
          </Link>
        )
      }
    >
      {looking ? "It is not shown while you view as an affiliate." : "Your account has no access to it."}
    </EmptyState>
  );
}
