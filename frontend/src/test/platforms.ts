interface Words {
  from: string;
  to: string;
}

const base = {
  __typename: "OperatorPlatform",
  confidence: "DOCUMENTED",
  source: null as string | null,
  checked: "2026-12",
  clickParameter: null as string | null,
  parameterMapping: [] as Words[],
  goalMapping: [] as Words[],
  statusMapping: [] as Words[],
};

/** The template with our own names. */
export const generic = {
  ...base,
  key: "generic",
  name: "Generic",
  notes: ["Put the value in the place of each {name}."],
};

/** One that is documented, with a word in each mapping. */
const acme = {
  ...base,
  key: "acme",
  name: "Acme Affiliates",
  source: "https://help.acme.example/postbacks",
  clickParameter: "sub1",
  notes: ["Status 5 is on hold."],
  parameterMapping: [{ from: "click_id", to: "clickid" }],
  goalMapping: [{ from: "first_dep", to: "ftd" }],
  statusMapping: [{ from: "5", to: "pending" }],
};

/** One whose macros nobody publishes. */
export const closed = {
  ...base,
  key: "closed",
  name: "Closed Platform",
  confidence: "UNPUBLISHED",
  notes: ["Ask the operator."],
};

/** The templates, as the server lists them. */
export const platforms = [generic, acme, closed];
