import { expect, it } from "vitest";

import { offerDraft, type OfferFields, offerInput } from "./offer-draft";

const offer: OfferFields = {
  id: "O1",
  name: "Royal Reels",
  operator: "Royal",
  vertical: "POKER",
  state: "PAUSED",
  currency: "USD",
  destinationUrl: "https://play.example/?cid={click_id}",
  fallbackUrl: null,
  deepLinkHosts: ["play.example", "*.play.example"],
  attributionWindowDays: 30,
  dailyCap: null,
  qualification: {
    goals: ["ftd"],
    minDeposit: "20",
    minCumulativeDeposit: "50",
    withinDays: 14,
    clawbackDays: 60,
  },
};

it("an offer that is saved as it was stays as it was", () => {
  expect(offerInput(offerDraft(offer))).toEqual({
    name: "Royal Reels",
    operator: "Royal",
    vertical: "POKER",
    state: "PAUSED",
    currency: "USD",
    destinationUrl: "https://play.example/?cid={click_id}",
    fallbackUrl: "",
    deepLinkHosts: ["play.example", "*.play.example"],
    attributionWindowDays: 30,
    dailyCap: 0,
    qualification: offer.qualification,
  });
});

it("a new offer has no rule and no limits", () => {
  expect(offerInput(offerDraft(null))).toMatchObject({
    vertical: "CASINO",
    state: "ACTIVE",
    deepLinkHosts: [],
    attributionWindowDays: 0,
    dailyCap: 0,
    qualification: { goals: [], minDeposit: "0", minCumulativeDeposit: "0", withinDays: 0, clawbackDays: 0 },
  });
});
