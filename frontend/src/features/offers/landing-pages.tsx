import { Plus } from "lucide-react";
import { type ReactElement, useState } from "react";

import { useSave } from "@/components/records/use-save";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { GeneralError } from "@/components/ui/general-error";
import { Panel } from "@/components/ui/page";
import { type Column, Table } from "@/components/ui/table";
import { toast } from "@/components/ui/toast";
import { useUnsavedValues } from "@/components/ui/unsaved";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

import { ArchiveLandingPage } from "./archive-landing-page";
import { DestinationCheck, useTry } from "./destination-check";
import type { LandingPage, Offer } from "./one-offer";

const CreatePage = mutation(
  graphql(`
    mutation StaffCreatePage($input: CreateLandingPageInput!) {
      createLandingPage(input: $input) {
        landingPage {
          id
          key
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "offers",
  "node",
);

const UpdatePage = mutation(
  graphql(`
    mutation StaffUpdatePage($input: UpdateLandingPageInput!) {
      updateLandingPage(input: $input) {
        landingPage {
          id
          key
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "offers",
  "node",
);

/** The pages of an offer that a link can name with lp=, each with its last try. */
export function LandingPages({ offer }: { offer: Offer }): ReactElement {
  const [editing, setEditing] = useState<LandingPage | "new" | null>(null);
  const { tryNow } = useTry();
  return (
    <Panel
      title="Landing pages"
      flush
      aside={
        <Button
          size="sm"
          icon={Plus}
          onPress={() => {
            setEditing("new");
          }}
        >
          New landing page
        </Button>
      }
    >
      {offer.landingPages.length === 0 ? (
        <p className="p-4 text-muted">None: every click goes to the destination.</p>
      ) : (
        <Table
          label="Landing pages"
          columns={pageColumns(setEditing)}
          rows={offer.landingPages.toSorted(
            (a, b) => Number(a.archivedAt !== null) - Number(b.archivedAt !== null),
          )}
          rowId={(row) => row.id}
        />
      )}
      <Dialog
        title={editing === "new" ? "New landing page" : "Landing page"}
        isOpen={editing !== null}
        onClose={() => {
          setEditing(null);
        }}
      >
        {editing !== null && (
          <PageForm
            offerId={offer.id}
            page={editing === "new" ? null : editing}
            onSaved={(id, name) => {
              setEditing(null);
              toast(`Saved landing page ${name}`);
              if (id !== undefined) tryNow(id);
            }}
          />
        )}
      </Dialog>
    </Panel>
  );
}

function pageColumns(onEdit: (page: LandingPage) => void): Column<LandingPage>[] {
  return [
    {
      id: "name",
      header: "Landing page",
      lead: true,
      cell: (row) => (
        <Button
          size="sm"
          look="quiet"
          className="-ml-2 pointer-coarse:-ml-3"
          onPress={() => {
            onEdit(row);
          }}
        >
          {row.name}
        </Button>
      ),
    },
    {
      id: "state",
      header: "State",
      trail: true,
      cell: (row) => row.archivedAt !== null && <Badge>Archived</Badge>,
    },
    {
      id: "key",
      header: "lp",
      cell: (row) => (
        <span translate="no" className="font-mono text-sm">
          {row.key}
        </span>
      ),
    },
    {
      id: "url",
      header: "URL",
      cell: (row) => (
        <span translate="no" className="font-mono text-sm break-all text-muted">
          {row.url}
        </span>
      ),
    },
    {
      id: "check",
      header: "Last try",
      label: "last try",
      cell: (row) => <DestinationCheck check={row.check} id={row.id} name={row.name} />,
    },
    {
      id: "actions",
      header: "Actions",
      cell: (row) => (
        <span className="flex flex-wrap gap-2">
          <ArchiveLandingPage page={row} />
        </span>
      ),
    },
  ];
}

const pageFields = ["key", "name", "url"];

function PageForm({
  offerId,
  page,
  onSaved,
}: {
  offerId: string;
  page: LandingPage | null;
  onSaved: (id: string | undefined, name: string) => void;
}): ReactElement {
  const [key, setKey] = useState(page?.key ?? "");
  const [name, setName] = useState(page?.name ?? "");
  const [url, setUrl] = useState(page?.url ?? "");
  const create = useSave(CreatePage, "createLandingPage", pageFields);
  const update = useSave(UpdatePage, "updateLandingPage", pageFields);
  const { errors, isSaving } = page ? update : create;
  useUnsavedValues({ key, name, url });
  return (
    <Form
      className="flex flex-col gap-4"
      onSubmit={() => {
        const input = { key, name, url };
        void (page ? update.save({ id: page.id, ...input }) : create.save({ offerId, ...input })).then(
          (payload) => {
            if (payload) onSaved(payload.landingPage?.id, name);
          },
        );
      }}
    >
      <GeneralError text={errors.general} />
      <TextField
        label="Name"
        value={name}
        onChange={setName}
        isRequired
        autoFocus
        error={errors.fields["name"]}
      />
      <TextField
        label="Key"
        hint="Value of lp= in the link."
        mono
        value={key}
        onChange={setKey}
        isRequired
        error={errors.fields["key"]}
      />
      <TextField
        label="URL"
        mono
        value={url}
        onChange={setUrl}
        placeholder="https://play.operator.example/welcome?cid={click_id}"
        isRequired
        error={errors.fields["url"]}
      />
      <div className="flex justify-end">
        <Button type="submit" look="primary" isPending={isSaving}>
          Save
        </Button>
      </div>
    </Form>
  );
}
