const none = { parameterMapping: [], goalMapping: [], statusMapping: [] };

/** The generic template, one that is documented, and one whose macros nobody publishes. */
export const platforms = [
  {
    __typename: "OperatorPlatform",
    key: "generic",
    name: "Generic",
    confidence: "DOCUMENTED",
    source: null as string | null,
    checked: "2026-12",
    clickParameter: null as string | null,
    notes: ["Put the value in the place of each {name}."],
    ...none,
  },
  {
    __typename: "OperatorPlatform",
    key: "acme",
    name: "Acme Affiliates",
    confidence: "DOCUMENTED",
    source: "https://help.acme.example/postbacks",
    checked: "2026-12",
    clickParameter: "sub1",
    notes: ["Status 5 is on hold."],
    parameterMapping: [{ from: "click_id", to: "clickid" }],
    goalMapping: [{ from: "first_dep", to: "ftd" }],
    statusMapping: [{ from: "5", to: "pending" }],
  },
  {
    __typename: "OperatorPlatform",
    key: "closed",
    name: "Closed Platform",
    confidence: "UNPUBLISHED",
    source: null as string | null,
    checked: "2026-12",
    clickParameter: null as string | null,
    notes: ["Ask the operator."],
    ...none,
  },
];
