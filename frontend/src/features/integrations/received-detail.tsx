import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { Attribution } from "@/components/records/attribution";
import { DetailHead, DetailPart } from "@/components/records/detail-head";
import { MissingDetail } from "@/components/records/missing-detail";
import { Badge } from "@/components/ui/badge";
import { CodeBlock } from "@/components/ui/code-block";
import { Fact, Facts } from "@/components/ui/facts";
import { Time } from "@/components/ui/time";
import { graphql } from "@/graphql/graphql";
import { useNode } from "@/graphql/use-node";
import { sentence } from "@/graphql/user-errors";

import { causeInWords } from "./causes";
import { ResultBadge } from "./result-badge";

const CallQuery = graphql(`
  query StaffReceivedCall($id: ID!) {
    node(id: $id) {
      ... on ReceivedPostback {
        id
        receivedAt
        integrationKey
        method
        query
        body
        address
        result
        reason
        cause
        notes
        affiliate {
          id
          name
        }
        statusCode
        durationMs
        headers {
          name
          value
        }
        integration {
          id
          name
        }
        conversion {
          id
          conversionId
        }
      }
    }
  }
`);

const route = getRouteApi("/shell/staff/received/$id");

/** One call of an operator, with all that it said. */
export function ReceivedDetail(): ReactElement {
  const { id } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate();
  const detail = useNode({
    query: CallQuery,
    id,
    pick: ({ node }) => (node && "integrationKey" in node ? node : null),
  });
  const close = () => {
    void navigate({ to: "/staff/received", search });
  };
  const call = detail.node;
  if (!call) return <MissingDetail what="call" detail={detail} onClose={close} />;
  return (
    <>
      <DetailHead
        title={
          <span className="flex flex-wrap items-center gap-2">
            Call <ResultBadge result={call.result} />
            <Badge tone="queued">{call.statusCode}</Badge>
          </span>
        }
        name="Call"
        onClose={close}
      />
      <DetailPart title="Result">
        <p className="mb-3 break-words">{call.reason !== null && sentence(call.reason)}</p>
        {call.notes.length > 0 && (
          <ul aria-label="Notes" className="mb-3 list-disc pl-5 break-words text-muted">
            {call.notes.map((note) => (
              <li key={note}>{sentence(note)}</li>
            ))}
          </ul>
        )}
        <Facts>
          {call.cause !== null && <Fact name="Cause">{causeInWords(call.cause)}</Fact>}
          <Fact name="Received">
            <Time at={call.receivedAt} form="full" />
          </Fact>
          <Fact name="Integration">
            {call.integration ? (
              <Link to="/staff/integrations/$id" params={{ id: call.integration.id }} className="link">
                {call.integration.name}
              </Link>
            ) : (
              call.integrationKey
            )}
          </Fact>
          {call.affiliate && (
            <Fact name="Affiliate">
              <Link to="/staff/received" search={{ affiliate: call.affiliate.id }} className="link">
                {call.affiliate.name}
              </Link>
            </Fact>
          )}
          <Fact name="From">{call.address || "unknown"}</Fact>
          <Fact name="Duration">{call.durationMs.toFixed(1)} ms</Fact>
          {call.conversion && (
            <Fact name="Conversion">
              <Link to="/conversions/$id" params={{ id: call.conversion.id }} className="link">
                {call.conversion.conversionId}
              </Link>
            </Fact>
          )}
          {call.conversion && (
            <Fact name="Attribution">
              <Attribution id={call.conversion.id} />
            </Fact>
          )}
        </Facts>
      </DetailPart>
      <DetailPart title="What was sent">
        <div className="flex flex-col gap-3">
          <CodeBlock
            what="Query"
            wrap
            code={`${call.method} ?${(call.query ?? "").replaceAll("&", "\n&")}`}
          />
          {call.body !== null && <CodeBlock what="Body" wrap code={call.body} />}
          {call.headers.length > 0 && (
            <CodeBlock
              what="Headers"
              wrap
              code={call.headers.map((h) => `${h.name}: ${h.value}`).join("\n")}
            />
          )}
        </div>
      </DetailPart>
    </>
  );
}
