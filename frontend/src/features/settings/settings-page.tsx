import { type ReactElement, useState } from "react";
import { useQuery } from "urql";

import { useAction, useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { ComboBox } from "@/components/ui/combo-box";
import { Fact, Facts } from "@/components/ui/facts";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { GeneralError } from "@/components/ui/general-error";
import { PageBody, PageHead, Panel } from "@/components/ui/page";
import { Segmented } from "@/components/ui/segmented";
import { Note } from "@/components/ui/states";
import { setTheme, type ThemeChoice, useTheme } from "@/components/ui/theme";
import { toast } from "@/components/ui/toast";
import { explain } from "@/graphql/client";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";
import { type FormErrors } from "@/graphql/user-errors";
import { useViewer } from "@/graphql/viewer";

import { ApiTokens } from "./api-tokens";

const ChangePassword = mutation(
  graphql(`
    mutation ChangePassword($input: ChangePasswordInput!) {
      changePassword(input: $input) {
        viewer {
          role
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "viewer.apiTokens",
);

const UpdateSettings = mutation(
  graphql(`
    mutation UpdateSettings($input: UpdateSettingsInput!) {
      updateSettings(input: $input) {
        viewer {
          user {
            id
            name
            timeZone
          }
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
);

const OwnNameQuery = graphql(`
  query OwnName {
    viewer {
      user {
        id
        name
      }
    }
  }
`);

export function SettingsPage(): ReactElement {
  const viewer = useViewer();
  return (
    <>
      <PageHead title="Settings" />
      <PageBody>
        {viewer && (
          <Panel title="Account">
            <Facts>
              <Fact name="Signed in as">{viewer.user.email}</Fact>
              <Fact name={viewer.affiliate ? "Affiliate" : "Role"}>
                {viewer.affiliate?.name ?? (viewer.role === "ADMIN" ? "Admin" : "Affiliate manager")}
              </Fact>
            </Facts>
            <OwnName />
          </Panel>
        )}
        <Panel title="Display">
          <div className="flex flex-col gap-4">
            <Theme />
            {viewer && <TimeZone key={viewer.user.timeZone} value={viewer.user.timeZone ?? ""} />}
          </div>
        </Panel>
        <ApiTokens />
        <Password email={viewer?.user.email ?? ""} />
      </PageBody>
    </>
  );
}

/** What others read in place of the e-mail. */
function OwnName(): ReactElement {
  const [{ data, error }] = useQuery({ query: OwnNameQuery });
  const name = data?.viewer ? (data.viewer.user.name ?? "") : undefined;
  if (error && name === undefined) {
    return (
      <Note tone="failed" role="alert">
        {explain(error)}
      </Note>
    );
  }
  // The field has its place from the start, so that nothing moves when the name comes.
  return <NameForm key={name} saved={name} />;
}

function NameForm({ saved }: { saved: string | undefined }): ReactElement {
  const [name, setName] = useState(saved ?? "");
  const { errors, isSaving, save } = useSave(UpdateSettings, "updateSettings", ["name"]);

  const submit = async () => {
    const payload = await save({ name });
    if (!payload) return;
    const now = payload.viewer?.user.name ?? "";
    toast(now === "" ? "Your e-mail stands for your name" : `Your name is ${now}`);
  };

  return (
    <Form className="mt-4 flex max-w-sm flex-col gap-3" onSubmit={() => void submit()}>
      <GeneralError text={errors.general} />
      <TextField
        label="Your name"
        hint="Shown to others in place of your e-mail."
        autoComplete="name"
        value={name}
        onChange={setName}
        isDisabled={saved === undefined}
        error={errors.fields["name"]}
      />
      <div>
        <Button type="submit" isPending={isSaving} isDisabled={saved === undefined || name.trim() === saved}>
          Save name
        </Button>
      </div>
    </Form>
  );
}

function Theme(): ReactElement {
  const theme = useTheme();
  return (
    <Segmented<ThemeChoice>
      label="Theme"
      value={theme}
      onChange={setTheme}
      choices={[
        { id: "light", label: "Light" },
        { id: "dark", label: "Dark" },
        { id: "system", label: "System" },
      ]}
    />
  );
}

const ownZone = "own";

function zoneChoices(): { id: string; label: string; hint?: string }[] {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return [
    { id: ownZone, label: "Browser time zone", hint: own },
    { id: "UTC", label: "UTC" },
    ...Intl.supportedValuesOf("timeZone")
      .filter((zone) => zone !== "UTC")
      .map((zone) => ({ id: zone, label: zone.replaceAll("_", " ") })),
  ];
}

function TimeZone({ value }: { value: string }): ReactElement {
  const [choices] = useState(zoneChoices);
  const { run } = useAction(UpdateSettings, "updateSettings");

  const set = async (id: string) => {
    if (!(await run({ timeZone: id === ownZone ? "" : id }))) return;
    toast(
      id === ownZone ? "Times are in the browser's time zone" : `Times are in ${id.replaceAll("_", " ")}`,
    );
  };

  return (
    <ComboBox
      label="Time zone"
      hint="Hover over any time to see it in UTC."
      choices={choices}
      value={value === "" ? ownZone : value}
      onChange={(id) => {
        if (id !== null && id !== (value || ownZone)) void set(id);
      }}
      className="max-w-sm"
    />
  );
}

function Password({ email }: { email: string }): ReactElement {
  const [currentPassword, setCurrent] = useState("");
  const [newPassword, setNew] = useState("");
  const [revokeTokens, setRevoke] = useState(true);
  const { errors, isSaving, save } = useSave(ChangePassword, "changePassword", [
    "currentPassword",
    "newPassword",
  ]);

  const submit = async () => {
    if (!(await save({ currentPassword, newPassword, revokeTokens }))) return;
    toast("Password changed");
    setCurrent("");
    setNew("");
  };

  return (
    <Panel title="Password">
      <Form className="flex max-w-sm flex-col gap-3" onSubmit={() => void submit()}>
        <GeneralError text={errors.general} />
        <Passwords
          email={email}
          current={currentPassword}
          onCurrent={setCurrent}
          next={newPassword}
          onNext={setNew}
          errors={errors.fields}
        />
        <Checkbox isSelected={revokeTokens} onChange={setRevoke}>
          Revoke my API tokens too <span className="text-muted">all other sessions end in any case</span>
        </Checkbox>
        <div>
          <Button
            type="submit"
            isPending={isSaving}
            isDisabled={currentPassword === "" || newPassword === ""}
          >
            Change password
          </Button>
        </div>
      </Form>
    </Panel>
  );
}

/** The old one and the new one, so that a password manager knows whose they are. */
function Passwords({
  email,
  current,
  onCurrent,
  next,
  onNext,
  errors,
}: {
  email: string;
  current: string;
  onCurrent: (password: string) => void;
  next: string;
  onNext: (password: string) => void;
  errors: FormErrors["fields"];
}): ReactElement {
  return (
    <>
      {/* Says to a password manager whose password it is. */}
      <input
        type="email"
        autoComplete="username"
        value={email}
        readOnly
        tabIndex={-1}
        aria-hidden
        className="sr-only"
      />
      <TextField
        type="password"
        label="Current password"
        autoComplete="current-password"
        value={current}
        onChange={onCurrent}
        isRequired
        error={errors["currentPassword"]}
      />
      <TextField
        type="password"
        label="New password"
        autoComplete="new-password"
        value={next}
        onChange={onNext}
        isRequired
        error={errors["newPassword"]}
      />
    </>
  );
}
