import { type ReactElement, useState } from "react";
import { useQuery } from "urql";

import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { GeneralError } from "@/components/ui/general-error";
import { Time } from "@/components/ui/time";
import { explain } from "@/graphql/client";
import { graphql } from "@/graphql/graphql";

const FindClick = graphql(`
  query StaffFindClick($search: String!) {
    clicks(first: 5, filter: { search: $search }) {
      edges {
        node {
          id
          clickId
          clickedAt
          param1
          affiliate {
            id
            name
          }
        }
      }
    }
  }
`);

/** A click that is found by hand. */
export function ChooseClick({ onChoose }: { onChoose: (clickId: string, of: string) => void }): ReactElement {
  const [text, setText] = useState("");
  const [{ data, error, fetching }] = useQuery({
    query: FindClick,
    variables: { search: text.trim() },
    pause: text.trim().length < 3,
  });
  const found = text.trim().length < 3 ? [] : (data?.clicks.edges ?? []);
  return (
    <div className="flex flex-col gap-3">
      <TextField
        label="Click id, or a param's full value"
        value={text}
        onChange={setText}
        mono
        autoFocus
        placeholder="MYTEST123"
      />
      <ul aria-label="Clicks found" className="flex flex-col gap-1">
        {found.map(({ node }) => (
          <li key={node.id} className="flex items-center justify-between gap-2 rounded-md border px-3 py-2">
            <span className="min-w-0">
              {node.affiliate.name} · <Time at={node.clickedAt} />{" "}
              <span translate="no" className="block truncate font-mono text-sm text-muted">
                {node.param1 || node.clickId}
              </span>
            </span>
            <Button
              size="sm"
              look="primary"
              onPress={() => {
                onChoose(node.id, node.affiliate.name);
              }}
            >
              Choose
            </Button>
          </li>
        ))}
      </ul>
      <GeneralError text={error ? explain(error) : null} />
      {text.trim().length >= 3 && !fetching && !error && found.length === 0 && (
        <p className="text-muted">No click has this id or param.</p>
      )}
    </div>
  );
}
