import { Link } from "@tanstack/react-router";
import { lazy, type ReactElement, Suspense, useState } from "react";
import { useQuery } from "urql";

import { Button } from "@/components/ui/button";
import { graphql } from "@/graphql/graphql";

const UndoAttribution = lazy(() =>
  import("./undo-attribution").then((m) => ({ default: m.UndoAttribution })),
);

const AttributionQuery = graphql(`
  query Attribution($id: ID!) {
    node(id: $id) {
      ... on Conversion {
        id
        attributedBy
        undoable
        replacedBy {
          id
        }
        replaces {
          id
        }
      }
    }
  }
`);

/** Staff only: how a conversion was attributed, with the way to undo it, or to the one in its place. */
export function Attribution({ id }: { id: string }): ReactElement | null {
  const [undoing, setUndoing] = useState<string | null>(null);
  const [{ data }] = useQuery({ query: AttributionQuery, variables: { id } });
  const node = data?.node;
  if (!node || !("attributedBy" in node)) return null;
  const { attributedBy, undoable, replacedBy, replaces } = node;
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
      {replacedBy ? (
        <span>
          Undone:{" "}
          <Link to="/conversions/$id" params={{ id: replacedBy.id }} className="link">
            another conversion
          </Link>{" "}
          stands for the operator’s call
        </span>
      ) : (
        <span>{attributedBy === null ? "Not attributed" : `By ${attributedBy.toLowerCase()}`}</span>
      )}
      {replaces && (
        <span className="text-muted">
          after{" "}
          <Link to="/conversions/$id" params={{ id: replaces.id }} className="link">
            an attribution that was undone
          </Link>
        </span>
      )}
      {undoable === true && (
        <Button
          size="sm"
          writes
          onPress={() => {
            setUndoing(id);
          }}
        >
          Undo attribution…
        </Button>
      )}
      {undoing !== null && (
        <Suspense>
          <UndoAttribution
            id={undoing}
            onClose={() => {
              setUndoing(null);
            }}
          />
        </Suspense>
      )}
    </span>
  );
}
