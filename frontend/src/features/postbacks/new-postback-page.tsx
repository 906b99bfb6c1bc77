import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { type ReactElement, useState } from "react";
import { useMutation } from "urql";

import { PageBody, PageHead } from "@/components/ui/page";
import { plural } from "@/components/ui/format";
import { toast } from "@/components/ui/toast";
import { explain } from "@/graphql/client";
import { formErrors, noErrors } from "@/graphql/user-errors";

import { type Draft, missing, newDraft, toCreateInput } from "./draft";
import { CreatePostback } from "./mutations";
import { PostbackForm } from "./postback-form";

const route = getRouteApi("/shell/postbacks/new");

export const fieldNames = [
  "urlTemplate",
  "goals",
  "goal",
  "statuses",
  "offerId",
  "campaignId",
  "name",
  "bodyRule",
];

export function NewPostbackPage(): ReactElement {
  const { campaign, offer, goal } = route.useSearch();
  const navigate = useNavigate();
  const [draft, setDraft] = useState<Draft>({
    ...newDraft,
    scope: campaign !== undefined ? "CAMPAIGN" : offer !== undefined ? "OFFER" : "GLOBAL",
    campaignId: campaign ?? null,
    offerId: offer ?? null,
    goals: goal === undefined ? [] : [goal],
  });
  const [errors, setErrors] = useState(noErrors);
  const [{ fetching }, create] = useMutation(CreatePostback);

  const submit = async () => {
    const fields = missing(draft);
    if (Object.keys(fields).length > 0) {
      setErrors({ fields, general: "Something is still missing; it is marked below." });
      return;
    }
    setErrors(noErrors);
    const { data, error } = await create({ input: toCreateInput(draft) });
    const made = data?.createPostback.postbacks ?? [];
    const [first] = made;
    if (first) {
      toast(`Created ${plural(made.length, "postback", "postbacks")} to ${first.host}`);
      await (made.length === 1
        ? navigate({ to: "/postbacks/$id", params: { id: first.id } })
        : navigate({ to: "/postbacks" }));
      return;
    }
    setErrors(
      error
        ? { fields: {}, general: explain(error) }
        : formErrors(data?.createPostback.userErrors ?? [], fieldNames),
    );
  };

  return (
    <>
      <PageHead title="New postback">
        <Link to="/postbacks" className="link inline-flex items-center gap-1">
          <ArrowLeft aria-hidden className="size-3.5" />
          Postbacks
        </Link>
      </PageHead>
      <PageBody>
        <PostbackForm
          draft={draft}
          onChange={setDraft}
          errors={errors}
          onSubmit={() => void submit()}
          isSaving={fetching}
          submitLabel={
            draft.goals.length > 1 ? `Create ${String(draft.goals.length)} postbacks` : "Create the postback"
          }
          severalGoals
        />
      </PageBody>
    </>
  );
}
