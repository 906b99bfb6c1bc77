import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Eye } from "lucide-react";
import { type ReactElement, useState } from "react";
import { useQuery } from "urql";

import { FilterBar, ListFrame } from "@/components/records/list-page";
import { ListWithDetail } from "@/components/records/list-with-detail";
import { Listing, PagedListing } from "@/components/records/listing";
import { usePaged } from "@/components/records/use-paged";
import { Button } from "@/components/ui/button";
import { DialogButton } from "@/components/ui/dialog-button";
import { None } from "@/components/ui/none";
import { PageHead } from "@/components/ui/page";
import { SearchBox } from "@/components/ui/search-box";
import { Segmented } from "@/components/ui/segmented";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { aboveRowLink, type Column, rowLinkClass, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toast";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { viewAs } from "@/graphql/looking";
import { useViewer } from "@/graphql/viewer";

import { AffiliateForm } from "./affiliate-form";
import type { AffiliatesSearch } from "./search";
import { type Fresh, FreshPassword, UserForm } from "./user-form";
import { UserParts } from "./user-mutations";
import { Users } from "./users";

const AffiliatesQuery = graphql(`
  query StaffAffiliates($after: String, $search: String, $archived: Boolean) {
    affiliates(first: 50, after: $after, search: $search, archived: $archived) {
      edges {
        node {
          id
          name
          createdAt
          manager {
            name
            email
          }
          users {
            id
            disabledAt
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const StaffQuery = graphql(
  `
    query StaffUsers {
      staff {
        id
        ...UserParts
      }
    }
  `,
  [UserParts],
);

const affiliatePages = {
  query: AffiliatesQuery,
  list: (data: ResultOf<typeof AffiliatesQuery>) => data.affiliates,
};

type Affiliate = NonNullable<ResultOf<typeof AffiliatesQuery>["affiliates"]>["edges"][number]["node"];

const route = getRouteApi("/shell/staff/affiliates");

export function AffiliatesPage(): ReactElement {
  const search = route.useSearch();
  const navigate = useNavigate();
  return (
    <ListWithDetail
      label="Affiliate"
      renderList={(id) => <List search={search} selectedId={id} />}
      onClose={() => {
        void navigate({ to: "/staff/affiliates", search });
      }}
    />
  );
}

function List({ search, selectedId }: { search: AffiliatesSearch; selectedId: string | null }): ReactElement {
  const navigate = useNavigate();
  const set = (change: Partial<AffiliatesSearch>) => {
    void navigate({ to: "/staff/affiliates", search: { ...search, ...change }, replace: true });
  };
  const create = (
    <DialogButton
      look="primary"
      label="New affiliate"
      renderContent={(close) => (
        <AffiliateForm
          onSaved={(id, name) => {
            close();
            toast(`Created affiliate ${name}, with a link for every offer`);
            void navigate({ to: "/staff/affiliates/$id", params: { id }, search });
          }}
        />
      )}
    />
  );
  return (
    <ListFrame>
      <PageHead title="Affiliates" aside={create}>
        Affiliates, their managers, and the users who sign in.
      </PageHead>
      <FilterBar>
        <Segmented
          label="Whose"
          hideLabel
          value={search.of ?? "affiliates"}
          onChange={(of) => {
            set({ of: of === "affiliates" ? undefined : of });
          }}
          choices={[
            { id: "affiliates", label: "Affiliates" },
            { id: "archived", label: "Archived" },
            { id: "staff", label: "Staff" },
          ]}
        />
        {search.of !== "staff" && (
          <SearchBox
            label="Search affiliates"
            placeholder="A part of the name"
            value={search.q ?? ""}
            onChange={(q) => {
              set({ q: q === "" ? undefined : q });
            }}
            className="w-full sm:w-72"
          />
        )}
      </FilterBar>
      {search.of === "staff" ? (
        <Staff />
      ) : (
        <Affiliates
          key={`${search.of ?? ""} ${search.q ?? ""}`}
          search={search}
          selectedId={selectedId}
          create={create}
        />
      )}
    </ListFrame>
  );
}

function Affiliates({
  search,
  selectedId,
  create,
}: {
  search: AffiliatesSearch;
  selectedId: string | null;
  create: ReactElement;
}): ReactElement {
  const list = usePaged(affiliatePages, {
    archived: search.of === "archived",
    ...(search.q !== undefined && { search: search.q }),
  });
  return (
    <PagedListing
      what="The affiliates"
      list={list}
      empty={
        search.q === undefined && search.of === "archived"
          ? { title: "No archived affiliate", words: "Archive an affiliate where it is shown." }
          : search.q === undefined
            ? {
                title: "No affiliate yet",
                words: "An affiliate owns campaigns and postbacks.",
                action: create,
              }
            : { title: "No affiliate matches", words: "The search looks for a part of the name." }
      }
    >
      <Table
        label="Affiliates"
        columns={columns(search, selectedId)}
        rows={list.rows}
        rowId={(row) => row.id}
        loading={list.fetching && list.rows.length === 0}
        selectedId={selectedId ?? undefined}
      />
    </PagedListing>
  );
}

const sinceColumn: Column<Affiliate> = {
  id: "since",
  header: "Since",
  deskOnly: true,
  cell: (row) => (
    <span className="text-muted">
      <Time at={row.createdAt} form="day" />
    </span>
  ),
};

function columns(search: AffiliatesSearch, selectedId: string | null): Column<Affiliate>[] {
  return [
    {
      id: "name",
      header: "Affiliate",
      lead: true,
      cell: (row) => (
        <Link
          to="/staff/affiliates/$id"
          params={{ id: row.id }}
          search={search}
          replace={selectedId !== null}
          className={rowLinkClass}
        >
          {row.name}
        </Link>
      ),
    },
    {
      id: "users",
      header: "Users",
      align: "right",
      label: "users",
      cell: (row) => (row.users ?? []).filter((user) => user.disabledAt === null).length,
    },
    {
      id: "manager",
      header: "Manager",
      label: "manager",
      cell: (row) => (row.manager ? row.manager.name || row.manager.email : <None />),
    },
    ...(selectedId === null ? [sinceColumn] : []),
    {
      id: "view",
      header: "Actions",
      align: "right",
      trail: true,
      cell: (row) => (
        <span className={aboveRowLink}>
          <Button
            size="sm"
            icon={Eye}
            onPress={() => {
              viewAs(row.id);
            }}
          >
            View as <span className="sr-only">{row.name}</span>
          </Button>
        </span>
      ),
    },
  ];
}

/** The network's users. */
function Staff(): ReactElement {
  const viewer = useViewer();
  const [fresh, setFresh] = useState<Fresh | null>(null);
  const [{ data, error }, ask] = useQuery({ query: StaffQuery, requestPolicy: "cache-and-network" });
  const again = () => {
    ask({ requestPolicy: "network-only" });
  };
  return (
    <Listing
      what="The staff"
      error={data ? undefined : error}
      isEmpty={false}
      empty={{ title: "", words: "" }}
      onRetry={again}
    >
      {viewer?.role === "ADMIN" && (
        <p className="px-4 pb-3">
          <DialogButton
            label="New user"
            title="New user: staff"
            renderContent={(close) => (
              <UserForm
                affiliateId={null}
                onMade={(made) => {
                  close();
                  setFresh(made);
                  again();
                }}
              />
            )}
          />
        </p>
      )}
      <div className="border-y">
        {data ? (
          <Users users={data.staff ?? []} of="staff" viewer={viewer} onChanged={again} />
        ) : (
          <SkeletonBlock label="Loading the staff" lines={4} />
        )}
      </div>
      <FreshPassword
        fresh={fresh}
        onClose={() => {
          setFresh(null);
        }}
      />
    </Listing>
  );
}
