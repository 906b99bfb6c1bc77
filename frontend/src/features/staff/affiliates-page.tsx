import { Eye, Plus } from "lucide-react";
import { type ReactElement, useState } from "react";

import { PagedListing } from "@/components/records/listing";
import { usePaged } from "@/components/records/use-paged";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { CodeBlock } from "@/components/ui/code-block";
import { Confirm, Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { PageBody, PageHead, Panel } from "@/components/ui/page";
import { Segmented } from "@/components/ui/segmented";
import { type Column, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toast";
import { useUnsavedValues } from "@/components/ui/unsaved";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";
import { viewAs } from "@/graphql/looking";
import { useViewer } from "@/graphql/viewer";

import { GeneralError } from "./parts";
import { useSave } from "./use-save";

const AffiliatesQuery = graphql(`
  query StaffAffiliates($after: String) {
    affiliates(first: 100, after: $after) {
      edges {
        node {
          id
          name
          createdAt
          users {
            id
            email
            role
            lastSignInAt
            disabledAt
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
    staff {
      id
      email
      role
      lastSignInAt
      disabledAt
    }
  }
`);

const affiliatePages = {
  query: AffiliatesQuery,
  list: (data: ResultOf<typeof AffiliatesQuery>) => data.affiliates,
};

const SaveAffiliate = mutation(
  graphql(`
    mutation StaffSaveAffiliate($input: SaveAffiliateInput!) {
      saveAffiliate(input: $input) {
        affiliate {
          id
          name
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "affiliates",
);

const CreateUser = mutation(
  graphql(`
    mutation StaffCreateUser($input: CreateUserInput!) {
      createUser(input: $input) {
        password
        user {
          id
          email
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "affiliates",
  "staff",
);

const SetDisabled = mutation(
  graphql(`
    mutation StaffSetDisabled($input: SetUserDisabledInput!) {
      setUserDisabled(input: $input) {
        user {
          id
          disabledAt
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
);

const ResetPassword = mutation(
  graphql(`
    mutation StaffResetPassword($input: ResetPasswordInput!) {
      resetPassword(input: $input) {
        password
        userErrors {
          field
          message
        }
      }
    }
  `),
);

type User = NonNullable<ResultOf<typeof AffiliatesQuery>["staff"]>[number];

interface Fresh {
  email: string;
  password: string;
}

type Asked = { kind: "affiliate" } | { kind: "user"; affiliateId: string | null; name: string };

export function AffiliatesPage(): ReactElement {
  const [asked, setAsked] = useState<Asked | null>(null);
  const [fresh, setFresh] = useState<Fresh | null>(null);
  const isAdmin = useViewer()?.role === "ADMIN";
  const list = usePaged(affiliatePages, {});
  const create = (
    <Button
      look="primary"
      icon={Plus}
      onPress={() => {
        setAsked({ kind: "affiliate" });
      }}
    >
      New affiliate
    </Button>
  );
  const signIn = (affiliateId: string | null, name: string) => (
    <Button
      size="sm"
      icon={Plus}
      onPress={() => {
        setAsked({ kind: "user", affiliateId, name });
      }}
    >
      {" "}
      New user{" "}
    </Button>
  );
  return (
    <>
      <PageHead title="Affiliates" aside={create}>
        Affiliates and the users who sign in for them.
      </PageHead>
      <PageBody className="max-w-5xl">
        <PagedListing
          what="The affiliates"
          list={list}
          empty={{
            title: "No affiliate yet",
            words: "An affiliate owns campaigns and postbacks.",
            action: create,
          }}
        >
          {list.rows.map((affiliate) => (
            <Panel
              key={affiliate.id}
              flush
              title={affiliate.name}
              aside={
                <span className="flex flex-wrap gap-2">
                  <Button
                    size="sm"
                    icon={Eye}
                    onPress={() => {
                      viewAs(affiliate.id);
                    }}
                  >
                    View as <span className="sr-only">{affiliate.name}</span>
                  </Button>
                  {signIn(affiliate.id, affiliate.name)}
                </span>
              }
            >
              <Users
                users={affiliate.users ?? []}
                of={affiliate.name}
                onChanged={list.refetch}
                onPassword={setFresh}
              />
            </Panel>
          ))}
          {list.data?.staff && (
            <Panel flush title="Staff" aside={isAdmin ? signIn(null, "staff") : undefined}>
              <Users users={list.data.staff} of="staff" onChanged={list.refetch} onPassword={setFresh} />
            </Panel>
          )}
        </PagedListing>
      </PageBody>
      <Dialog
        title={asked?.kind === "user" ? `New user: ${asked.name}` : "New affiliate"}
        isOpen={asked !== null}
        onClose={() => {
          setAsked(null);
        }}
      >
        {asked?.kind === "affiliate" && (
          <AffiliateForm
            onSaved={(name) => {
              setAsked(null);
              toast(`Created affiliate ${name}, with a link for every offer`);
              list.refetch();
            }}
          />
        )}
        {asked?.kind === "user" && (
          <UserForm
            affiliateId={asked.affiliateId}
            onMade={(made) => {
              setAsked(null);
              setFresh(made);
              list.refetch();
            }}
          />
        )}
      </Dialog>
      <Dialog
        title="Password (shown once)"
        isOpen={fresh !== null}
        onClose={() => {
          setFresh(null);
        }}
      >
        {fresh && (
          <div className="flex flex-col gap-3">
            <p>
              Password of <strong>{fresh.email}</strong>. It is not stored in plain text: copy it now.
            </p>
            <CodeBlock what="password" code={fresh.password} wrap />
          </div>
        )}
      </Dialog>
    </>
  );
}

function Users({
  users,
  of,
  onChanged,
  onPassword,
}: {
  users: readonly User[];
  of: string;
  onChanged: () => void;
  onPassword: (fresh: Fresh) => void;
}): ReactElement {
  const [asked, setAsked] = useState<{ user: User; what: "disable" | "reset" } | null>(null);
  const disable = useSave(SetDisabled, "setUserDisabled");
  const reset = useSave(ResetPassword, "resetPassword");
  const setDisabled = (user: User, disabled: boolean) => {
    void disable.save({ id: user.id, disabled }).then((payload) => {
      if (!payload) return;
      setAsked(null);
      onChanged();
    });
  };
  const columns: Column<User>[] = [
    { id: "email", header: "User", lead: true, width: "32%", cell: (row) => row.email },
    {
      id: "state",
      header: "State",
      trail: true,
      width: "14%",
      cell: (row) =>
        row.disabledAt === null ? (
          <Badge tone="delivered">Active</Badge>
        ) : (
          <Badge tone="failed">Disabled</Badge>
        ),
    },
    { id: "role", header: "Role", width: "12%", cell: (row) => row.role.toLowerCase() },
    {
      id: "last",
      header: "Last sign-in",
      deskOnly: true,
      width: "20%",
      cell: (row) =>
        row.lastSignInAt === null ? (
          <span className="text-faint">Never</span>
        ) : (
          <Time at={row.lastSignInAt} />
        ),
    },
    {
      id: "do",
      header: "Actions",
      align: "right",
      cell: (row) => (
        <span className="flex flex-wrap justify-end gap-2">
          <Button
            size="sm"
            look="quiet"
            onPress={() => {
              setAsked({ user: row, what: "reset" });
            }}
          >
            {" "}
            Reset password{" "}
          </Button>
          <Button
            size="sm"
            look="quiet"
            onPress={() => {
              if (row.disabledAt === null) setAsked({ user: row, what: "disable" });
              else setDisabled(row, false);
            }}
          >
            {row.disabledAt === null ? "Disable" : "Enable"}
          </Button>
        </span>
      ),
    },
  ];
  if (users.length === 0) return <p className="p-4 text-muted">No users yet.</p>;
  return (
    <>
      <Table label={`Users: ${of}`} columns={columns} rows={users} rowId={(row) => row.id} />
      <Confirm
        title={asked?.what === "disable" ? "Disable user" : "Reset password"}
        isOpen={asked !== null}
        onClose={() => {
          setAsked(null);
        }}
        action={asked?.what === "disable" ? `Disable ${asked.user.email}` : "Reset password"}
        danger={asked?.what === "disable"}
        isPending={disable.isSaving || reset.isSaving}
        onConfirm={() => {
          if (!asked) return;
          if (asked.what === "disable") {
            setDisabled(asked.user, true);
            return;
          }
          void reset.save({ id: asked.user.id }).then((payload) => {
            if (payload?.password == null) return;
            onPassword({ email: asked.user.email, password: payload.password });
            setAsked(null);
          });
        }}
      >
        <GeneralError text={disable.errors.general ?? reset.errors.general} />
        <p>
          {asked?.what === "disable"
            ? "All sessions and API tokens are revoked at once, for good. Once enabled again, the user signs in and creates new tokens."
            : "The old password stops working at once; all sessions and API tokens are revoked."}
        </p>
      </Confirm>
    </>
  );
}

function AffiliateForm({ onSaved }: { onSaved: (name: string) => void }): ReactElement {
  const [name, setName] = useState("");
  const { errors, isSaving, save } = useSave(SaveAffiliate, "saveAffiliate", ["name"]);
  useUnsavedValues({ name });
  return (
    <Form
      className="flex flex-col gap-4"
      onSubmit={() => {
        void save({ name }).then((payload) => {
          if (payload?.affiliate) onSaved(payload.affiliate.name);
        });
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
      <div className="flex justify-end">
        <Button type="submit" look="primary" isPending={isSaving}>
          Create affiliate
        </Button>
      </div>
    </Form>
  );
}

function UserForm({
  affiliateId,
  onMade,
}: {
  affiliateId: string | null;
  onMade: (fresh: Fresh) => void;
}): ReactElement {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<"MANAGER" | "ADMIN">("MANAGER");
  const { errors, isSaving, save } = useSave(CreateUser, "createUser", ["email", "role"]);
  useUnsavedValues({ email, role });
  const submit = async () => {
    const payload = await save(
      affiliateId === null ? { email, role } : { email, role: "AFFILIATE" as const, affiliateId },
    );
    if (payload?.user && payload.password !== null)
      onMade({ email: payload.user.email, password: payload.password });
  };
  return (
    <Form className="flex flex-col gap-4" onSubmit={() => void submit()}>
      <GeneralError text={errors.general} />
      <TextField
        label="E-mail"
        type="email"
        value={email}
        onChange={setEmail}
        isRequired
        autoFocus
        error={errors.fields["email"]}
      />
      {affiliateId === null && (
        <Segmented
          label="Role"
          value={role}
          onChange={setRole}
          error={errors.fields["role"]}
          choices={[
            { id: "MANAGER", label: "Manager" },
            { id: "ADMIN", label: "Admin" },
          ]}
        />
      )}
      <div className="flex justify-end">
        <Button type="submit" look="primary" isPending={isSaving}>
          Create user
        </Button>
      </div>
    </Form>
  );
}
