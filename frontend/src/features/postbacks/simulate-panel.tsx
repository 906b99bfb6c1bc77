import { BadgeCheck, Zap } from "lucide-react";
import { type ReactElement, useState } from "react";
import { useClient, useMutation } from "urql";

import { useGoalChoices } from "@/components/records/choices";
import { Button } from "@/components/ui/button";
import { ComboBox } from "@/components/ui/combo-box";
import { TextField } from "@/components/ui/field";
import { Panel } from "@/components/ui/page";
import { explain } from "@/graphql/client";
import type { VariablesOf } from "@/graphql/graphql";

import { type Draft, toInput } from "./draft";
import { type Values, valueInputs } from "./preview";
import { type LinkChoice, useLinkChoices, withToken } from "./simulate/links";
import { type Simulation, SimulateQuery } from "./simulate/simulation";
import { SimulationCard } from "./simulate/simulation-card";
import { FireTest } from "./testfire/test-parts";
import { TestResult } from "./testfire/test-result";
import type { Tested } from "./testfire/tested-badge";

interface Simulated {
  goal: string;
  simulation: Simulation | null;
  error: string | null;
}

/** The link that most likely brings the traffic: one that the postback fires for. */
function likeliest(links: readonly LinkChoice[], draft: Draft): LinkChoice | undefined {
  return (
    links.find(
      (link) =>
        (draft.scope !== "CAMPAIGN" || link.campaignId === draft.campaignId) &&
        (draft.scope !== "OFFER" || link.offerId === draft.offerId),
    ) ?? links[0]
  );
}

interface SimulatePanelProps {
  draft: Draft;
  postbackId: string | null;
  /** What the tracker calls its click id on a tracking link. */
  token: string | null;
  /** The tracking link that was chosen, for the doctor to read too. */
  onLink: (link: string) => void;
  /** Values that replace the samples, as in the preview. */
  values: Values;
  onFired: (test: Tested) => void;
}

/** Runs the draft's goals through the rules, for a click on this link. */
function useSimulation({
  draft,
  postbackId,
  values,
}: Pick<SimulatePanelProps, "draft" | "postbackId" | "values">) {
  const client = useClient();
  return (trackingLink: string): Promise<Simulated[]> =>
    Promise.all(
      draft.goals.map(async (goal): Promise<Simulated> => {
        const { data, error } = await client
          .query(
            SimulateQuery,
            {
              trackingLink,
              goal,
              postback: { ...toInput(draft), id: postbackId },
              values: valueInputs(values),
            },
            { requestPolicy: "network-only" },
          )
          .toPromise();
        const payload = data?.simulatePostback;
        return {
          goal,
          simulation: payload?.simulation ?? null,
          error: error ? explain(error) : (payload?.userErrors[0]?.message ?? null),
        };
      }),
    );
}

/** Before any traffic is bought: a simulated click and conversion go through the rules, and a test calls the tracker. */
export function SimulatePanel({
  draft,
  postbackId,
  token,
  onLink,
  values,
  onFired,
}: SimulatePanelProps): ReactElement {
  const run = useSimulation({ draft, postbackId, values });
  const links = useLinkChoices();
  const [chosen, setChosen] = useState<string | null>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const [simulated, setSimulated] = useState<{ of: string; goals: readonly Simulated[] } | null>(null);
  const [isSimulating, setSimulating] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const link = links.find(({ id }) => id === chosen) ?? likeliest(links, draft);
  const text = typed ?? (link === undefined ? "" : withToken(link.url, token ?? "{subid}"));
  const of = JSON.stringify([draft, text, values]);

  const simulate = async () => {
    if (draft.goals.length === 0) {
      setProblem("Choose a goal first.");
      return;
    }
    setProblem(null);
    setSimulating(true);
    onLink(text);
    const answers = await run(text);
    setSimulating(false);
    setSimulated({ of, goals: answers });
  };

  return (
    <Panel title="Simulate">
      <div className="flex flex-col gap-4">
        <p className="text-muted">
          Runs a simulated click on your tracking link and a simulated conversion through these rules. Nothing
          is sent or counted.
        </p>
        <LinkFields
          links={links}
          link={link}
          text={text}
          onChoose={(id) => {
            setChosen(id);
            setTyped(null);
          }}
          onType={(next) => {
            setTyped(next);
            onLink(next);
          }}
        />
        <div>
          <Button icon={BadgeCheck} isPending={isSimulating} onPress={() => void simulate()}>
            Simulate
          </Button>
        </div>
        <div role="status" className="flex flex-col gap-3 empty:hidden">
          {problem !== null && <p className="text-failed">{problem}</p>}
          {simulated?.goals.map((answer) => (
            <Answer key={answer.goal} {...answer}>
              <Fire
                input={{
                  postback: { ...toInput(draft), id: postbackId },
                  goal: answer.goal,
                  trackingLink: text,
                  values: valueInputs(values),
                }}
                onFired={onFired}
              />
            </Answer>
          ))}
          {simulated !== null && simulated.of !== of && (
            <p className="text-retrying">The postback has changed: simulate again.</p>
          )}
        </div>
      </div>
    </Panel>
  );
}

/** The link that brings the traffic: chosen, or as it stands in the tracker. */
function LinkFields({
  links,
  link,
  text,
  onChoose,
  onType,
}: {
  links: readonly LinkChoice[];
  link: LinkChoice | undefined;
  text: string;
  onChoose: (id: string | null) => void;
  onType: (text: string) => void;
}): ReactElement {
  return (
    <div className="grid grid-cols-[14rem_minmax(0,1fr)] gap-3 max-sm:grid-cols-1">
      <ComboBox
        key={links.length}
        label="Campaign or offer"
        choices={links}
        value={link?.id ?? null}
        onChange={onChoose}
      />
      <TextField
        label="Tracking link, as set in your tracker"
        value={text}
        onChange={onType}
        mono
        spellCheck="false"
      />
    </div>
  );
}

/** What came of one goal; `children` are what can be done next. */
function Answer({ goal, simulation, error, children }: Simulated & { children: ReactElement }): ReactElement {
  const name = useGoalChoices().find(({ id }) => id === goal)?.label ?? goal;
  return simulation === null ? (
    <p className="text-failed">
      {name}: {error}
    </p>
  ) : (
    <SimulationCard goal={name} simulation={simulation}>
      {children}
    </SimulationCard>
  );
}

/** Calls the tracker once with the draft as it is. */
function Fire({
  input,
  onFired,
}: {
  input: VariablesOf<typeof FireTest>["input"];
  onFired: (test: Tested) => void;
}): ReactElement {
  const [{ data, error, fetching }, fire] = useMutation(FireTest);
  const payload = data?.testPostback;
  const fault = error ? explain(error) : (payload?.userErrors[0]?.message ?? null);
  return (
    <>
      <Button
        writes
        size="sm"
        icon={Zap}
        isPending={fetching}
        onPress={() => {
          void fire({ input }).then(({ data: answer }) => {
            const test = answer?.testPostback.test;
            if (test) onFired(test);
          });
        }}
      >
        Fire test
      </Button>
      <div role="status" className="basis-full empty:hidden">
        {fault !== null && <p className="text-failed">{fault}</p>}
        {payload?.test && <TestResult test={payload.test} brief />}
      </div>
    </>
  );
}
