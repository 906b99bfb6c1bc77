import { connection, type Page } from "./basics";
import { preview } from "./macro-language";

const keitaro = {
  __typename: "TrackerPreset",
  key: "keitaro",
  name: "Keitaro",
  kind: "TRACKER",
  urlTemplate: ({ blanks }: { blanks?: { name: string; value: string }[] }) =>
    `https://${blanks?.find((b) => b.name === "domain")?.value ?? "<domain>"}/pb?subid={param_1}&payout={payout}`,
  blanks: [{ name: "domain", label: "Your tracker's domain", example: "track.example.com" }],
  token: "{subid}",
  parameters: [],
  readsStatus: true,
  zeroUnapproved: false,
  deduplicates: "subid and tid",
  answer: null,
  docUrl: "https://docs.keitaro.io/",
  note: null,
};

/** What the API answers about trackers: one that it knows, and one mistake that the doctor names. */
export const trackersRoot = {
  trackerPresets: [keitaro],
  crossedTrackers: [],
  trackers: (args: Page) => connection([], args),
  recognizePostback: ({ text }: { text: string }) => {
    const source = /https:\/\/\S+/.exec(text)?.[0] ?? "";
    const urlTemplate = source.replace("{subid}", "{param_1}");
    return {
      tracker: source.includes("subid=") ? keitaro : null,
      confidence: "LIKELY",
      reason: source === "" ? null : "The parameter subid is Keitaro's.",
      network: null,
      dialect: "{x}",
      source,
      urlTemplate,
      parameters: [...source.matchAll(/[?&](\w+)=([^&]*)/g)].map((match) => ({
        name: match[1] ?? "",
        value: match[2] ?? "",
        macro: match[2] === "{subid}" ? "param_1" : null,
        macros: [],
        proposal: match[2] === "{subid}" ? "{param_1}" : (match[2] ?? ""),
        confidence: match[2] === "{subid}" ? "SURE" : "NONE",
        reason: "Keitaro reads it.",
        start: match.index,
        end: match.index,
      })),
      others: [],
      ownUrl: source.startsWith("https://go.postrider.example/c/")
        ? {
            message:
              "This is a Postrider tracking link of the campaign Facebook Germany, not your tracker's postback URL.",
            link: {
              __typename: "TrackingLink",
              id: "TL1",
              offer: { __typename: "Offer", id: "O1" },
              campaign: { __typename: "Campaign", id: "C1", name: "Facebook Germany" },
            },
          }
        : null,
    };
  },
  lintPostback: ({ postback: { urlTemplate } }: { postback: { urlTemplate: string } }) => [
    ...preview(urlTemplate).errors.map((error) => ({
      ...error,
      severity: "ERROR",
      fix: urlTemplate.includes("{clickid}")
        ? { label: "Use {param_1}", urlTemplate: urlTemplate.replace("{clickid}", "{param_1}") }
        : null,
    })),
    ...(urlTemplate.includes("//crossed.")
      ? [
          {
            code: "CROSSED_TRACKERS",
            severity: "WARNING",
            message: "“Keitaro” gets the same click ids.",
            start: null,
            end: null,
            fix: null,
          },
        ]
      : []),
    ...(urlTemplate.includes("{param_1}")
      ? []
      : [
          {
            code: "NO_CLICK_ID",
            severity: "WARNING",
            message: "Your tracker cannot tell which click it was.",
            start: null,
            end: null,
            fix: null,
          },
        ]),
  ],
};
