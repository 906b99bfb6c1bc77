import { getRouteApi } from "@tanstack/react-router";
import { ArrowRight } from "lucide-react";
import { type ReactElement } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useQuery } from "urql";

import { useSave } from "@/components/records/use-save";
import { useTitle } from "@/components/ui/page";
import { Note } from "@/components/ui/states";
import { explain } from "@/graphql/client";
import { graphql } from "@/graphql/graphql";

import { ownAddress } from "./own-address";
import { SignIn, SignInForm } from "./sign-in-form";

const InstanceQuery = graphql(`
  query SignInPage {
    instance {
      version
      demoUsers {
        email
        password
        role
        label
      }
    }
  }
`);

const route = getRouteApi("/sign-in");

export function SignInPage(): ReactElement {
  useTitle("Sign in");
  const { to: asked } = route.useSearch();
  const to = asked === undefined ? undefined : ownAddress(asked);
  const [{ data, error }] = useQuery({ query: InstanceQuery });
  const demo = data?.instance.demoUsers ?? [];

  // A new page, so that nothing of an earlier user is left in memory.
  const enter = () => {
    location.assign(to ?? ownAddress("/") ?? "/");
  };

  return (
    <main className="flex min-h-dvh flex-col items-center px-4 py-[10vh]">
      <div className="flex w-full max-w-sm flex-col gap-6">
        <div>
          <img src="/favicon.svg" alt="" width={32} height={32} />
          <h1 className="mt-4 text-xl font-semibold tracking-tight">Sign in to Postrider</h1>
          <p className="mt-1 text-muted">
            Every conversion delivered to your tracker, with its full history.
          </p>
        </div>
        {to !== undefined && <p className="text-muted">You will return to the page you opened.</p>}
        {error && (
          <Note tone="failed" role="alert">
            {explain(error)}
          </Note>
        )}
        <div className="rounded-md border bg-surface p-4">
          <SignInForm onSignedIn={enter} />
        </div>
        {demo.length > 0 && (
          <section className="flex flex-col gap-2">
            <h2 className="text-sm font-medium">Or explore the demo data</h2>
            <ul className="flex flex-col gap-2">
              {demo.map((signIn) => (
                <li key={signIn.email}>
                  <DemoCard {...signIn} onSignedIn={enter} />
                </li>
              ))}
            </ul>
          </section>
        )}
        {data && <p className="text-xs text-muted">Postrider {data.instance.version}</p>}
      </div>
    </main>
  );
}

const roles: Record<string, string> = {
  ADMIN: "Admin",
  MANAGER: "Affiliate manager",
  AFFILIATE: "Affiliate",
};

function DemoCard({
  email,
  password,
  role,
  label,
  onSignedIn,
}: {
  email: string;
  password: string;
  role: string;
  label: string;
  onSignedIn: () => void;
}): ReactElement {
  const { errors, isSaving, save } = useSave(SignIn, "signIn");

  const press = async () => {
    if (await save({ email, password })) onSignedIn();
  };

  return (
    <>
      <AriaButton
        onPress={() => void press()}
        isPending={isSaving}
        className="group flex w-full items-center gap-3 rounded-md border bg-surface px-3 py-2.5 text-left hover:border-edge hover:bg-hover"
      >
        <span className="min-w-0 flex-1">
          <span className="block font-medium">{label}</span>
          <span className="block truncate text-xs text-muted">
            {roles[role] ?? role} · {email}
          </span>
        </span>
        <ArrowRight aria-hidden className="size-4 shrink-0 text-muted group-hover:text-accent" />
      </AriaButton>
      {errors.general !== null && (
        <p role="alert" className="pt-1 text-xs text-failed">
          {errors.general}
        </p>
      )}
    </>
  );
}
