import { expect, it } from "vitest";

import { type Integration, integrationDraft, integrationInput } from "./integration-draft";

const integration: Integration = {
  id: "I1",
  name: "Royal Reels",
  enabled: true,
  requireHttps: true,
  requireToken: false,
  requireSignature: true,
  signatureHeader: "X-Signature",
  timestampName: "X-Time",
  timestampWindow: 300,
  allowedAddresses: ["203.0.113.0/24", "198.51.100.7"],
  rateLimit: null,
  currency: "USD",
  offer: { currency: "EUR" },
  parameterMapping: [{ from: "click_id", to: "data.subid" }],
  goalMapping: [{ from: "FIRST_DEPOSIT", to: "ftd" }],
  statusMapping: [{ from: "settled", to: "approved" }],
  defaultStatuses: [{ from: "ftd", to: "pending" }],
  tellApart: true,
};

it("an integration that is saved as it was stays as it was", () => {
  const { id: _id, offer: _offer, ...same } = integration;
  expect(integrationInput(integrationDraft(integration))).toEqual({ ...same, rateLimit: 0 });
});

it("addresses are split at whatever stands between them, and empty rows are left out", () => {
  const draft = integrationDraft(integration);
  const sent = integrationInput({
    ...draft,
    addresses: " 203.0.113.1, 203.0.113.2\n203.0.113.3 ",
    goals: [...draft.goals, { from: "", to: "" }],
    timestampWindow: "",
  });
  expect(sent.allowedAddresses).toEqual(["203.0.113.1", "203.0.113.2", "203.0.113.3"]);
  expect(sent.goalMapping).toHaveLength(1);
  expect(sent.timestampWindow).toBe(0);
});
