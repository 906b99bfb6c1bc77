import type { ReactElement } from "react";
import { useQuery } from "urql";

import { useCampaignChoices, useGoalChoices, useOfferChoices } from "@/components/records/choices";
import { Button } from "@/components/ui/button";
import { Checkbox, CheckboxGroup } from "@/components/ui/checkbox";
import { ComboBox } from "@/components/ui/combo-box";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { Panel } from "@/components/ui/page";
import { Segmented } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";
import { Note } from "@/components/ui/states";
import { Switch } from "@/components/ui/switch";
import { graphql } from "@/graphql/graphql";
import type { FormErrors } from "@/graphql/user-errors";

import { type Draft, inWords, type RuleKind, type Scope, type Status } from "./draft";
import { PreviewPanel } from "./preview";

const MacrosQuery = graphql(`
  query Macros {
    macros {
      name
      group
      meaning
      example
    }
  }
`);

const statuses: readonly { id: Status; label: string }[] = [
  { id: "PENDING", label: "Pending" },
  { id: "APPROVED", label: "Approved" },
  { id: "REJECTED", label: "Rejected" },
  { id: "CANCELLED", label: "Cancelled" },
];

const rules: readonly { id: RuleKind; label: string; hint: string }[] = [
  { id: "NONE", label: "Any 2xx is delivered", hint: "What most trackers need" },
  { id: "CONTAINS", label: "The body must contain", hint: "Else it counts as refused" },
  { id: "NOT_CONTAINS", label: "The body must not contain", hint: "If it does, it counts as refused" },
  { id: "JSON_FIELD", label: "A JSON field must equal", hint: "For trackers that answer 200 to everything" },
];

interface PostbackFormProps {
  draft: Draft;
  onChange: (draft: Draft) => void;
  errors: FormErrors;
  onSubmit: () => void;
  isSaving: boolean;
  submitLabel: string;
  /** A new postback can have several goals: one is made for each. */
  severalGoals: boolean;
}

/** Everything that can be set of a postback, and live under the template what the server makes of it. */
export function PostbackForm(props: PostbackFormProps): ReactElement {
  const { draft, onChange, errors, severalGoals } = props;
  const goals = useGoalChoices();
  const offers = useOfferChoices();
  const campaigns = useCampaignChoices();
  const set = (change: Partial<Draft>) => {
    onChange({ ...draft, ...change });
  };
  const place =
    draft.scope === "OFFER"
      ? offers.find((o) => o.id === draft.offerId)
      : draft.scope === "CAMPAIGN"
        ? campaigns.find((c) => c.id === draft.campaignId)
        : undefined;
  const goalNames = draft.goals.map((key) => goals.find((g) => g.id === key)?.label ?? key);

  return (
    <Form className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_24rem]" onSubmit={props.onSubmit}>
      <div className="flex min-w-0 flex-col gap-4">
        {errors.general !== null && (
          <Note tone="failed" role="alert">
            {errors.general}
          </Note>
        )}
        <Panel title="Where it goes">
          <div className="flex flex-col gap-4">
            <TextField
              label="URL"
              hint="Your tracker's postback URL, with our macros in place of its values."
              placeholder="https://your-tracker.example/postback?cid={param_1}&payout={payout}"
              value={draft.urlTemplate}
              onChange={(urlTemplate) => {
                set({ urlTemplate: urlTemplate.replaceAll(/[\r\n]+/g, "") });
              }}
              rows={4}
              mono
              spellCheck="false"
              autoComplete="off"
              error={errors.fields["urlTemplate"]}
            />
            <PreviewPanel urlTemplate={draft.urlTemplate} />
            <Macros
              onInsert={(macro) => {
                set({ urlTemplate: `${draft.urlTemplate}{${macro}}` });
              }}
            />
          </div>
        </Panel>
        <Panel title="How it is sent">
          <div className="flex flex-col gap-4">
            <Segmented
              label="Method"
              value={draft.method}
              onChange={(method) => {
                set({ method });
              }}
              choices={[
                { id: "GET", label: "GET" },
                { id: "POST", label: "POST" },
              ]}
              hint={
                draft.method === "POST"
                  ? "The query's values go as a JSON body, signed in the way of Standard Webhooks."
                  : "The values go in the URL, as most trackers read them."
              }
            />
            <Select
              label="What counts as delivered"
              choices={rules}
              value={draft.rule}
              onChange={(rule) => {
                set({ rule: rule as RuleKind });
              }}
              error={errors.fields["bodyRule"]}
            />
            {draft.rule !== "NONE" && (
              <div className="flex flex-wrap gap-3">
                {draft.rule === "JSON_FIELD" && (
                  <TextField
                    label="JSON field"
                    placeholder="result.status"
                    value={draft.rulePath}
                    onChange={(rulePath) => {
                      set({ rulePath });
                    }}
                    mono
                    className="min-w-40 flex-1"
                  />
                )}
                <TextField
                  label={draft.rule === "JSON_FIELD" ? "Equals" : "Text"}
                  placeholder="OK"
                  value={draft.ruleValue}
                  onChange={(ruleValue) => {
                    set({ ruleValue });
                  }}
                  mono
                  className="min-w-40 flex-1"
                />
              </div>
            )}
          </div>
        </Panel>
      </div>
      <div className="flex min-w-0 flex-col gap-4 lg:sticky lg:top-4">
        <Panel title="When it fires">
          <div className="flex flex-col gap-4">
            <p className="rounded-md bg-accent-soft px-3 py-2 text-pretty">
              {inWords(draft, goalNames, place?.label ?? null)}
            </p>
            {severalGoals ? (
              <CheckboxGroup
                label="Goals"
                hint="One postback is made for each."
                value={draft.goals}
                onChange={(chosen) => {
                  set({ goals: chosen });
                }}
                error={errors.fields["goals"]}
                className="flex-col"
              >
                {goals.map((goal) => (
                  <Checkbox key={goal.id} value={goal.id}>
                    {goal.label}
                    <span className="block text-xs text-muted">{goal.hint}</span>
                  </Checkbox>
                ))}
              </CheckboxGroup>
            ) : (
              <Select
                label="Goal"
                choices={goals}
                value={draft.goals[0] ?? null}
                onChange={(goal) => {
                  set({ goals: [goal] });
                }}
                error={errors.fields["goals"]}
              />
            )}
            <Segmented<Scope>
              label="Where"
              value={draft.scope}
              onChange={(scope) => {
                set({ scope });
              }}
              choices={[
                { id: "GLOBAL", label: "Everywhere" },
                { id: "OFFER", label: "An offer" },
                { id: "CAMPAIGN", label: "A campaign" },
              ]}
            />
            {draft.scope === "OFFER" && offers.length > 0 && (
              <ComboBox
                label="Offer"
                choices={offers}
                value={draft.offerId}
                onChange={(offerId) => {
                  set({ offerId });
                }}
                placeholder="Type to search"
                error={errors.fields["offerId"]}
              />
            )}
            {draft.scope === "CAMPAIGN" && campaigns.length > 0 && (
              <ComboBox
                label="Campaign"
                choices={campaigns}
                value={draft.campaignId}
                onChange={(campaignId) => {
                  set({ campaignId });
                }}
                placeholder="Type to search"
                error={errors.fields["campaignId"]}
              />
            )}
            <CheckboxGroup
              label="Statuses"
              hint="Many trackers count whatever arrives as approved."
              value={draft.statuses}
              onChange={(chosen) => {
                set({ statuses: statuses.map((s) => s.id).filter((id) => chosen.includes(id)) });
              }}
              error={errors.fields["statuses"]}
            >
              {statuses.map((status) => (
                <Checkbox key={status.id} value={status.id}>
                  {status.label}
                </Checkbox>
              ))}
            </CheckboxGroup>
          </div>
        </Panel>
        <Panel>
          <div className="flex flex-col gap-4">
            <TextField
              label="Name"
              hint="For you alone; may stay empty."
              value={draft.name}
              onChange={(name) => {
                set({ name });
              }}
              error={errors.fields["name"]}
            />
            <Switch
              isSelected={draft.enabled}
              onChange={(enabled) => {
                set({ enabled });
              }}
            >
              {draft.enabled ? "Switched on" : "Switched off"}
            </Switch>
            <Button type="submit" look="primary" isPending={props.isSaving}>
              {props.submitLabel}
            </Button>
          </div>
        </Panel>
      </div>
    </Form>
  );
}

/** Every macro with its meaning; a press puts it at the end of the URL. */
function Macros({ onInsert }: { onInsert: (macro: string) => void }): ReactElement {
  const [{ data }] = useQuery({ query: MacrosQuery });
  const macros = data?.macros ?? [];
  const groups = [...new Set(macros.map((macro) => macro.group))];
  return (
    <details className="group">
      <summary className="link w-fit cursor-default list-none">Macros that can stand in the URL</summary>
      <div className="mt-3 flex flex-col gap-4">
        {groups.map((group) => (
          <section key={group} className="flex flex-col gap-1.5">
            <h3 className="text-xs font-medium text-muted capitalize">{group}</h3>
            <ul className="flex flex-col">
              {macros
                .filter((macro) => macro.group === group)
                .map(({ name, meaning, example }) => (
                  <li
                    key={name}
                    className="grid grid-cols-[9.5rem_minmax(0,1fr)] items-start gap-x-3 py-0.5 max-sm:grid-cols-1"
                  >
                    <span>
                      <Button
                        size="sm"
                        look="quiet"
                        className="-ml-2 font-mono"
                        aria-label={`Put {${name}} at the end of the URL`}
                        onPress={() => {
                          onInsert(name);
                        }}
                      >
                        {`{${name}}`}
                      </Button>
                    </span>
                    <span className="min-w-0 py-1">
                      {meaning}
                      {example !== "" && (
                        <span className="block font-mono text-sm break-all text-muted">{example}</span>
                      )}
                    </span>
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </div>
    </details>
  );
}
