import { type ReactElement, useState } from "react";

import { useSave } from "@/components/records/use-save";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Confirm, Dialog } from "@/components/ui/dialog";
import { GeneralError } from "@/components/ui/general-error";
import { Time } from "@/components/ui/time";
import type { ResultOf } from "@/graphql/graphql";
import type { Viewer } from "@/graphql/viewer";

import { EditUser } from "./edit-user";
import { type Fresh, FreshPassword } from "./user-form";
import { ResetPassword, SetDisabled, type UserParts } from "./user-mutations";

type User = ResultOf<typeof UserParts>;

/** What is done to users: who is asked about, and what is wrong with the answer. */
function useUserChanges(onChanged: () => void) {
  const [asked, setAsked] = useState<{ user: User; what: "disable" | "reset" } | null>(null);
  const [fresh, setFresh] = useState<Fresh | null>(null);
  const disable = useSave(SetDisabled, "setUserDisabled", [], asked);
  const reset = useSave(ResetPassword, "resetPassword", [], asked);
  const setDisabled = (user: User, disabled: boolean) => {
    void disable.save({ id: user.id, disabled }).then((payload) => {
      if (!payload) return;
      setAsked(null);
      onChanged();
    });
  };
  const confirm = () => {
    if (!asked) return;
    if (asked.what === "disable") {
      setDisabled(asked.user, true);
      return;
    }
    void reset.save({ id: asked.user.id }).then((payload) => {
      if (payload?.password == null) return;
      setFresh({ email: asked.user.email, password: payload.password });
      setAsked(null);
    });
  };
  return {
    asked,
    setAsked,
    fresh,
    setFresh,
    setDisabled,
    confirm,
    error: disable.errors.general ?? reset.errors.general,
    isSaving: disable.isSaving || reset.isSaving,
  };
}

/** Users who sign in for an affiliate, or for the network. */
export function Users({
  users,
  of,
  viewer,
  onChanged,
}: {
  users: readonly User[];
  of: string;
  /** Who looks at them. */
  viewer: Viewer | null;
  onChanged: () => void;
}): ReactElement {
  const { asked, setAsked, fresh, setFresh, setDisabled, confirm, error, isSaving } =
    useUserChanges(onChanged);
  const [editing, setEditing] = useState<User | null>(null);
  if (users.length === 0) return <p className="p-4 text-muted">No users yet: nobody can sign in.</p>;
  return (
    <>
      {asked === null && error !== null && (
        <div className="px-4 py-2">
          <GeneralError text={error} />
        </div>
      )}
      <ul aria-label={`Users: ${of}`} className="divide-y">
        {users.map((user) => (
          <Row
            key={user.id}
            user={user}
            forbidden={whyForbidden(user, viewer)}
            onEdit={() => {
              setEditing(user);
            }}
            onReset={() => {
              setAsked({ user, what: "reset" });
            }}
            onDisable={() => {
              if (user.disabledAt === null) setAsked({ user, what: "disable" });
              else setDisabled(user, false);
            }}
          />
        ))}
      </ul>
      <Confirm
        title={asked?.what === "disable" ? "Disable user" : "Reset password"}
        isOpen={asked !== null}
        onClose={() => {
          setAsked(null);
        }}
        action={asked?.what === "disable" ? `Disable ${asked.user.email}` : "Reset password"}
        danger={asked?.what === "disable"}
        isPending={isSaving}
        onConfirm={confirm}
      >
        <GeneralError text={error} />
        <p>
          {asked?.what === "disable"
            ? "All sessions and API tokens are revoked at once, for good. Once enabled again, the user signs in and creates new tokens."
            : "The old password stops working at once; all sessions and API tokens are revoked."}
        </p>
      </Confirm>
      <Dialog
        title={editing?.email ?? "User"}
        isOpen={editing !== null}
        onClose={() => {
          setEditing(null);
        }}
      >
        {editing !== null && (
          <EditUser
            user={editing}
            onDone={() => {
              setEditing(null);
              onChanged();
            }}
          />
        )}
      </Dialog>
      <FreshPassword
        fresh={fresh}
        onClose={() => {
          setFresh(null);
        }}
      />
    </>
  );
}

/** Why the viewer cannot change a user; null where he can. */
function whyForbidden({ id, role }: User, viewer: Viewer | null): string | null {
  if (viewer?.user.id === id)
    return "This is you. Nobody can disable himself; your password is in your settings.";
  if (role !== "AFFILIATE" && viewer?.role !== "ADMIN") return "Only admins change staff users.";
  return null;
}

function Row({
  user,
  forbidden,
  onEdit,
  onReset,
  onDisable,
}: {
  user: User;
  forbidden: string | null;
  onEdit: () => void;
  onReset: () => void;
  onDisable: () => void;
}): ReactElement {
  const why = `why-not-${user.id}`;
  const described = forbidden === null ? {} : { isDisabled: true, "aria-describedby": why };
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1.5 px-4 py-2.5">
      <span className="min-w-0 flex-1 basis-52">
        <span className="block font-medium break-words">{user.name ?? user.email}</span>
        <span className="block text-sm break-words text-muted">
          {user.name !== null && `${user.email} · `}
          {user.role.toLowerCase()} ·{" "}
          {user.lastSignInAt === null ? (
            "never signed in"
          ) : (
            <>
              last sign-in <Time at={user.lastSignInAt} />
            </>
          )}
        </span>
      </span>
      {user.disabledAt === null ? (
        <Badge tone="delivered">Active</Badge>
      ) : (
        <Badge tone="failed">Disabled</Badge>
      )}
      <span className="flex flex-wrap gap-2">
        <Button size="sm" aria-label={`Edit ${user.email}`} onPress={onEdit} {...described}>
          Edit
        </Button>
        <Button size="sm" onPress={onReset} {...described}>
          Reset password
        </Button>
        <Button size="sm" onPress={onDisable} {...described}>
          {user.disabledAt === null ? "Disable" : "Enable"}
        </Button>
      </span>
      {forbidden !== null && (
        <span id={why} className="basis-full text-sm text-muted">
          {forbidden}
        </span>
      )}
    </li>
  );
}
