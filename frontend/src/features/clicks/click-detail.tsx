import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { ClickFacts } from "@/components/records/click-facts";
import { ClickParts } from "@/components/records/click-parts";
import { DetailHead, DetailPart } from "@/components/records/detail-head";
import { MissingDetail } from "@/components/records/missing-detail";
import { StateBadge } from "@/components/ui/badge";
import { Money } from "@/components/ui/money";
import { Time } from "@/components/ui/time";
import { graphql } from "@/graphql/graphql";
import { useNode } from "@/graphql/use-node";

const ClickQuery = graphql(
  `
    query Click($id: ID!) {
      node(id: $id) {
        ... on Click {
          id
          clickId
          ...ClickParts
          conversions(first: 100, order: OLDEST_FIRST) {
            edges {
              node {
                id
                status
                reversed
                receivedAt
                goal {
                  id
                  name
                }
                payout {
                  amount
                  currency
                }
              }
            }
            pageInfo {
              hasNextPage
            }
          }
        }
      }
    }
  `,
  [ClickParts],
);

const route = getRouteApi("/shell/clicks/$id");

export function ClickDetail(): ReactElement {
  const { id } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate();
  const detail = useNode({
    query: ClickQuery,
    id,
    pick: ({ node }) => (node && "clickId" in node ? node : null),
  });
  const close = () => {
    void navigate({ to: "/clicks", search });
  };

  const click = detail.node;
  if (!click) return <MissingDetail what="click" detail={detail} onClose={close} />;
  return (
    <>
      <DetailHead title="Click" name="Click" onClose={close} />
      <DetailPart title="Click data">
        <ClickFacts click={click} />
      </DetailPart>
      <DetailPart title="Conversions">
        {click.conversions.edges.length === 0 ? (
          <p className="text-muted">None so far.</p>
        ) : (
          <ul className="flex flex-col divide-y rounded-md border">
            {click.conversions.edges.map(({ node: conversion }) => (
              <li key={conversion.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
                <Link to="/conversions/$id" params={{ id: conversion.id }} className="link">
                  {conversion.goal.name}
                </Link>
                <StateBadge state={conversion.reversed ? "REVERSED" : conversion.status} plain />
                <span className="text-muted">
                  <Time at={conversion.receivedAt} />
                </span>
                <span className="ml-auto">
                  <Money value={conversion.payout} />
                </span>
              </li>
            ))}
          </ul>
        )}
        {click.conversions.pageInfo.hasNextPage && (
          <Link to="/conversions" search={{ q: click.clickId }} className="link">
            All conversions of this click
          </Link>
        )}
      </DetailPart>
    </>
  );
}
